"""A Garmin export has its activities in nested ZIPs, among other files, and says more of them in JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from metrics.archives.items import ItemKind, UploadKind
from metrics.files.xml.writer import encode_fit
from tests.metrics.archives.uploads import count_kinds, pack_zip, plan, select
from tests.metrics.files.damaged_files import build_fit_of_type
from tests.metrics.files.example_recordings import MORNING, build_run

MONITORING, SLEEP, SETTINGS = 32, 49, 2
RUN_FIT = encode_fit(build_run(600))
SUMMARIES = "DI_CONNECT/DI-Connect-Fitness/a_1001_summarizedActivities.json"
PART = "DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip"


def build_summary(number: int, started_at: datetime = MORNING, **values: Any) -> dict[str, Any]:
    begin_ms = started_at.timestamp() * 1_000
    return {
        "activityId": number,
        "name": f"Run {number}",
        "activityType": "trail_running",
        "beginTimestamp": begin_ms,
        "startTimeGmt": begin_ms,
        "startTimeLocal": begin_ms + 7_200_000,
        "eventTypeId": 9,
        "duration": 600_000.0,
        "elapsedDuration": 660_000.0,
        "movingDuration": 590_000.0,
        "distance": 180_000.0,
        "elevationGain": 12_300.0,
        "elevationLoss": 12_100.0,
        "avgSpeed": 0.3,
        "avgHr": 135.0,
        "maxHr": 150.0,
        "avgDoubleCadence": 170.0,
        "calories": 602.496,
        "parent": False,
    } | values


def encode_summaries(*summaries: dict[str, Any]) -> bytes:
    return json.dumps([{"summarizedActivitiesExport": summaries}]).encode()


def test_activities_are_found_among_other_files_and_described(tmp_path):
    part = {
        "a_1.fit": build_fit_of_type(MONITORING),
        "a_2.fit": RUN_FIT,
        "a_3.fit": build_fit_of_type(SLEEP),
        "a_4.fit": build_fit_of_type(SETTINGS),
        **{f"a_{number}.fit": build_fit_of_type(MONITORING) for number in range(5, 20)},
    }
    archive = pack_zip({PART: pack_zip(part), SUMMARIES: encode_summaries(build_summary(7))})
    made = plan(tmp_path, archive)
    assert made.kind == UploadKind.GARMIN_EXPORT
    (recording,) = select(made.items, ItemKind.RECORDING)
    assert recording.locator == f"{PART}/a_2.fit"
    assert recording.description is not None
    assert (recording.description.name, recording.description.sub_type) == ("Run 7", "trail")
    assert [item.name for item in select(made.items, ItemKind.UNREAD)] == [
        "16 monitoring files",
        f"{PART}/a_3.fit",
        f"{PART}/a_4.fit",
    ]
    assert select(made.items, ItemKind.ENTRY) == []


def test_a_summary_without_a_recording_is_an_entry(tmp_path):
    later = MORNING + timedelta(hours=3)
    summaries = encode_summaries(build_summary(7), build_summary(8, later, workoutRpe=70, eventTypeId=1))
    made = plan(tmp_path, pack_zip({PART: pack_zip({"a.fit": RUN_FIT}), SUMMARIES: summaries}))
    (item,) = select(made.items, ItemKind.ENTRY)
    assert item.name == f"{SUMMARIES}, activity 8"
    assert item.description is not None
    assert (item.description.perceived_effort, item.description.is_race) == (7, True)
    entry = item.entry
    assert entry is not None
    assert (entry.started_at, entry.utc_offset_min) == (later, 120)
    assert (entry.duration_s, entry.elapsed_s, entry.moving_time_s) == (600.0, 660.0, 590.0)
    assert (entry.distance_m, entry.elevation_gain_m, entry.elevation_loss_m) == (1_800.0, 123.0, 121.0)
    assert (entry.avg_hr_bpm, entry.max_hr_bpm, entry.avg_cadence_spm) == (135.0, 150.0, 170.0)
    assert entry.calories_kcal == pytest.approx(144.0)


def test_the_parts_of_a_multisport_activity_are_entries_and_their_sum_is_not(tmp_path):
    swim = build_summary(11, parentId=10, activityType="open_water_swimming")
    run = build_summary(12, MORNING + timedelta(minutes=12), parentId=10)
    total = build_summary(10, parent=True, activityType="multi_sport")
    del total["beginTimestamp"]
    made = plan(tmp_path, pack_zip({"a.fit": RUN_FIT, SUMMARIES: encode_summaries(swim, run, total)}))
    entries = select(made.items, ItemKind.ENTRY)
    assert [item.description and item.description.activity_type for item in entries] == ["swim", "run"]
    (unread,) = select(made.items, ItemKind.UNREAD)
    assert unread.name == "1 sum of multisport activities"
    (recording,) = select(made.items, ItemKind.RECORDING)
    assert recording.description is None


def test_a_sum_without_its_parts_is_an_entry(tmp_path):
    total = build_summary(10, parent=True, activityType="multi_sport")
    assert count_kinds(plan(tmp_path, pack_zip({SUMMARIES: encode_summaries(total)})).items) == {"entry": 1}


def test_the_summaries_of_two_files_are_not_doubled(tmp_path):
    other = SUMMARIES.replace("1001", "0")
    files = {SUMMARIES: encode_summaries(build_summary(7)), other: encode_summaries(build_summary(7))}
    assert count_kinds(plan(tmp_path, pack_zip(files)).items) == {"entry": 1}


def test_calories_that_are_no_kilojoules_stay(tmp_path):
    summaries = encode_summaries(build_summary(7, activityType="running", calories=144.0))
    (item,) = plan(tmp_path, pack_zip({SUMMARIES: summaries})).items
    assert item.entry is not None
    assert item.entry.calories_kcal == 144.0


@pytest.mark.parametrize(
    "values",
    [
        {"duration": 0.0, "elapsedDuration": 0.0},
        {"startTimeGmt": None, "beginTimestamp": None},
        {"startTimeGmt": 1e300, "beginTimestamp": "now"},
        {"duration": float("inf"), "elapsedDuration": -1},
    ],
)
def test_a_summary_without_start_or_duration_is_named(tmp_path, values):
    summaries = encode_summaries(build_summary(7, **values))
    (item,) = plan(tmp_path, pack_zip({SUMMARIES: summaries})).items
    assert (item.kind, item.name, item.code) == (
        ItemKind.UNREAD,
        f"{SUMMARIES}, activity 7",
        "INVALID_ROW",
    )


@pytest.mark.parametrize("data", [b'[{"summarizedActivitiesExport": [', b'{"summarizedActivitiesExport": 1}'])
def test_a_damaged_summary_file_is_no_failure(tmp_path, data):
    made = plan(tmp_path, pack_zip({"a.fit": RUN_FIT, SUMMARIES: data}))
    assert count_kinds(select(made.items, ItemKind.RECORDING)) == {"recording": 1}


def test_the_start_decides_which_summary_a_recording_has(tmp_path):
    near = build_summary(7, MORNING + timedelta(seconds=20))
    far = build_summary(8, MORNING + timedelta(minutes=5))
    assert MORNING.tzinfo == UTC
    made = plan(tmp_path, pack_zip({"a.fit": RUN_FIT, SUMMARIES: encode_summaries(far, near)}))
    (recording,) = select(made.items, ItemKind.RECORDING)
    assert recording.description is not None
    assert recording.description.name == "Run 7"
    assert [item.name for item in select(made.items, ItemKind.ENTRY)] == [f"{SUMMARIES}, activity 8"]


@pytest.mark.parametrize("data", [b"[" * 100_000, b"[]", b'{"summarizedActivitiesExport": 3}'])
def test_a_summary_file_without_activities_is_named(tmp_path, data):
    (item,) = plan(tmp_path, pack_zip({SUMMARIES: data})).items
    assert (item.name, item.kind) == (SUMMARIES, ItemKind.UNREAD)
