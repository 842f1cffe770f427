"""An import is undone as a whole: what it alone brought goes, what was edited since stays."""

from __future__ import annotations

import pytest

from metrics.activities.changes import update_activity
from metrics.imports.control import request_undo
from metrics.imports.files.undo import CAME_AGAIN, CHOSEN, EDITED, undo_import
from metrics.imports.files.undo_days import EDITED_DAYS
from metrics.models import Activity, ActivityRecording, BinActivity, HealthDay, Import
from tests.metrics.imports.import_fixtures import (
    WORK,
    build_day_run,
    build_entry_item,
    build_health_item,
    build_recording_item,
    build_wellness,
    run,
    send_files,
    send_planned,
)
from tests.metrics.imports.import_fixtures import stop_after as end_turn_after
from tests.support.cast import NOON, Cast, create_run

pytestmark = pytest.mark.django_db
ROWS = ("2026-06-01,,44,61.5,,28800,,,", "2026-06-02,,45,,,,,,")


def undo(parent: Import) -> list[tuple[str, str]]:
    """Undo an import to its end. Returns the outcome and the reason of each file."""
    request_undo(parent)
    assert undo_import(parent.pk, WORK)
    assert Import.objects.get(pk=parent.pk).undo_state == "done"
    return list(parent.files.order_by("position").values_list("undo_outcome", "undo_reason"))


def test_new_activities_go_to_the_bin(cast: Cast):
    mine = create_run(cast.ada, NOON.replace(day=1))
    files = {"1.fit": build_day_run(3), "2.fit": build_day_run(6)}
    parent = run(send_files(cast.ada, files))
    assert undo(parent) == [("removed", ""), ("removed", "")]
    assert list(Activity.objects.all()) == [mine]
    assert BinActivity.objects.count() == 2


def test_an_edited_activity_stays_and_is_named(cast: Cast):
    parent = run(send_files(cast.ada, {"1.fit": build_day_run(3), "2.fit": build_day_run(6)}))
    update_activity(Activity.objects.latest("started_at"), {"name": "My race"})
    assert undo(parent) == [("kept", EDITED), ("removed", "")]
    assert Activity.objects.get().name == "My race"


def test_what_another_import_brought_too_stays(cast: Cast):
    first = run(send_files(cast.ada, {"1.fit": build_day_run(3)}))
    second = run(send_files(cast.ada, {"1.fit": build_day_run(3), "2.fit": build_day_run(6)}))
    assert undo(first) == [("kept", CAME_AGAIN)]
    assert Activity.objects.count() == 2
    assert undo(second) == [("removed", ""), ("removed", "")]
    assert Activity.objects.count() == 1  # it was there before the second import


def test_a_second_recording_leaves_its_activity(cast: Cast):
    run(send_files(cast.ada, {"1.fit": build_day_run(3, duration_s=600)}))
    parent = run(send_files(cast.ada, {"2.fit": build_day_run(3, duration_s=590)}))
    assert parent.files.get().status == "second_recording"
    before = Activity.objects.get()
    assert undo(parent) == [("removed", "")]
    assert Activity.objects.get() == before
    assert Activity.objects.get().duration_s == 600
    assert BinActivity.objects.get().duration_s == 590


def test_two_recordings_of_one_import_both_go(cast: Cast):
    files = {"1.fit": build_day_run(3, duration_s=600), "2.fit": build_day_run(3, duration_s=590)}
    assert undo(run(send_files(cast.ada, files))) == [("removed", ""), ("removed", "")]
    assert not Activity.objects.exists()


def test_a_recording_that_somebody_chose_stays(cast: Cast):
    run(send_files(cast.ada, {"1.fit": build_day_run(3, duration_s=600)}))
    parent = run(send_files(cast.ada, {"2.fit": build_day_run(3, duration_s=590)}))
    ActivityRecording.objects.filter(duration_s=590).update(is_chosen=True)
    assert undo(parent) == [("kept", CHOSEN)]


