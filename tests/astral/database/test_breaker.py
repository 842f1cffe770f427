"""PostgreSQL is stopped and started again: calls fail at once meanwhile, and work again by themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from astral.local.servers import LocalServers, open_temporary_servers
from tests.support.paths import ROOT

# One answer for each line: status, seconds, headers and body of the path.
ANSWER_LINES = """
import json, sys, time
import django
django.setup()
from django.db import close_old_connections
from django.test import Client
client = Client(raise_request_exception=False, headers={"Authorization": "Bearer 0123456789abcdef"})
for line in sys.stdin:
    started = time.perf_counter()
    answer = client.get(line.strip())
    took_s = time.perf_counter() - started
    close_old_connections()  # as after a request of the web server; the test client does not
    print(json.dumps([answer.status_code, took_s, dict(answer.headers), answer.content.decode()]), flush=True)
"""
HEALTH, CALL = "/healthz", "/api/v1/activities"


class Caller:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def get(self, path: str) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def run_caller(servers: LocalServers) -> Iterator[Caller]:
    environ = os.environ | servers.environment
    with subprocess.Popen(
        [sys.executable, "-c", ANSWER_LINES],
        cwd=ROOT,
        env=environ | {"DJANGO_SETTINGS_MODULE": "astral.settings"},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield Caller(process)
        finally:
            process.kill()


def test_calls_fail_at_once_while_the_database_is_gone_and_work_when_it_is_back():
    with open_temporary_servers(valkey=False) as servers, run_caller(servers) as caller:
        [database] = servers.servers
        assert caller.get(HEALTH)[0] == 200
        database.stop()
        assert caller.get(CALL)[0] == 503  # it waits for the pool
        second = [caller.get(path) for path in (CALL, HEALTH, CALL)]
        time.sleep(1.1)  # one caller tries again
        third = caller.get(CALL)

        database.launch()
        database.wait_until_ready()
        until = time.monotonic() + 5
        while caller.get(HEALTH)[0] != 200:
            assert time.monotonic() < until
            time.sleep(0.05)

    assert min(took_s for _, took_s, *_ in second) < 0.05  # the machine may be busy for a moment
    for status, took_s, headers, body in (*second, third):
        assert status == 503, body
        assert took_s < 1  # not the five seconds of the pool
        assert "database" in body
        assert headers.get("Retry-After") == "5" or '"database":"down"' in body
