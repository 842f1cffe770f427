"""Two web servers, two workers, one database and one Valkey do everything once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from procrastinate.contrib.django.models import ProcrastinateWorker

from metrics.management.commands.worker import SLOTS_BY_QUEUES
from metrics.models import Activity, Import, ImportFile
from metrics.tasks import run_stalled_jobs_again
from tests.metrics.imports.import_fixtures import build_day_run, build_recording_item, send_planned
from tests.support.cast import Cast, create_run
from tests.support.processes import (
    WebServer,
    let_workers_seem_dead,
    start_command,
    start_web_server,
    wait_until,
)

CALLERS, FILES = 24, 200
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def webs() -> Iterator[list[WebServer]]:
    with ExitStack() as stack:
        yield [stack.enter_context(start_web_server()) for _ in range(2)]


def test_web_servers_share_sign_ins_answers_and_computations(cast: Cast, webs: list[WebServer]):
    create_run(cast.ada, timezone.now())
    token = AuthToken.objects.create(user=cast.ada)[1]
    profile = f"/api/v1/analytics/athlete_profile?user_id={cast.ada.public_id}"
    browser = Client()
    browser.force_login(cast.ada)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"

    with ThreadPoolExecutor(CALLERS) as threads:
        answers = list(threads.map(lambda place: webs[place % 2].call(profile, token), range(CALLERS)))
    assert Counter(headers["X-Cache"] for *_, headers in answers) == {"miss": 1, "hit": CALLERS - 1}
    assert len({body for _, body, _ in answers}) == 1
    etag = answers[0][2]["ETag"]
    assert [web.call(profile, token, If_None_Match=etag)[0] for web in webs] == [304, 304]

    assert [web.call("/comments", Cookie=cookie)[0] for web in webs] == [200, 200]
    assert [web.call("/api/v1/auth/logout", token, method="POST")[0] for web in webs][0] in (200, 204)
    assert [web.call(profile, token)[0] for web in webs] == [401, 401]


def test_workers_do_each_job_once_and_take_over_from_a_killed_one(cast: Cast):
    runs = {f"{day:02}.fit": build_day_run(day) for day in range(FILES)}
    send_planned(cast.ada, runs, [build_recording_item(name) for name in runs])
    done = ImportFile.objects.exclude(status="")
    with start_command("worker") as first:
        wait_until(done.exists, 120)  # so the first has the import
        its_ids = list(ProcrastinateWorker.objects.values_list("pk", flat=True))
        with start_command("worker"):
            wait_until(lambda: count_workers() > 1, 120)
            first.kill()
            first.wait()
            before = done.count()
            let_workers_seem_dead(its_ids)
            async_to_sync(run_stalled_jobs_again)()  # as a periodic job of the second does, each minute
            wait_until(lambda: Import.objects.get().status == "done", 120)
    assert before < FILES
    stored = Activity.objects.filter(athlete=cast.ada.athlete)
    assert Import.objects.get().done_count == stored.values("started_at").distinct().count() == FILES
    assert stored.count() == FILES
    assert find_repeated_periodic_jobs() == []


def count_workers() -> int:
    """A worker has a row for each group of its queues."""
    return ProcrastinateWorker.objects.count() // len(SLOTS_BY_QUEUES)


def find_repeated_periodic_jobs() -> list[tuple[str, int]]:
    """Periodic jobs of one moment that were queued more than once. Each worker wants to queue them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, (args->>'timestamp')::bigint FROM procrastinate_jobs WHERE args ? 'timestamp'"
            " GROUP BY 1, 2 HAVING count(*) > 1"
        )
        return list(cursor.fetchall())
