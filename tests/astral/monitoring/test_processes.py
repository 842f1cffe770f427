"""Several processes of gunicorn: every scrape has the sum of all, and a dead process loses no counts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from astral.local.run import GUNICORN_ARGUMENTS
from tests.astral.monitoring.test_metrics import TOKEN, get_value, read_samples
from tests.ops.servers import find_free_port
from tests.support.paths import ROOT
from tests.support.processes import name_test_database

ROUTE = {"method": "GET", "route": "/healthz", "status": "200"}


@pytest.fixture
def server(db: None, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = find_free_port()
    own = {
        "DATABASE_URL": name_test_database(),
        "METRICS_TOKEN": TOKEN,
        "WEB_CONCURRENCY": "2",
        "TMPDIR": str(tmp_path),
    }
    argv = [sys.executable, *GUNICORN_ARGUMENTS, "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(argv, cwd=ROOT, env=os.environ | own) as process:
        yield f"http://127.0.0.1:{port}", process
        process.terminate()
    assert list(tmp_path.glob("astral-metrics-*")) == []


def fetch(address: str) -> str:
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {TOKEN}"})
    until = time.monotonic() + 40
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def count_requests(base: str) -> float:
    return get_value(read_samples(fetch(f"{base}/metrics")), "astral_http_requests_total", **ROUTE)


def list_processes(folder: Path) -> set[int]:
    return {int(path.stem.rsplit("_", 1)[1]) for path in folder.glob("astral-metrics-*/counter_*.db")}


def test_every_scrape_is_the_sum_of_all_processes(
    server: tuple[str, subprocess.Popen[bytes]], tmp_path: Path
):
    base, _ = server
    for _ in range(20):
        fetch(f"{base}/healthz")
    [counted] = {count_requests(base) for _ in range(8)}
    assert counted >= 20  # more if a call was repeated while the server started
    killed = min(list_processes(tmp_path))
    os.kill(killed, signal.SIGKILL)
    fetch(f"{base}/healthz")
    assert count_requests(base) > counted
