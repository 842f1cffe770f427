"""PostgreSQL and Valkey as child processes, if DATABASE_URL or REDIS_URL is not set.

Both listen only on unix sockets in a new folder under /tmp, because the path of a socket has at most 104
characters. `<home>/run` points to it. The home folder is locked for one run at a time.
`python -m astral.local.servers -- COMMAND …` runs a command with temporary servers.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from astral.environment import refuse_to_start
from astral.local import child_processes
from astral.local.postgres_valkey import (
    ACCOUNT,
    DATABASE,
    POSTGRES_PORT,
    LocalServer,
    PostgresServer,
    ValkeyServer,
)
from astral.local.scratch_dirs import ScratchDir, remove_leftover_dirs


class LocalServers:
    """The servers of one home folder: `with LocalServers(home) as servers: … servers.environment …`.

    `durable=False` is for tests: it is faster, but a power failure may lose data. Raises SystemExit with one
    sentence if the home folder is in use or not accessible, or if PostgreSQL refuses the account.
    """

    def __init__(self, home: Path, durable: bool = True, postgres: bool = True, valkey: bool = True) -> None:
        self.home, self.durable = home.resolve(), durable
        self.wanted = {"postgres": postgres, "valkey": valkey}
        self.servers: list[LocalServer] = []

    def __enter__(self) -> LocalServers:
        self.lock = _lock_home(self.home)
        remove_leftover_dirs()
        self.scratch = ScratchDir.make()
        _replace_symlink(self.home / "run", self.scratch.path)
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for server in reversed(self.servers):
            server.stop()
        (self.home / "run").unlink(missing_ok=True)
        self.scratch.remove()
        os.close(self.lock)

    @property
    def environment(self) -> dict[str, str]:
        """DATABASE_URL and REDIS_URL of these servers."""
        return build_server_urls(self.scratch.path, **self.wanted)

    def restart_dead_servers(self) -> list[str]:
        """Start dead servers again at the same addresses. Returns their names."""
        dead = [server for server in self.servers if server.is_dead()]
        for server in dead:
            server.launch()
            server.wait_until_ready()
        return [server.name for server in dead]

    def _start(self) -> None:
        if self.wanted["postgres"]:
            self.servers.append(PostgresServer(self.home, self.scratch.path, self.durable))
        if self.wanted["valkey"]:
            self.servers.append(ValkeyServer(self.home, self.scratch.path))
        for server in self.servers:
            server.launch()
        for server in self.servers:
            server.wait_until_ready()


def build_server_urls(sockets: Path, *, postgres: bool = True, valkey: bool = True) -> dict[str, str]:
    """DATABASE_URL and REDIS_URL for the folder of the sockets."""
    database = f"postgresql://{ACCOUNT}@/{DATABASE}?host={sockets}&port={POSTGRES_PORT}"
    cache = f"unix://{sockets}/valkey.sock?db=0"
    return ({"DATABASE_URL": database} if postgres else {}) | ({"REDIS_URL": cache} if valkey else {})


def find_missing_servers(environ: Mapping[str, str]) -> dict[str, bool]:
    """Which servers to start: keyword arguments for `LocalServers` and `open_temporary_servers`."""
    return {"postgres": not environ.get("DATABASE_URL"), "valkey": not environ.get("REDIS_URL")}


@contextmanager
def open_temporary_servers(*, postgres: bool = True, valkey: bool = True) -> Iterator[LocalServers]:
    """Servers whose data is deleted at the end."""
    remove_leftover_dirs()
    home = ScratchDir.make()
    try:
        with LocalServers(home.path, durable=False, postgres=postgres, valkey=valkey) as servers:
            yield servers
    finally:
        home.remove()


def is_home_in_use(home: Path) -> bool:
    """Whether another run uses this home folder."""
    lock = _open_lock_file(home)
    try:
        return not _try_lock(lock)
    finally:
        os.close(lock)


def _lock_home(home: Path) -> int:
    lock = _open_lock_file(home)
    if not _try_lock(lock):
        refuse_to_start(
            f"the data folder {home} is in use by another run; stop it, or set ASTRAL_HOME to another one."
        )
    return lock


def _open_lock_file(home: Path) -> int:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        return refuse_to_start(
            f"the data folder {home} cannot be used ({error.strerror}); set ASTRAL_HOME to another one."
        )


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _replace_symlink(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def main(arguments: list[str]) -> int:
    """Run `-- COMMAND …` with temporary servers, unless the environment has DATABASE_URL and REDIS_URL."""
    if arguments[:1] != ["--"] or len(arguments) < 2:
        refuse_to_start("call it as `python -m astral.local.servers -- COMMAND …`.")
    child_processes.convert_signals_to_interrupt()
    try:
        with open_temporary_servers(**find_missing_servers(os.environ)) as servers:
            environ = os.environ | servers.environment
            return subprocess.run(arguments[1:], env=environ, check=False).returncode
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
