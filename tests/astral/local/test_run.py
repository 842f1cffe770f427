"""`make run` at a shell: refusals, output, and no leftover processes."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from astral.local.run import load_or_create_secret_key
from astral.local.welcome import build_welcome_text
from tests.support.paths import ROOT

RUN = [sys.executable, "-m", "astral.local.run"]


def shell(home: Path, **extra: str) -> dict[str, str]:
    """The environment of a new shell, without the variables of the test run."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "ASTRAL_HOME": str(home), **extra}


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with taken_port() as port:
        return port


def test_busy_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with taken_port() as port:
        run = subprocess.run(
            RUN, cwd=ROOT, env=shell(home, PORT=str(port)), capture_output=True, text=True, check=False
        )
    assert run.returncode == 1
    assert run.stderr == (
        f"Astral will not start: port {port} of 127.0.0.1 cannot be used (Address already in use); "
        f"try PORT={port + 1} make run.\n"
    )
    assert not home.exists()


@pytest.mark.parametrize("given", [{"HOST": "256.1.1.1"}, {"PORT": "eighty"}, {"HOST": "203.0.113.1"}])
def test_invalid_host_or_port_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    run = subprocess.run(
        RUN, cwd=ROOT, env=shell(tmp_path / "home", **given), capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.startswith("Astral will not start: ")
    assert run.stderr.count("\n") == 1


def test_secret_key_is_created_once_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    first = load_or_create_secret_key(tmp_path)
    assert len(first) >= 50
    assert load_or_create_secret_key(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_welcome_warns_when_other_machines_reach_the_demo(tmp_path: Path) -> None:
    def warnings(demo: bool, reachable_by_others: bool) -> list[str]:
        text = build_welcome_text("http://127.0.0.1:8000", tmp_path, demo, reachable_by_others)
        return [line for line in text.splitlines() if "WARNING" in line]

    assert len(warnings(demo=True, reachable_by_others=True)) == 1
    assert not warnings(demo=True, reachable_by_others=False)
    assert not warnings(demo=False, reachable_by_others=True)


def test_welcome_shows_sign_ins_only_with_the_demo(tmp_path: Path) -> None:
    text = build_welcome_text("http://127.0.0.1:8000", tmp_path, demo=False, reachable_by_others=False)
    assert "demo.test" not in text
    assert "createsuperuser" in text


def test_command_runs_in_the_environment_of_astral(tmp_path: Path) -> None:
    foreign = {"PGPORT": "6543", "DEBUG": "1"}
    run = subprocess.run(
        [*RUN, "env"], cwd=ROOT, env=shell(tmp_path, **foreign), capture_output=True, text=True, check=True
    )
    variables = dict(line.split("=", 1) for line in run.stdout.splitlines() if "=" in line)
    assert variables["ASTRAL_ENV"] == "local"
    assert variables["DEBUG"] == "0"
    assert variables["SECRET_KEY"] == load_or_create_secret_key(tmp_path)
    assert variables["DATABASE_URL"].startswith("postgresql://astral@/astral?host=/tmp/")
    assert "PGPORT" not in variables


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_printed_curl_works_and_kill_9_leaves_no_processes(tmp_path: Path) -> None:
    environ = shell(tmp_path, PORT=str(free_port()), PYTHON=sys.executable)
    make = ["sh", "-c", 'ASTRAL_PARENT=$$ "$PYTHON" -m astral.local.run; true']
    with subprocess.Popen(make, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        printed = iter(parent.stdout.readline, "")
        pasted = next(line.strip() for line in printed if line.strip().startswith("curl "))
        for shell_name in ("sh", "bash"):
            answer = subprocess.run([shell_name, "-c", pasted], capture_output=True, check=True).stdout
            assert json.loads(answer)["data"]["total_activities"] > 0
        started = descendants(parent.pid)
        assert len(started) > 8  # astral.local.run, the web server, the worker, PostgreSQL and Valkey
        parent.kill()
    until = time.monotonic() + 10
    while time.monotonic() < until and any(map(is_running, started)):
        time.sleep(0.1)
    assert not [pid for pid in started if is_running(pid)]
    assert not answers(int(environ["PORT"]))


def descendants(pid: int) -> list[int]:
    """All descendants of this process."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return children + [below for child in children for below in descendants(child)]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
