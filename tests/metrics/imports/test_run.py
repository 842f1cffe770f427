"""An import goes through its files. Each is stored once, whatever else is in the upload."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from metrics.imports.control import cancel_import
from metrics.imports.files.run import WorkSlice, run_import
from metrics.imports.work_folder import delete_folder, find_folder
from metrics.models import Activity, HealthDay, Import, ImportedActivity, ImportedDay, ImportFile
from metrics.remeasurement.upgrade import measure_with_new_formulas
from tests.metrics.archives.test_hostile_archives import build_encrypted_zip
from tests.metrics.archives.test_strava_export import HEADER_2019
from tests.metrics.files.damaged_files import build_overlapping_zip
from tests.metrics.imports.import_fixtures import (
    WORK,
    build_day_run,
    build_entry_item,
    build_health_item,
    build_recording_item,
    build_wellness,
    build_workout_export,
    build_zip,
    list_outcomes,
    run,
    send_files,
    send_planned,
    stop_after,
)
from tests.support.cast import NOON, Cast, create_run

pytestmark = pytest.mark.django_db


def test_recordings_of_an_archive_are_stored_and_the_archive_is_deleted(cast: Cast):
    files = {f"{day}.bin": build_day_run(day) for day in range(3)} | {"notes.txt": b"no recording"}
    parent = send_files(cast.ada, {"years.zip": build_zip(files)})
    assert ProcrastinateJob.objects.get().args == {"import_id": str(parent.pk)}
    assert (find_folder(parent.pk) / "upload" / "years.zip").is_file()
    done = run(parent)
    assert (done.status, done.kind, done.file_count, done.done_count) == ("done", "folder", 4, 4)
    assert done.work_done == done.work_total > 0
    assert [status for _, status, _ in list_outcomes(done)] == ["stored", "stored", "stored", "skipped"]
    assert Activity.objects.filter(athlete=cast.ada.athlete).count() == 3
    assert ImportedActivity.objects.filter(file__parent=done, outcome="stored").count() == 3
    assert not find_folder(parent.pk).exists()


def test_several_files_are_one_import(cast: Cast):
    parent = run(send_files(cast.ada, {"1.fit": build_day_run(1), "2.fit": build_day_run(2)}))
    assert parent.filename == "2 files"
    assert list_outcomes(parent) == [("1.fit", "stored", ""), ("2.fit", "stored", "")]


def test_a_refused_file_is_kept_with_its_reason_and_stops_nothing(cast: Cast):
    damaged = b"<gpx>" + b"x" * 100
    items = [build_recording_item("a.gpx"), build_recording_item("b.fit")]
    done = run(send_planned(cast.ada, {"a.gpx": damaged, "b.fit": build_day_run(3)}, items))
    refused, stored = done.files.order_by("position")
    assert (refused.status, stored.status) == ("refused", "stored")
    assert refused.reason
    assert refused.kept_bytes == len(damaged)
    assert done.status == "done"


def test_the_same_archive_again_stores_nothing_twice(cast: Cast):
    files = {"years.zip": build_zip({f"{day}.fit": build_day_run(day) for day in range(3)})}
    run(send_files(cast.ada, files))
    again = run(send_files(cast.ada, files))
    assert {status for _, status, _ in list_outcomes(again)} == {"already_there"}
    assert Activity.objects.count() == 3


def test_a_value_that_no_reader_expects_refuses_its_file_alone(cast: Cast):
    """A fault while an item is stored costs that item, and its rows are rolled back."""
    items = [build_entry_item(datetime.max.replace(tzinfo=UTC)), build_health_item("w.csv")]
    done = run(send_planned(cast.ada, {"w.csv": build_wellness()}, items))
    assert [(status, bool(code)) for _, status, code in list_outcomes(done)] == [
        ("refused", True),
        ("stored", False),
    ]


def test_the_same_archive_of_another_maker_is_an_import_of_its_own(cast: Cast):
    """Else what the first maker may not bring would be lost, and the second would see the first one's."""
    coach: dict[str, Any] = {"made_by_id": cast.carl.pk, "added_by": "coach", "may_write_health": False}
    files = {"w.csv": build_wellness()}
    of_coach = send_files(cast.ada, files, **coach)
    own = send_files(cast.ada, files)
    assert own != of_coach
    assert run(of_coach).files.get().code == "NOT_ALLOWED"
    assert run(own).files.get().status == "stored"
    assert send_files(cast.ada, files, is_dry_run=True, **coach) != own


def test_a_new_activity_gets_all_that_the_export_says(cast: Cast):
    item = build_recording_item(
        "1.gpx",
        name="Long\0 run",
        activity_type="hike",
        perceived_effort=7,
        athlete_note="a\nb",
        gear="Shoes",
    )
    run(send_planned(cast.ada, {"1.gpx": build_day_run(1, sport="workout")}, [item]))
    activity = Activity.objects.get()
    assert (activity.name, activity.activity_type, activity.perceived_effort) == ("Long run", "hike", 7)
    assert (activity.athlete_note, activity.gear) == ("a\nb", "Shoes")
    assert activity.recorded["sport"] == "hike"


