"""A web server behind pgbouncer, and a worker beside it. All transactions share three connections."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from knox.models import AuthToken
from procrastinate.contrib.django.models import ProcrastinateJob

from metrics.models import HealthDay
from tests.ops.pgbouncer import PGBOUNCER, serve_pgbouncer
from tests.support.cast import Cast, create_run
from tests.support.processes import WebServer, name_test_database, start_command, start_web_server, wait_until

CLIENTS, CALLS = 16, 160
DAYS = 1_200  # more than a page of the export
STARTS_WITHIN_S = 2.0  # a worker that hears nothing looks every five seconds
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not PGBOUNCER, reason="pgbouncer is not installed (apt-get install pgbouncer)"),
]


@pytest.fixture
def web(cast: Cast, tmp_path: Path) -> Iterator[WebServer]:
    direct = name_test_database()
    with (
        serve_pgbouncer(tmp_path, direct) as url,
        start_web_server(
            DATABASE_URL=url, DATABASE_POOLER="pgbouncer", WORKER_DATABASE_URL=direct, EXPORTS_PER_DAY="10000"
        ) as server,
    ):
        yield server


def make_token(user) -> str:
    token: str = AuthToken.objects.create(user=user)[1]
    return token


def has_more(rows: QuerySet[Any], number: int) -> bool:
    return rows.count() > number


def fill_days(user) -> None:
    first = timezone.now().date().toordinal()
    rows = [
        HealthDay(athlete=user.athlete, date=timezone.now().date().fromordinal(first - back), source="x")
        for back in range(DAYS)
    ]
    HealthDay.objects.bulk_create(rows)


def test_many_calls_at_once_are_right(cast: Cast, web: WebServer):
    now = timezone.now()
    create_run(cast.ada, now)
    fill_days(cast.ada)
    ada, hanna = make_token(cast.ada), make_token(cast.hanna)
    reading = {"date": f"{now:%Y-%m-%d}", "source": "manual", "hrv_rmssd": 50}
    calls: list[tuple[str, str, Any]] = [
        (f"/api/v1/athletes/{cast.ada.public_id}/export", ada, None),
        (f"/api/v1/analytics/athlete_profile?user_id={cast.ada.public_id}", ada, None),
        ("/api/v1/analytics/coach_athletes_metrics", hanna, None),
        ("/api/v1/activities", ada, None),
        ("/api/v1/health/days", ada, {"days": [reading]}),
    ]

    def call(number: int) -> tuple[str, int, int]:
        path, token, body = calls[number % len(calls)]
        status, content, _ = web.call(path, token, body, "PUT" if body else "GET")
        return path, status, len(content)

    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = list(threads.map(call, range(CALLS)))
    assert Counter(status for _, status, _ in answers) == {200: CALLS}


def test_jobs_start_at_once_and_periodic_ones_run(cast: Cast, web: WebServer):
    for _ in range(3):
        create_run(cast.ada, perceived_effort=5)
    path, token = f"/api/v1/athletes/{cast.ada.public_id}/remeasure", make_token(cast.ada)
    # The address of pgbouncer alone would let it hear nothing.
    with start_command(
        "worker",
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
        WORKER_DATABASE_URL=name_test_database(),
    ):
        jobs = ProcrastinateJob.objects.filter(task_name="remeasure_athlete")
        waits_s = []
        for number in range(3):
            began = time.monotonic()
            status, body, _ = web.call(path, token, {})
            assert status == 202, json.loads(body)
            wait_until(partial(has_more, jobs.filter(status="succeeded"), number), 60)
            waits_s.append(time.monotonic() - began)
    assert min(waits_s) < STARTS_WITHIN_S, waits_s  # the first waits for the worker itself
