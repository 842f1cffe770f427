"""The worker takes turns on imports, finds those of dead workers, and cleans up."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from threading import get_native_id
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from athletes.personal_data.account_deletion import delete_account
from metrics.imports.cleaning import ARCHIVE_KEPT, GAVE_UP, REFUSED_KEPT, delete_leftovers
from metrics.imports.control import cancel_import, name_unknown_sport, request_undo
from metrics.imports.files.run import NICENESS
from metrics.imports.tasks import resume_imports, run_at_low_priority, take_turn
from metrics.imports.work_folder import find_folder
from metrics.models import Activity, Import, ImportFile
from tests.metrics.imports.import_fixtures import (
    build_day_run,
    build_recording_item,
    run,
    send_files,
    send_planned,
)
from tests.support.cast import NOON, Cast

pytestmark = pytest.mark.django_db


def never() -> bool:
    return False


def count_jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="run_import", status="todo").count()


def delete_jobs() -> None:
    """As if a worker had finished them. Django does not delete rows of procrastinate."""
    for job in ProcrastinateJob.objects.all():
        ProcrastinateJob.objects.raw("DELETE FROM procrastinate_jobs WHERE id = %s RETURNING *", [job.pk])[0]


def test_a_turn_does_all_that_waits(cast: Cast):
    parent = send_files(cast.ada, {"1.gpx": build_day_run(1, sport="workout")})
    name_unknown_sport(parent, "hike")
    take_turn(parent.pk, never)
    assert Import.objects.get().status == "done"
    assert Activity.objects.get().activity_type == "hike"
    request_undo(parent)
    take_turn(parent.pk, never)
    assert not Activity.objects.exists()


def test_a_sport_that_is_named_later_is_set_in_the_background(cast: Cast):
    files = {f"{day}.gpx": build_day_run(day, sport="workout") for day in (1, 4, 7)}
    parent = run(send_files(cast.ada, files))
    Activity.objects.filter(local_date=NOON.date() - timedelta(days=4)).update(activity_type="swim")
    delete_jobs()
    name_unknown_sport(parent, "run")
    assert count_jobs() == 1
    take_turn(parent.pk, never)
    assert sorted(Activity.objects.values_list("activity_type", flat=True)) == ["run", "run", "swim"]


def test_a_stopping_worker_queues_the_rest(cast: Cast):
    parent = send_files(cast.ada, {"1.fit": build_day_run(3)})
    delete_jobs()
    take_turn(parent.pk, lambda: True)
    assert Import.objects.get().status == "running"
    assert count_jobs() == 1
    take_turn(parent.pk, never)
    assert Import.objects.get().status == "done"


def test_a_half_undone_import_that_was_cancelled_is_queued_again(cast: Cast):
    parent = send_files(cast.ada, {f"{day}.fit": build_day_run(day) for day in (3, 6)})
    take_turn(parent.pk, never)
    Import.objects.update(status=Import.Status.CANCELLED)
    request_undo(parent)
    delete_jobs()
    take_turn(parent.pk, lambda: True)  # the worker stops
    assert Import.objects.get().undo_state == "running"
    assert count_jobs() == 1


def test_an_import_without_a_job_is_queued_again(cast: Cast):
    send_files(cast.ada, {"1.fit": b"x"})
    delete_jobs()
    resume_imports(0)
    resume_imports(0)
    assert count_jobs() == 1


def test_an_import_whose_job_has_failed_has_failed(cast: Cast):
    send_files(cast.ada, {"1.fit": b"x"})
    job = ProcrastinateJob.objects.get()
    query = "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s RETURNING *"
    ProcrastinateJob.objects.raw(query, [job.pk])[0]
    resume_imports(0)
    assert Import.objects.values_list("status", "code").get() == ("failed", GAVE_UP)


def test_archives_are_kept_for_a_day_after_a_cancellation(cast: Cast):
    parent = send_files(cast.ada, {"1.fit": build_day_run(3)})
    now = timezone.now()
    cancel_import(parent, now)
    delete_leftovers(now + ARCHIVE_KEPT - timedelta(minutes=1))
    assert find_folder(parent.pk).exists()
    delete_leftovers(now + ARCHIVE_KEPT + timedelta(minutes=1))
    assert not find_folder(parent.pk).exists()


def test_files_that_never_arrived_whole_are_deleted(cast: Cast, imports_dir: Path):
    left = imports_dir / "tmpabc.upload.zip"
    left.write_bytes(b"x")
    delete_leftovers(timezone.now())
    assert left.exists()
    delete_leftovers(timezone.now() + ARCHIVE_KEPT + timedelta(minutes=1))
    assert not left.exists()


def test_refused_files_and_their_reports_are_deleted_after_30_days(cast: Cast):
    items = [build_recording_item("1.fit"), build_recording_item("2.fit")]
    half = run(send_planned(cast.ada, {"1.fit": b"<gpx", "2.fit": build_day_run(3)}, items))
    run(send_planned(cast.ada, {"1.fit": b"<gpx"}, items[:1]))
    delete_leftovers(NOON + REFUSED_KEPT - timedelta(minutes=1))
    assert ImportFile.objects.filter(kept_bytes__gt=0).count() == 2
    delete_leftovers(NOON + REFUSED_KEPT + timedelta(minutes=1))
    assert Import.objects.get() == half
    assert list(half.files.values_list("kept_bytes", "content")) == [(0, None), (0, None)]


def test_imports_run_in_a_thread_of_low_priority():
    found: list[int] = []
    own = os.getpriority(os.PRIO_PROCESS, get_native_id())
    run_at_low_priority(lambda: found.append(os.getpriority(os.PRIO_PROCESS, get_native_id())))
    assert found == [max(own, NICENESS)]
    assert os.getpriority(os.PRIO_PROCESS, get_native_id()) == own
    with pytest.raises(ZeroDivisionError):
        run_at_low_priority(lambda: found.append(1 // 0))


def test_files_of_a_deleted_athlete_are_deleted(cast: Cast, django_capture_on_commit_callbacks: Any):
    parent = send_files(cast.ada, {"1.fit": build_day_run(3)})
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(cast.ada, NOON)
    assert not find_folder(parent.pk).exists()
    assert not ImportFile.objects.exists()
    find_folder(parent.pk).mkdir()  # as a planner that has not noticed it
    take_turn(parent.pk, never)
    assert not find_folder(parent.pk).exists()


def test_an_import_of_a_coach_who_left_stays_with_the_athlete(cast: Cast):
    parent = send_files(cast.ada, {"1.fit": build_day_run(3)}, made_by_id=cast.carl.pk, added_by="coach")
    delete_account(cast.carl, NOON)
    assert Import.objects.get().made_by is None
    take_turn(parent.pk, never)
    assert Activity.objects.exists()


def test_an_import_of_a_command_is_left_to_the_command(cast: Cast):
    parent = send_files(cast.ada, {"1.fit": build_day_run(3)}, added_by="command")
    delete_jobs()
    resume_imports(0)
    assert count_jobs() == 0
    delete_leftovers(timezone.now() + ARCHIVE_KEPT + timedelta(minutes=1))
    assert Import.objects.get().status == "cancelled"  # it was killed
    request_undo(parent)
    delete_jobs()
    resume_imports(0)
    assert count_jobs() == 1
    delete_leftovers(timezone.now() + 2 * ARCHIVE_KEPT)
    assert Import.objects.get().undo_state == "queued"