def test_a_sport_that_the_file_names_stays(cast: Cast):
    item = build_recording_item("1.gpx", activity_type="hike")
    run(send_planned(cast.ada, {"1.gpx": build_day_run(3)}, [item]))
    assert Activity.objects.get().activity_type == "run"


def test_a_known_activity_gets_only_what_nobody_has_said(cast: Cast):
    recording = {"1.fit": build_day_run(3)}
    run(send_files(cast.ada, recording))
    Activity.objects.update(name="Mine")
    item = build_recording_item("1.fit", name="Theirs", perceived_effort=5)
    done = run(send_planned(cast.ada, recording, [item]))
    activity = Activity.objects.get()
    assert (activity.name, activity.perceived_effort) == ("Mine", 5)
    assert ImportedActivity.objects.get(file__parent=done).lent == {"perceived_effort": [None, 5]}


def test_an_entry_becomes_an_activity_by_hand(cast: Cast):
    item = build_entry_item(
        distance_m=5_000.0, avg_hr_bpm=20.0, device="Watch", name="Treadmill", activity_type="run"
    )
    done = run(send_planned(cast.ada, {}, [item]))
    activity = Activity.objects.get()
    assert list_outcomes(done) == [("activities.csv, line 2", "stored", "")]
    assert (activity.source, activity.name, activity.distance_m) == ("manual", "Treadmill", 5_000)
    assert activity.avg_hr_bpm is None  # 20 is impossible
    assert activity.device == "Watch"


def test_an_entry_of_a_stored_activity_describes_that_one(cast: Cast):
    create_run(cast.ada, duration_s=1_800)
    done = run(send_planned(cast.ada, {}, [build_entry_item(name="Tempo", activity_type="run")]))
    assert list_outcomes(done) == [("activities.csv, line 2", "already_there", "")]
    assert Activity.objects.get().name == "Tempo"


def test_an_entry_without_a_duration_is_refused(cast: Cast):
    done = run(send_planned(cast.ada, {}, [build_entry_item(duration_s=0)]))
    [(_, status, code)] = list_outcomes(done)
    assert (status, code) == ("refused", "IMPOSSIBLE_ENTRY")
    assert "duration" in done.files.get().reason


def test_health_days_are_stored_with_what_they_were_before(cast: Cast):
    HealthDay.objects.create(
        athlete=cast.ada.athlete, date="2026-06-01", source="intervals.icu", resting_hr_bpm=50
    )
    rows = ("2026-06-01,,44,61.5,,28800,,,", "2026-06-02,,45,,,,,,", "2026-06-03,,400,,,,,,")
    parent = send_planned(cast.ada, {"w.csv": build_wellness(rows)}, [build_health_item("w.csv")])
    done = run(parent)
    file = done.files.get()
    assert (file.status, file.days_stored, file.code) == ("stored", 2, "INVALID_ROWS")
    assert "line 4" in file.reason
    first, second = ImportedDay.objects.order_by("date")
    assert first.before == {"resting_hr_bpm": 50.0}
    assert first.after == {"resting_hr_bpm": 44.0, "hrv_rmssd_ms": 61.5, "sleep_s": 28_800.0}
    assert second.before is None


def test_health_data_needs_the_right_to_record_it(cast: Cast):
    parent = send_planned(
        cast.ada, {"w.csv": build_wellness()}, [build_health_item("w.csv")], may_write_health=False
    )
    assert list_outcomes(run(parent)) == [("w.csv", "skipped", "NOT_ALLOWED")]
    assert not HealthDay.objects.exists()


def test_a_turn_ends_and_the_next_one_goes_on(cast: Cast):
    files = {f"{day}.fit": build_day_run(day) for day in range(30)}
    parent = send_files(cast.ada, {"years.zip": build_zip(files)})
    assert not run_import(parent.pk, stop_after(1))
    some = Import.objects.get(pk=parent.pk)
    assert some.status == "running"
    assert 0 < some.done_count < 30
    assert Activity.objects.count() == some.done_count
    run(parent)
    assert Activity.objects.count() == 30


def test_a_cancelled_import_stops_between_two_files(cast: Cast):
    files = {f"{day}.fit": build_day_run(day) for day in range(12)}
    parent = send_files(cast.ada, {"years.zip": build_zip(files)})

    def cancel(file: ImportFile, outcome: object) -> None:
        Import.objects.filter(pk=parent.pk).update(status="cancelled")

    assert not run_import(parent.pk, WorkSlice(lambda: NOON, report=cancel))
    assert Activity.objects.count() == 1
    assert ImportFile.objects.filter(parent=parent).waiting().count() == 11
    assert run_import(parent.pk, WORK)  # nothing to do
    assert Activity.objects.count() == 1


