"""Web servers, workers and commands as processes, on the database of this test."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from astral.local.run import GUNICORN_ARGUMENTS
from tests.support.paths import ROOT

START_TIMEOUT_S = 60.0


def name_test_database() -> str:
    """The address of this test's database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@contextmanager
def start_command(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run `manage.py ARGUMENTS` on this test's database. The process is killed at the end of the block."""
    command = [sys.executable, "manage.py", *arguments]
    environ = os.environ | {"DATABASE_URL": name_test_database()} | environment
    with subprocess.Popen(command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(is_true: Callable[[], Any], timeout_s: float = 30.0) -> None:
    until = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


class WebServer:
    """A web server of two processes with four threads each."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.base = process, f"http://127.0.0.1:{port}"

    def call(
        self, path: str, token: str = "", body: Any = None, method: str | None = None, **headers: str
    ) -> tuple[int, bytes, Any]:
        """Status, body and headers. Bytes are sent as they are, anything else as JSON."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.base + path, body, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def answers(self) -> bool:
        try:
            return self.call("/healthz")[0] < 500
        except OSError:
            return False


@contextmanager
def start_web_server(**environment: str) -> Iterator[WebServer]:
    """Serve this test's database. The block begins when the server answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environ = os.environ | {"DATABASE_URL": name_test_database(), "WEB_CONCURRENCY": "2"} | environment
    argv = [sys.executable, *GUNICORN_ARGUMENTS, "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(argv, cwd=ROOT, env=environ) as process:
        server = WebServer(process, port)
        try:
            wait_until(lambda: server.answers() or process.poll() is not None, START_TIMEOUT_S)
            yield server
        finally:
            process.terminate()


def let_workers_seem_dead(worker_ids: list[int]) -> None:
    """So nobody has heard of these for a minute. A living one that seems dead would lose its row, and end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
            " WHERE id = ANY(%s)",
            [worker_ids],
        )