def test_an_activity_with_a_recording_from_elsewhere_keeps_that_one(cast: Cast):
    parent = run(send_files(cast.ada, {"1.fit": build_day_run(3, duration_s=600)}))
    run(send_files(cast.ada, {"2.fit": build_day_run(3, duration_s=590)}))
    assert undo(parent) == [("removed", "")]
    assert Activity.objects.get().duration_s == 590


def test_a_recording_of_an_entry_by_hand_leaves_the_entry(cast: Cast):
    create_run(cast.ada, NOON, duration_s=600, name="Mine")
    parent = run(send_files(cast.ada, {"0.fit": build_day_run(0, duration_s=600)}))
    assert Activity.objects.get().source == "file"
    assert undo(parent) == [("removed", "")]
    assert Activity.objects.values_list("source", "name").get() == ("manual", "Mine")


def test_a_description_is_taken_back(cast: Cast):
    recording = {"1.fit": build_day_run(3)}
    run(send_files(cast.ada, recording))
    item = build_recording_item("1.fit", name="Theirs", gear="Shoes")
    parent = run(send_planned(cast.ada, recording, [item]))
    update_activity(Activity.objects.get(), {"gear": "Boots"})
    assert undo(parent) == [("kept", EDITED)]
    assert Activity.objects.values_list("name", "gear").get() == ("", "Boots")


def test_an_entry_goes(cast: Cast):
    assert undo(run(send_planned(cast.ada, {}, [build_entry_item()]))) == [("removed", "")]
    assert not Activity.objects.exists()


def test_days_get_their_values_back(cast: Cast):
    HealthDay.objects.create(
        athlete=cast.ada.athlete, date="2026-06-01", source="intervals.icu", resting_hr_bpm=50, mood=3
    )
    parent = run(send_planned(cast.ada, {"w.csv": build_wellness(ROWS)}, [build_health_item("w.csv")]))
    assert HealthDay.objects.count() == 2
    assert undo(parent) == [("removed", "")]
    day = HealthDay.objects.get()
    assert (day.resting_hr_bpm, day.hrv_rmssd_ms, day.sleep_s, day.mood) == (50, None, None, 3)


def test_a_day_that_was_edited_since_stays(cast: Cast):
    parent = run(send_planned(cast.ada, {"w.csv": build_wellness(ROWS)}, [build_health_item("w.csv")]))
    HealthDay.objects.filter(date="2026-06-02").update(resting_hr_bpm=60)
    assert undo(parent) == [("kept", EDITED_DAYS)]
    assert HealthDay.objects.get().resting_hr_bpm == 60


def test_a_day_that_another_import_brought_too_stays(cast: Cast):
    items = [build_health_item("w.csv")]
    first = run(send_planned(cast.ada, {"w.csv": build_wellness(ROWS)}, items))
    run(send_planned(cast.ada, {"w.csv": build_wellness(ROWS[:1])}, items))
    assert undo(first) == [("kept", EDITED_DAYS)]
    assert HealthDay.objects.get().date.day == 1


def test_what_an_import_added_to_a_day_goes(cast: Cast):
    run(send_files(cast.ada, {"w.csv": build_wellness(("2026-06-01,,44,,,,,,",))}))
    second = run(send_files(cast.ada, {"w.csv": build_wellness(("2026-06-01,,,61.5,,,,,",))}))
    assert undo(second) == [("removed", "")]
    day = HealthDay.objects.get()
    assert (day.resting_hr_bpm, day.hrv_rmssd_ms) == (44, None)


def test_a_killed_undo_goes_on(cast: Cast):
    parent = run(send_files(cast.ada, {f"{day}.fit": build_day_run(day) for day in range(5)}))
    request_undo(parent)
    calls = iter((False, False, True))
    turn = end_turn_after(0)
    assert not undo_import(parent.pk, type(turn)(turn.now, is_over=lambda: next(calls)))
    assert Activity.objects.count() == 3
    assert undo_import(parent.pk, WORK)
    assert not Activity.objects.exists()


def test_an_undone_archive_can_come_again(cast: Cast):
    files = {"1.fit": build_day_run(3)}
    undo(run(send_files(cast.ada, files)))
    again = run(send_files(cast.ada, files))
    assert again.files.get().status == "stored"
    assert Activity.objects.count() == 1
