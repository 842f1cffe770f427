"""Serve Astral as `make run` does, on a database of the benchmarks, and read the CPU of its workers."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from astral.local import child_processes
from astral.local.run import GUNICORN_ARGUMENTS, bind_port

NO_LIMITS = {"REFRESHES_PER_HOUR": "999999999"}  # the benchmarks ask for cold answers with refresh=1
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class RunningServer:
    port: int
    master: int

    def cpu_s(self) -> float:
        """CPU seconds of all processes of the web server so far."""
        return sum(_read_cpu_s(pid) for pid in (self.master, *list_child_pids(self.master)))


@contextmanager
def run_server(environ: Mapping[str, str]) -> Iterator[RunningServer]:
    """Run the server. As in production it logs each request; here the log goes to a temporary file."""
    with bind_port("127.0.0.1", 0) as listener, TemporaryFile() as log:
        argv = [sys.executable, *GUNICORN_ARGUMENTS, "--bind", f"fd://{listener.fileno()}"]
        process = child_processes.start_child(
            argv,
            signal.SIGTERM,
            environ={**environ, **NO_LIMITS},
            output=log.fileno(),
            keep_open=[listener.fileno()],
        )
        try:
            port = listener.getsockname()[1]
            _wait_until_it_listens(port)
            yield RunningServer(port, process.pid)
        finally:
            child_processes.stop_child(process, signal.SIGTERM, 10)


def _wait_until_it_listens(port: int) -> None:
    for _ in range(600):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The web server does not answer.")


def list_child_pids(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _read_cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S
