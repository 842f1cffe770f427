"""PostgreSQL is killed under uploads, and has no free connection: nothing is lost, nothing is doubled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import psycopg
import pytest
from knox.models import AuthToken

from tests.faults.uploader import Uploader
from tests.ops.standby import StandbyServer, run_standby
from tests.support.cast import Cast
from tests.support.processes import start_web_server, wait_until

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
            uploader.wait_for(UPLOADS_BETWEEN, 120)
            assert server.process
            server.process.kill()
            server.process.wait()
            server.launch()
            server.wait_until_ready()
            ready = time.monotonic()
            uploader.wait_for(1, 60)
            assert time.monotonic() - ready < BACK_WITHIN_S
        uploader.stop.set()
        for thread in running:
            thread.result()
        assert uploader.statuses.keys() <= {200, 201, 503}
        assert uploader.without_retry_after == 0
        stored, starts = count_stored(server)
        # What was stored but not acknowledged is sent again, and answered with 200.
        assert stored == starts >= uploader.acknowledged >= KILLS * UPLOADS_BETWEEN


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
