"""PostgreSQL is killed under uploads, and has no free connection: nothing is lost, nothing is doubled."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from threading import Event, Lock
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.utils import timezone
from knox.models import AuthToken

from metrics.files.xml.writer import encode_fit
from tests.ops.standby import StandbyServer, run_standby
from tests.support.cast import Cast
from tests.support.processes import WebServer, start_web_server, wait_until
from tests.support.recordings import build_steady_run

KILLS, UPLOADERS, UPLOADS_BETWEEN = 3, 4, 10
BACK_WITHIN_S = 5.0  # of the restart's end
WAIT_S = 5.0  # of the pool
pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def run_own_server() -> Iterator[StandbyServer]:
    """A durable copy of the test's server that may be killed."""
    with run_standby(durable=True) as server:
        server.run_sql("SELECT pg_promote()")
        yield server


class Uploader:
    """Uploads one new recording after the other until it is stopped; a refused one is sent again."""

    def __init__(self, web: WebServer, token: str) -> None:
        self.web, self.token = web, token
        self.stop, self.lock = Event(), Lock()
        self.statuses: Counter[int] = Counter()
        self.acknowledged: list[str] = []
        self.without_retry_after = 0
        self.numbers = iter(range(100_000))

    def run(self, _: int) -> None:
        while not self.stop.is_set():
            with self.lock:
                number = next(self.numbers)
            content = encode_fit(build_steady_run(timezone.now() - timedelta(hours=number), duration_s=60))
            while not self.send(content) and not self.stop.is_set():
                time.sleep(0.05)

    def send(self, content: bytes) -> bool:
        boundary = uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="run.fit"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        status, answer, headers = self.web.call(
            "/api/v1/activities/upload", self.token, body, "POST", Content_Type=kind
        )
        with self.lock:
            self.statuses[status] += 1
            if status == 503:
                self.without_retry_after += "Retry-After" not in headers
            if status in (200, 201):
                self.acknowledged.append(answer.decode())
        return status in (200, 201)


def count_stored(server: StandbyServer) -> tuple[int, int]:
    """Activities, and different starts."""
    found: Any = server.run_sql("SELECT count(*), count(DISTINCT started_at) FROM metrics_activity")
    return int(found[0]), int(found[1])


def test_every_acknowledged_upload_is_there_once_after_kills(cast: Cast):
    token = AuthToken.objects.create(user=cast.ada)[1]
    with ExitStack() as stack:
        server = stack.enter_context(run_own_server())
        web = stack.enter_context(start_web_server(DATABASE_URL=server.url))
        uploader = Uploader(web, token)
        threads = stack.enter_context(ThreadPoolExecutor(UPLOADERS))
        stack.callback(uploader.stop.set)
        running = [threads.submit(uploader.run, number) for number in range(UPLOADERS)]
        for _ in range(KILLS):
            goal = len(uploader.acknowledged) + UPLOADS_BETWEEN
            wait_until(lambda enough=goal: len(uploader.acknowledged) >= enough, 120)
            assert server.process
            server.process.kill()
            server.process.wait()
            server.launch()
            server.wait_until_ready()
            before, ready = len(uploader.acknowledged), time.monotonic()
            wait_until(lambda seen=before: len(uploader.acknowledged) > seen, 60)
            assert time.monotonic() - ready < BACK_WITHIN_S
        uploader.stop.set()
        for thread in running:
            thread.result()
        assert uploader.statuses.keys() <= {200, 201, 503}
        assert uploader.without_retry_after == 0
        stored, starts = count_stored(server)
        # What was stored but not acknowledged is sent again, and answered with 200.
        assert stored == starts >= len(uploader.acknowledged) >= KILLS * UPLOADS_BETWEEN


def take_all_connections(url: str) -> list[psycopg.Connection[Any]]:
    taken: list[psycopg.Connection[Any]] = []
    with suppress(psycopg.OperationalError):
        while True:
            taken.append(psycopg.connect(url))
    return taken


def test_without_a_free_connection_callers_get_a_503_and_it_recovers(cast: Cast):
    token = AuthToken.objects.create(user=cast.ada)[1]
    with ExitStack() as stack:
        server = stack.enter_context(run_own_server())
        web = stack.enter_context(start_web_server(DATABASE_URL=server.url))
        taken = take_all_connections(server.url)
        began = time.monotonic()
        answers = [web.call("/api/v1/activities", token) for _ in range(4)]
        refused = [headers for status, _, headers in answers if status == 503]
        assert {status for status, *_ in answers} <= {200, 503}  # a process may hold a connection
        assert all(headers["Retry-After"] for headers in refused)
        assert time.monotonic() - began < 4 * (WAIT_S + 2)
        for connection in taken:
            connection.close()
        wait_until(lambda: web.call("/api/v1/activities", token)[0] == 200, 10)
