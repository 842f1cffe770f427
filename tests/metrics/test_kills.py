"""kill -9 in the middle of real processes: nothing is lost, nothing is there twice after they run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from athletes.models import Athlete, User
from metrics.activities import streams
from metrics.activities.measure import serialize_totals
from metrics.activities.remeasure import ACTIVITIES_PER_BATCH
from metrics.activities.remeasure_tasks import queue_remeasure
from metrics.files.example_recordings import build_example_run
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, OriginalFile, Remeasuring, Streams
from tests.support.cast import NOON, create_person
from tests.support.paths import ROOT
from tests.support.recordings import build_steady_run

FILES = 40

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`manage.py ARGUMENTS` on this test's database, ended at the latest here."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    command = [sys.executable, "manage.py", *arguments]
    environ = os.environ | {"DATABASE_URL": database.geturl()}
    with subprocess.Popen(command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def finished(*arguments: str) -> str:
    """What a command prints that ends by itself and well."""
    with started(*arguments) as process:
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 0, out
        return out


def killed_when(ready: Callable[[], bool], *arguments: str) -> None:
    with started(*arguments) as process:
        wait_until(ready)
        assert process.poll() is None, "It was over before it could be killed."
        process.kill()
        process.wait()


def wait_until(ready: Callable[[], bool], patience_s: float = 20.0) -> None:
    until = time.monotonic() + patience_s
    while not ready():
        assert time.monotonic() < until, "It did not happen."
        time.sleep(0.01)


def hours_of(user: User, count: int) -> None:
    """Recorded hours that were stored but never measured."""
    recording = build_example_run(NOON)
    packed = streams.encode(recording.samples)
    rows = [
        Activity(
            athlete=user.athlete,
            activity_type="run",
            started_at=NOON - timedelta(days=day),
            local_date=(NOON - timedelta(days=day)).date(),
            duration_s=3_600,
            recorded=serialize_totals(recording.totals),
            source=Activity.Source.FILE,
        )
        for day in range(count)
    ]
    Activity.objects.bulk_create(rows)
    Streams.objects.bulk_create([Streams(activity=row, athlete=user.athlete, content=packed) for row in rows])


def unmeasured() -> int:
    return Activity.objects.filter(training_load=None).count()


def version(user: User) -> int:
    return Athlete.objects.values_list("data_version", flat=True).get(pk=user.pk)


@pytest.fixture
def _no_jobs_left() -> Iterator[None]:
    """Django empties its own tables after a test that commits; these are not its own. Another may have left some."""
    forget_jobs()
    yield
    forget_jobs()


def forget_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE"
        )


def test_files_are_each_there_once_after_ingest_files_was_killed(tmp_path: Path):
    ada = create_person("ada")
    for number in range(FILES):
        recording = build_steady_run(NOON - timedelta(days=number), duration_s=600)
        (tmp_path / f"{number:02}.fit").write_bytes(encode_fit(recording))
    command = ("ingest_files", str(tmp_path), "--athlete", ada.email)
    killed_when(lambda: Activity.objects.count() >= 3, *command)
    before = Activity.objects.count()
    assert before < FILES
    assert Streams.objects.count() == OriginalFile.objects.count() == version(ada) == before
    finished(*command)
    assert Activity.objects.values("started_at").distinct().count() == Activity.objects.count() == FILES
    assert Streams.objects.count() == OriginalFile.objects.count() == version(ada) == FILES


def test_remeasure_goes_on_after_it_was_killed():
    people = [create_person(name) for name in ("ada", "ben", "zoe")]
    for user in people:
        hours_of(user, ACTIVITIES_PER_BATCH)
    killed_when(Remeasuring.objects.exists, "remeasure")
    left = unmeasured()
    assert left in (ACTIVITIES_PER_BATCH, 2 * ACTIVITIES_PER_BATCH)  # whole batches
    assert sum(map(version, people)) == 3 - left // ACTIVITIES_PER_BATCH
    said = finished("remeasure")
    assert f"{3 * ACTIVITIES_PER_BATCH} activities measured" not in said
    assert f", {left} came out differently" in said
    assert unmeasured() == 0
    assert [version(user) for user in people] == [1, 1, 1]
    assert Activity.objects.values("training_load").distinct().count() == 1


@pytest.mark.usefixtures("_no_jobs_left")
def test_a_job_runs_again_after_its_worker_was_killed_and_its_effect_stands_once():
    ada = create_person("ada")
    hours_of(ada, 3 * ACTIVITIES_PER_BATCH)
    queue_remeasure(ada.pk, None)
    killed_when(lambda: unmeasured() < 3 * ACTIVITIES_PER_BATCH, "worker")
    assert unmeasured() in (ACTIVITIES_PER_BATCH, 2 * ACTIVITIES_PER_BATCH)
    assert job_status() == "doing"
    with connection.cursor() as cursor:  # a minute later
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
        )
    with started("worker") as worker:
        wait_until(lambda: job_status() == "succeeded")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    assert unmeasured() == 0
    assert version(ada) == 3  # a batch, a version: what was done before the kill is not done twice


def job_status() -> str:
    return str(ProcrastinateJob.objects.values_list("status", flat=True).get(task_name="remeasure_athlete"))
