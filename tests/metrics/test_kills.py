"""Kill real processes in the middle of their work. After a restart nothing is lost and nothing is doubled."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from athletes.models import Athlete, User
from metrics.activities import streams
from metrics.activities.measure import serialize_totals
from metrics.files.example_recordings import build_example_run
from metrics.files.xml.writer import encode_fit
from metrics.models import (
    Activity,
    HealthDay,
    Import,
    ImportedActivity,
    ImportFile,
    OriginalFile,
    Remeasuring,
    Streams,
)
from metrics.remeasurement.remeasure import ACTIVITIES_PER_BATCH
from metrics.remeasurement.tasks import queue_remeasure
from tests.metrics.imports.import_fixtures import (
    build_day_run,
    build_entry_item,
    build_health_item,
    build_recording_item,
    build_wellness,
    send_planned,
)
from tests.support.cast import NOON, create_person
from tests.support.processes import start_command
from tests.support.recordings import build_steady_run

FILES = 40
IMPORTED = 15  # files of each kind

pytestmark = pytest.mark.django_db(transaction=True)


def run_command(*arguments: str) -> str:
    """Run a command to its end, which must be a success. Returns its output."""
    with start_command(*arguments) as process:
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 0, out
        return out


def kill_command_when(ready: Callable[[], bool], *arguments: str) -> None:
    with start_command(*arguments) as process:
        wait_until(ready)
        assert process.poll() is None, "The command ended before it was killed."
        process.kill()
        process.wait()


def wait_until(ready: Callable[[], bool], timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not ready():
        assert time.monotonic() < deadline, "The condition did not become true in time."
        time.sleep(0.01)


def create_unmeasured_hours(user: User, count: int) -> None:
    """Recorded hours that are stored but not measured."""
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


def count_unmeasured() -> int:
    return Activity.objects.filter(training_load=None).count()


def get_data_version(user: User) -> int:
    return Athlete.objects.values_list("data_version", flat=True).get(pk=user.pk)


@pytest.fixture
def imports_dir(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of imports of this test, also for its commands."""
    settings.IMPORTS_DIR = tmp_path / "imports"
    settings.IMPORTS_DIR.mkdir()
    monkeypatch.setenv("IMPORTS_DIR", str(settings.IMPORTS_DIR))
    return tmp_path / "imports"


@pytest.fixture
def _no_jobs_left() -> Iterator[None]:
    """Empty the tables of jobs. After a test that commits, Django empties only its own tables."""
    delete_jobs()
    yield
    delete_jobs()


def delete_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE"
        )


def test_every_file_is_stored_once_after_ingest_files_was_killed_and_restarted(tmp_path: Path):
    ada = create_person("ada")
    for number in range(FILES):
        recording = build_steady_run(NOON - timedelta(days=number), duration_s=600)
        (tmp_path / f"{number:02}.fit").write_bytes(encode_fit(recording))
    command = ("ingest_files", str(tmp_path), "--athlete", ada.email)
    kill_command_when(lambda: Activity.objects.count() >= 3, *command)
    before = Activity.objects.count()
    assert before < FILES
    assert Streams.objects.count() == OriginalFile.objects.count() == get_data_version(ada) == before
    run_command(*command)
    assert Activity.objects.values("started_at").distinct().count() == Activity.objects.count() == FILES
    assert Streams.objects.count() == OriginalFile.objects.count() == get_data_version(ada) == FILES


def test_remeasure_continues_after_it_was_killed():
    people = [create_person(name) for name in ("ada", "ben", "zoe")]
    for user in people:
        create_unmeasured_hours(user, ACTIVITIES_PER_BATCH)
    kill_command_when(Remeasuring.objects.exists, "remeasure")
    left = count_unmeasured()
    assert left in (ACTIVITIES_PER_BATCH, 2 * ACTIVITIES_PER_BATCH)  # whole batches
    assert sum(map(get_data_version, people)) == 3 - left // ACTIVITIES_PER_BATCH
    output = run_command("remeasure")
    assert f"Activities measured: {3 * ACTIVITIES_PER_BATCH}." not in output
    assert f"Changed: {left}." in output
    assert count_unmeasured() == 0
    assert [get_data_version(user) for user in people] == [1, 1, 1]
    assert Activity.objects.values("training_load").distinct().count() == 1


