"""Local servers survive Ctrl-C, kill -9, stale files and a second start."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from astral.local import scratch_dirs
from astral.local.orphans import find_postgres_processes, stop_orphaned_postgres
from astral.local.postgres_valkey import remove_libpq_variables
from tests.support.paths import ROOT

RUN_SERVERS = """
import json, sys
from pathlib import Path
from astral.local.servers import LocalServers
with LocalServers(Path(sys.argv[1])) as servers:
    print(json.dumps(servers.environment), flush=True)
    for line in sys.stdin:
        print(json.dumps(servers.restart_dead_servers()), flush=True)
"""


@dataclass
class RunningServers:
    """Servers run by another process, `parent`. Each line written to it makes it restart dead servers."""

    parent: subprocess.Popen[str]
    urls: dict[str, str]

    def sql(self, statement: str) -> object:
        with psycopg.connect(self.urls["DATABASE_URL"]) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchone() if cursor.description else None

    @property
    def sockets(self) -> Path:
        return Path(self.urls["REDIS_URL"].removeprefix("unix://").split("?")[0]).parent


def start(home: Path) -> subprocess.Popen[str]:
    call = [sys.executable, "-c", RUN_SERVERS, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(call, cwd=ROOT, text=True, env=remove_libpq_variables(os.environ), **pipes)  # type: ignore[call-overload,no-any-return]


@contextmanager
def run_servers(home: Path) -> Iterator[RunningServers]:
    with start(home) as parent:
        yield RunningServers(parent, json.loads(parent.stdout.readline()))  # type: ignore[union-attr]
        parent.stdin.close()  # type: ignore[union-attr]


def wait_until(condition: Callable[[], bool], within_s: float = 5.0) -> bool:
    until = time.monotonic() + within_s
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def refuses_connections(valkey: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(valkey)) != 0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_servers_use_only_sockets_and_leave_no_folder(home: Path) -> None:
    with run_servers(home) as servers:
        settings = "SELECT current_setting('listen_addresses'), current_setting('timezone'), lower('ÅÉ')"
        assert servers.sql(settings) == ("", "UTC", "åé")
        with redis.Redis.from_url(servers.urls["REDIS_URL"], decode_responses=True) as cache:
            assert cache.config_get("port") == {"port": "0"}
        assert (home / "run").resolve() == servers.sockets
    assert not servers.sockets.exists()
    assert not (home / "run").exists()
    assert not list(find_postgres_processes(home / "pg"))


def test_second_run_on_the_same_folder_is_refused(home: Path) -> None:
    with run_servers(home) as servers:
        with start(home) as second:
            _, complaint = second.communicate(timeout=10)
        assert second.returncode == 1
        assert complaint == (
            f"Astral will not start: the data folder {home} is in use by another run; "
            "stop it, or set ASTRAL_HOME to another one.\n"
        )
        assert servers.sql("SELECT 1") == (1,)


def test_killed_parent_leaves_no_processes_and_loses_no_data(home: Path) -> None:
    with run_servers(home) as servers:
        servers.sql("CREATE TABLE kept AS SELECT 42 AS answer")
        servers.parent.kill()
        servers.parent.wait()
        assert wait_until(lambda: not list(find_postgres_processes(home / "pg")))
        assert wait_until(lambda: refuses_connections(servers.sockets / "valkey.sock"))
    with run_servers(home) as again:
        assert again.sql("SELECT answer FROM kept") == (42,)
        assert not servers.sockets.exists(), "the folder of the killed run is removed"


def test_killed_postgres_is_restarted_at_the_same_address(home: Path) -> None:
    with run_servers(home) as servers:
        servers.sql("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(int((home / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        for _ in range(50):
            print(file=servers.parent.stdin, flush=True)
            if revived := json.loads(servers.parent.stdout.readline()):  # type: ignore[union-attr]
                break
            time.sleep(0.05)
        assert revived == ["PostgreSQL"]
        assert servers.sql("SELECT answer FROM kept") == (42,)


def test_stale_pid_file_of_another_process_does_no_harm(home: Path) -> None:
    with run_servers(home):
        pass
    with subprocess.Popen(["sleep", "60"], cwd=home / "pg") as other_process:
        (home / "pg" / "postmaster.pid").write_text(
            f"{other_process.pid}\n{home / 'pg'}\n1\n5432\n\n\n\nready\n"
        )
        with run_servers(home) as servers:
            assert servers.sql("SELECT 1") == (1,)
        assert other_process.poll() is None
        other_process.kill()


def test_orphaned_postgres_is_stopped(home: Path) -> None:
    """A stopped postmaster does not notice that its parent has died."""
    with run_servers(home) as servers:
        postmaster = int((home / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)
        servers.parent.kill()
        servers.parent.wait()
        assert postmaster in find_postgres_processes(home / "pg")
        os.kill(postmaster, signal.SIGCONT)
        stop_orphaned_postgres(home / "pg")
        assert not list(find_postgres_processes(home / "pg"))


def test_other_program_in_the_folder_is_not_mistaken_for_postgres(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60", "-D", str(tmp_path)], cwd=tmp_path) as impostor:
        try:
            assert not list(find_postgres_processes(tmp_path))
        finally:
            impostor.kill()


def test_server_named_in_the_environment_is_not_started() -> None:
    environ = os.environ | {"REDIS_URL": "redis://elsewhere:6379/0", "DATABASE_URL": ""}
    call = [sys.executable, "-m", "astral.local.servers", "--", "env"]
    output = subprocess.run(call, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout
    assert "REDIS_URL=redis://elsewhere:6379/0" in output
    assert "DATABASE_URL=postgresql://astral@/astral?host=/tmp/" in output


def test_cleanup_removes_only_unlocked_folders_with_marker() -> None:
    locked_dir = scratch_dirs.ScratchDir.make()
    unlocked_dir = scratch_dirs.ScratchDir.make()
    os.close(unlocked_dir.lock)
    dir_without_marker = scratch_dirs.PARENT / f"{scratch_dirs.PREFIX}without-marker-{os.getpid()}"
    dir_without_marker.mkdir()
    try:
        scratch_dirs.remove_leftover_dirs()
        assert locked_dir.path.exists()
        assert dir_without_marker.exists()
        assert not unlocked_dir.path.exists()
    finally:
        locked_dir.remove()
        dir_without_marker.rmdir()
