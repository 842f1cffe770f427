"""manage.py find_doubles: activities that were stored twice before become recordings of one."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from astral.http.errors import ApiError
from athletes.models import Athlete
from coaching.models import Plan, PlanLink, PlanSession
from metrics.activities.changes import update_activity
from metrics.activities.recordings import stored_recordings
from metrics.activities.recordings.doubles import find_doubles
from metrics.activities.recordings.merge import (
    choose_recording,
    merge_activities,
    split_recording,
)
from metrics.activities.recordings.stored_recordings import measure_recording
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, ActivityRecording
from tests.coaching.plan_fixtures import follow_plan
from tests.metrics.activities.recordings.recording_files import (
    build_phone_file,
    build_watch_file,
    build_watch_run,
    count_rows,
    get_row,
    ingest_recording,
    read_numbers,
)
from tests.support.cast import NOON, Cast, create_run
from tests.support.recordings import MORNING

EVENING = MORNING + timedelta(hours=12)


def store_twice(user, first: bytes, second: bytes) -> tuple[Activity, Activity]:
    """Store two recordings of one run as two activities, as older versions did."""
    [kept] = ingest_recording(user, first).activities
    Activity.objects.filter(pk=kept.pk).update(started_at=EVENING)
    [other] = ingest_recording(user, second).activities
    Activity.objects.filter(pk=kept.pk).update(started_at=MORNING)
    return kept, other


def run_find_doubles(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("find_doubles", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def test_without_merge_a_table_is_printed_and_nothing_changes(cast: Cast):
    kept, other = store_twice(cast.ada, build_watch_file(), build_phone_file())
    rows, version = count_rows(), Athlete.objects.get(pk=cast.ada.pk).data_version
    headings, line, summary = run_find_doubles()
    assert headings.split()[0] == "athlete"
    assert line.split()[:4] == [cast.ada.public_id, kept.public_id, other.public_id, "2026-06-09"]
    assert ("5.4 km 0:30:00" in line, "5.7 km 0:30:00" in line) == (True, True)
    assert summary == "1 found. Nothing is changed."
    assert (count_rows(), Athlete.objects.get(pk=cast.ada.pk).data_version) == (rows, version)


@pytest.mark.parametrize("phone_first", [False, True])
def test_merge_keeps_the_first_activity_with_the_better_recording(cast: Cast, phone_first: bool):
    [alone] = ingest_recording(cast.zoe, build_watch_file()).activities
    files = [build_watch_file(), build_phone_file()]
    kept, other = store_twice(cast.ada, *(reversed(files) if phone_first else files))
    assert run_find_doubles("--merge")[-1] == "1 merged."
    assert list(Activity.objects.filter(athlete=cast.ada.pk)) == [kept]
    numbers = read_numbers(kept)
    assert numbers | {"original_id": None} == read_numbers(alone) | {"original_id": None}
    assert set(ActivityRecording.objects.values_list("pk", flat=True)) == {kept.pk, other.pk}
    assert run_find_doubles("--merge")[-1] == "0 merged."


def test_a_merge_can_be_undone_with_all_numbers_and_words(cast: Cast):
    kept, other = store_twice(cast.ada, build_watch_file(), build_phone_file())
    other.refresh_from_db()
    update_activity(other, {"name": "Quay", "perceived_effort": 4})
    fields = ("id", "name", "perceived_effort", "is_race", "activity_type", "created_at", "started_at")
    before = [Activity.objects.values(*fields).get(pk=row.pk) for row in (kept, other)]
    numbers = [read_numbers(row) for row in (kept, other)]
    run_find_doubles("--merge", "--athlete", "ada@example.test")
    merged = Activity.objects.get(pk=kept.pk)
    assert (merged.name, merged.perceived_effort) == ("Quay", 4)
    split_recording(merged, other.pk)
    assert [Activity.objects.values(*fields).get(pk=row.pk) for row in (kept, other)] == before
    assert [read_numbers(row) for row in (kept, other)] == numbers


def test_what_a_person_has_split_is_not_found_again(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    ingest_recording(cast.ada, build_phone_file())
    own = split_recording(activity, get_row(activity, counts=False).pk)
    assert run_find_doubles("--merge")[-1] == "0 merged."
    entry = create_run(cast.ada, MORNING, duration_s=1_800.0)
    choose_recording(merge_activities(own, entry), entry.pk)  # the split recording counts no more
    assert run_find_doubles("--merge")[-1] == "0 merged."
    assert Activity.objects.count() == 2


def test_an_activity_that_is_stored_three_times_becomes_one(cast: Cast):
    store_twice(cast.ada, build_watch_file(), build_phone_file())
    third = ingest_recording(cast.ada, build_watch_file(started_at=EVENING)).activities
    Activity.objects.filter(pk=third[0].pk).update(started_at=MORNING)
    assert run_find_doubles("--merge")[-1] == "2 merged."
    assert count_rows() == (1, 3, 1, 3)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({}, {}, 0),  # two entries by hand
        ({}, {"source": "file"}, 1),
        ({"source": "file"}, {"source": "file", "activity_type": "bike"}, 0),
        ({"source": "file"}, {"source": "file", "started_at": NOON + timedelta(seconds=3_000)}, 0),
    ],
)
def test_entries_other_sports_and_back_to_back_runs_are_no_doubles(cast: Cast, first, second, found: int):
    create_run(cast.ada, **first)
    create_run(cast.ada, **second)
    create_run(cast.ben, source="file")
    assert run_find_doubles()[-1] == f"{found} found. Nothing is changed."


def test_the_session_of_a_merged_activity_stays_done(cast: Cast):
    kept, other = store_twice(cast.ada, build_watch_file(), build_phone_file())
    plan = Plan.objects.create(organization=cast.harbour, name="Mile", total_weeks=1)
    PlanSession.objects.create(plan=plan, week=1, weekday=7, duration_s=600)
    session = follow_plan(cast.ada, plan, NOON.date()).sessions.get()
    link = PlanLink.objects.create(athlete=cast.ada.athlete, session=session, activity=other)
    run_find_doubles("--merge")
    link.refresh_from_db()
    assert link.activity_id == kept.pk


def test_each_athlete_is_all_or_nothing_and_the_run_can_go_on(cast: Cast):
    for user in (cast.ada, cast.ben):
        store_twice(user, build_phone_file(), build_watch_file())
    broken = max(cast.ada.pk, cast.ben.pk)
    stored = Activity.objects.filter(athlete=broken, device="Watch")
    totals = stored.get().recorded
    stored.update(recorded={"sport": "run"})  # cannot be measured
    with pytest.raises(TypeError):
        run_find_doubles("--merge")
    assert Activity.objects.exclude(athlete=broken).count() == 1
    assert Activity.objects.filter(athlete=broken).count() == 2
    assert not ActivityRecording.objects.filter(athlete=broken).exists()
    stored.update(recorded=totals)
    assert run_find_doubles("--merge")[-1] == "1 merged."
    assert Activity.objects.count() == 2


def test_a_damaged_recording_stops_the_merge_of_its_athlete_only(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    for user in (cast.ada, cast.ben):
        store_twice(user, build_phone_file(), build_watch_file())
    broken = min(cast.ada, cast.ben, key=lambda user: user.pk)

    def measure(activity: Activity, *others: Any) -> None:
        if activity.athlete_id == broken.pk:
            raise ApiError("DAMAGED_RECORDING", "The samples are damaged.")
        measure_recording(activity, *others)

    monkeypatch.setattr(stored_recordings, "measure_recording", measure)
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("find_doubles", "--merge", stdout=StringIO(), stderr=errors)
    assert f"{broken.public_id}: The samples are damaged." in errors.getvalue()
    assert Activity.objects.filter(athlete=broken.pk).count() == 2
    assert Activity.objects.exclude(athlete=broken.pk).count() == 1


def test_an_unknown_athlete_is_an_error(db: None):
    with pytest.raises(CommandError, match="nobody@example.test"):
        run_find_doubles("--athlete", "nobody@example.test")


def test_activities_are_read_by_the_index_on_their_start(cast: Cast):
    ingest_recording(cast.ada, encode_fit(build_watch_run()))
    with CaptureQueriesContext(connection) as statements:
        assert find_doubles(cast.ada.pk) == []
    [reading] = [query["sql"] for query in statements if 'FROM "metrics_activity"' in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {reading}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "activity_statistics" in plan