@pytest.mark.usefixtures("_no_jobs_left")
def test_a_job_of_a_killed_worker_runs_again_without_repeating_finished_batches():
    ada = create_person("ada")
    create_unmeasured_hours(ada, 3 * ACTIVITIES_PER_BATCH)
    queue_remeasure(ada.pk, None)
    kill_command_when(lambda: count_unmeasured() < 3 * ACTIVITIES_PER_BATCH, "worker")
    assert count_unmeasured() in (ACTIVITIES_PER_BATCH, 2 * ACTIVITIES_PER_BATCH)
    assert get_job_status() == "doing"
    let_a_minute_pass()
    with start_command("worker") as worker:
        wait_until(lambda: get_job_status() == "succeeded")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    assert count_unmeasured() == 0
    assert get_data_version(ada) == 3  # one version for each batch: finished batches do not run twice


@pytest.mark.usefixtures("_no_jobs_left")
def test_an_import_goes_on_after_the_worker_was_killed(imports_dir: Path):
    ada = create_person("ada")
    runs = {f"{day:02}.fit": build_day_run(day) for day in range(IMPORTED)}
    wellness = build_wellness([f"2026-05-{day:02},,44,61.5,,28800,,," for day in range(1, 31)])
    items = [build_recording_item(name) for name in runs]
    for place in range(0, 3 * IMPORTED, 3):  # all kinds take turns
        entry = build_entry_item(NOON - timedelta(days=100 + place), name=f"entry {place}")
        items[place + 1 : place + 1] = [entry, build_health_item("w.csv")]
    parent = send_planned(ada, runs | {"w.csv": wellness}, items)
    kill_command_when(lambda: ImportFile.objects.exclude(status="").count() >= IMPORTED, "worker")
    before = ImportFile.objects.exclude(status="").count()
    assert before < len(items)
    assert Import.objects.get().done_count == before
    assert ImportedActivity.objects.count() == Activity.objects.count()
    let_a_minute_pass()
    with start_command("worker") as worker:
        wait_until(lambda: Import.objects.get().status == "done", timeout_s=60)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    assert Import.objects.get().done_count == len(items)
    assert dict(Counter(parent.files.values_list("kind", "status"))) == {
        ("recording", "stored"): IMPORTED,
        ("entry", "stored"): IMPORTED,
        ("health", "stored"): 1,
        ("health", "already_there"): IMPORTED - 1,
    }
    assert (
        Activity.objects.count() == Activity.objects.values("started_at").distinct().count() == 2 * IMPORTED
    )
    assert HealthDay.objects.count() == 30
    assert not list(imports_dir.iterdir())


@pytest.mark.usefixtures("_no_jobs_left", "imports_dir")
def test_a_worker_that_is_stopped_in_an_import_queues_the_rest():
    runs = {f"{day:02}.fit": build_day_run(day) for day in range(FILES)}
    parent = send_planned(create_person("ada"), runs, [build_recording_item(name) for name in runs])
    with start_command("worker") as worker:
        wait_until(parent.files.exclude(status="").exists, timeout_s=60)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    done = parent.files.exclude(status="").count()
    assert Activity.objects.count() == Import.objects.get().done_count == done > 0
    waiting = ProcrastinateJob.objects.filter(task_name="run_import", status="todo").count()
    assert waiting == (done < FILES)  # a worker has some seconds, and may finish all


def let_a_minute_pass() -> None:
    """So the worker has not been heard of for too long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
        )


def get_job_status() -> str:
    return str(ProcrastinateJob.objects.values_list("status", flat=True).get(task_name="remeasure_athlete"))