def test_a_dry_run_only_says_what_would_come(cast: Cast):
    done = run(send_files(cast.ada, {"1.fit": build_day_run(1)}, is_dry_run=True))
    assert (done.status, done.file_count, done.done_count) == ("done", 1, 0)
    assert not Activity.objects.exists()
    assert find_folder(done.pk).exists()


def test_a_broken_archive_fails_and_leaves_nothing_on_disk(cast: Cast):
    content = build_zip({"1.fit": build_day_run(1)})[:-30]
    failed = run(send_files(cast.ada, {"years.zip": content}))
    assert (failed.status, failed.code) == ("failed", "UNREADABLE_FILE")
    assert failed.message
    assert not find_folder(failed.pk).exists()


def test_a_full_quota_ends_the_import_and_it_can_go_on_later(cast: Cast, settings):
    settings.ACTIVITIES_PER_ATHLETE = 2
    files = {f"{day}.fit": build_day_run(day) for day in range(4)}
    archive = {"years.zip": build_zip(files)}
    failed = run(send_files(cast.ada, archive))
    assert (failed.status, failed.code, failed.done_count) == ("failed", "QUOTA_REACHED", 2)
    assert "2 activities" in failed.message
    settings.ACTIVITIES_PER_ATHLETE = 10
    again = send_files(cast.ada, archive)
    assert again.pk == failed.pk
    done = run(again)
    assert (done.status, done.done_count, done.code) == ("done", 4, "")
    assert Activity.objects.count() == 4


@pytest.mark.parametrize("case", ["overlap", "encrypted", "way out", "not a ZIP any more"])
def test_a_hostile_archive_is_refused_at_once_and_leaves_nothing(cast: Cast, case: str, imports_dir: Path):
    recording = build_day_run(3)
    content = {
        "overlap": build_overlapping_zip(recording),
        "encrypted": build_encrypted_zip(),
        "way out": build_zip({"../../1.fit": recording}),
        "not a ZIP any more": build_zip({"1.fit": recording})[: len(recording) // 2],
    }[case]
    parent = send_files(cast.ada, {"export.zip": content})
    began = monotonic()
    failed = run(parent)
    assert monotonic() - began < 1
    assert (failed.status, failed.code) == ("failed", "UNREADABLE_FILE")
    assert not Activity.objects.exists()
    assert not list(imports_dir.iterdir())


def test_an_export_of_strava_comes_in_with_what_it_says(cast: Cast):
    rows = [
        '1,"Jun 6, 2026, 12:00:00 PM",Morning tempo,Run,,120,0.36,true,,activities/1.gpx',
        '2,"Jun 1, 2026, 6:00:00 AM",Yoga by hand,Yoga,,1800,0,false,,',
    ]
    table = "\n".join([HEADER_2019, *rows]).encode()
    archive = build_zip({"activities.csv": table, "activities/1.gpx": build_day_run(4)})
    done = run(send_files(cast.ada, {"export_1.zip": archive}))
    assert (done.kind, done.status) == ("strava_export", "done")
    by_source = {activity.source: activity for activity in Activity.objects.all()}
    assert (by_source["file"].name, by_source["file"].is_commute) == ("Morning tempo", True)
    assert (by_source["manual"].name, by_source["manual"].duration_s) == ("Yoga by hand", 1_800)
    again = run(send_files(cast.ada, {"export_1.zip": archive}))
    assert {status for _, status, _ in list_outcomes(again)} == {"already_there"}
    assert Activity.objects.count() == 2


def test_what_the_owner_cropped_stays_cropped_also_when_the_file_is_read_again(cast: Cast):
    kept = (NOON - timedelta(days=3, seconds=-60), NOON - timedelta(days=3, seconds=-500))
    item = build_recording_item("3.fit", cropped_to=kept)
    run(send_planned(cast.ada, {"3.fit": build_day_run(3, duration_s=600)}, [item]))
    activity = Activity.objects.get()
    assert (activity.started_at, activity.duration_s) == (kept[0], 440)
    assert activity.distance_m == pytest.approx(1_320, abs=5)
    assert "cropped" in activity.warnings
    for _ in measure_with_new_formulas(cast.ada.pk):
        pass
    again = Activity.objects.get()
    assert (again.started_at, again.recorded) == (activity.started_at, activity.recorded)


def test_an_import_goes_on_although_the_files_of_its_planner_are_deleted(cast: Cast):
    """As when the same archive comes again days after a cancellation. Workouts of Apple are such files."""
    archive = {"export.zip": build_zip({"apple_health_export/export.xml": build_workout_export(12)})}
    parent = send_files(cast.ada, archive)
    assert not run_import(parent.pk, stop_after(1))
    some = cancel_import(parent, NOON).done_count
    assert 0 < some < 12
    delete_folder(parent.pk)
    again = send_files(cast.ada, archive)
    assert again.pk == parent.pk
    done = run(again)
    assert {status for _, status, _ in list_outcomes(done)} == {"stored"}
    assert Activity.objects.count() == done.file_count == 12
