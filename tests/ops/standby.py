"""A standby of the tests' PostgreSQL, by streaming replication, and a process that uses it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import psycopg

from astral.local.postgres_valkey import ACCOUNT, PostgresServer
from astral.local.scratch_dirs import ScratchDir
from tests.support.paths import ROOT
from tests.support.processes import name_test_database

CATCH_UP_S = 20.0
# A line is a number of rounds: write as the athlete, read as both people, and compare each answer
# with one of the primary. Prints what was found.
READ_AFTER_WRITE = """
import json, re, sys
import django
django.setup()
from django.db import close_old_connections, transaction
from django.test import Client
from astral.instruments import REPLICA_COMPUTATIONS
athlete, coach = (Client(headers={"Authorization": f"Bearer {token}"}) for token in sys.argv[1:3])
day, paths, number = sys.argv[3], sys.argv[4:], 0
OUTCOMES = ("used", "behind", "renewal", "conflict", "failed")

def read(client, path):
    answer = client.get(path)
    return answer.status_code, re.sub(r'"as_of":"[^"]*"', "", answer.content.decode())

def ask_primary(client, path):
    with transaction.atomic():  # no standby has what is written in it
        return read(client, path + ("&" if "?" in path else "?") + "refresh=1")

for line in sys.stdin:
    found = dict.fromkeys(OUTCOMES, 0) | {"reads": 0, "stale": 0, "errors": 0}
    before = {name: REPLICA_COMPUTATIONS.labels(name)._value.get() for name in OUTCOMES}
    for _ in range(int(line)):
        number += 1
        values = {"date": day, "source": "manual", "hrv_rmssd": 40 + number % 50}
        put = athlete.put("/api/v1/health/days", json.dumps({"days": [values]}), "application/json")
        close_old_connections()
        found["errors"] += put.status_code != 200
        for client, path in zip((athlete, athlete, coach), paths, strict=True):
            status, body = read(client, path)
            close_old_connections()
            found["reads"] += 1
            found["errors"] += status != 200
            found["stale"] += (status, body) != ask_primary(client, path)
            close_old_connections()
    for name in OUTCOMES:
        found[name] = int(REPLICA_COMPUTATIONS.labels(name)._value.get() - before[name])
    print(json.dumps(found), flush=True)
"""


class StandbyServer(PostgresServer):
    """Its data folder is a base backup of the primary."""

    name = "The standby"

    def __init__(self, home: Path, sockets: Path, primary_url: str, durable: bool) -> None:
        super().__init__(home, sockets, durable)
        self.primary_url = primary_url

    def _make_cluster(self) -> None:
        [host] = parse_qs(urlsplit(self.primary_url).query)["host"]
        place = ("-h", host, "-p", "5432", "-U", ACCOUNT, "-D", str(self.data))
        self._run_to_end("pg_basebackup", *place, "-X", "stream", "-R", "--checkpoint=fast", "--no-sync")

    @property
    def url(self) -> str:
        url = urlsplit(self.primary_url)
        return url._replace(query=urlencode({"host": self.sockets, "port": "5432"}, safe="/")).geturl()

    def kill(self) -> None:
        """With all its processes, as when the machine is switched off."""
        assert self.process
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)

    def run_sql(self, statement: str) -> Any:
        """Run it again if replay cancels it, as it does while it catches up."""
        until = time.monotonic() + CATCH_UP_S
        while True:
            with psycopg.connect(self.url, autocommit=True) as connection:
                try:
                    cursor = connection.execute(statement.encode())
                    return cursor.fetchone() if cursor.description else None
                except psycopg.errors.SerializationFailure:
                    assert time.monotonic() < until, "replay cancels everything"

    def wait_until_current(self) -> None:
        """Until it has replayed what the primary has written by now."""
        with psycopg.connect(self.primary_url) as primary:
            [written] = primary.execute("SELECT pg_current_wal_lsn()::text").fetchone() or [None]
        until = time.monotonic() + CATCH_UP_S
        while not self.run_sql(f"SELECT pg_last_wal_replay_lsn() >= '{written}'")[0]:
            assert time.monotonic() < until, "the standby stays behind"
            time.sleep(0.02)


@contextmanager
def run_standby(*, durable: bool = False) -> Iterator[StandbyServer]:
    home, sockets = ScratchDir.make(), ScratchDir.make()
    try:
        server = StandbyServer(home.path, sockets.path, name_test_database(), durable)
        server.launch()
        server.wait_until_ready()
        try:
            yield server
        finally:
            server.stop()
    finally:
        home.remove()
        sockets.remove()


class Reader:
    """The process of READ_AFTER_WRITE."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def run_rounds(self, number: int) -> dict[str, int]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        found: dict[str, int] = json.loads(self.process.stdout.readline())
        return found


@contextmanager
def run_reader(standby: StandbyServer, *arguments: str) -> Iterator[Reader]:
    environ = os.environ | {
        "DATABASE_URL": name_test_database(),
        "DATABASE_REPLICA_URLS": standby.url,
        "DJANGO_SETTINGS_MODULE": "astral.settings",
        "REFRESHES_PER_HOUR": "1000000",
        "REDIS_PREFIX": "astral-standby",
    }
    with subprocess.Popen(
        [sys.executable, "-c", READ_AFTER_WRITE, *arguments],
        cwd=ROOT,
        env=environ,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield Reader(process)
        finally:
            process.kill()
