"""Garmin's wellness files in JSON are recognised by their keys, and read record by record."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.files.errors import MAX_FILE_BYTES, FileError
from metrics.health.imports.apple_health import encode_apple_days
from metrics.health.imports.days import DayRow, InvalidRow
from metrics.health.imports.json_reading import detect_health_json, read_health_json

DAILY = [
    {"calendarDate": "2026-06-01", "totalSteps": 9_000, "restingHeartRate": 48, "minHeartRate": 41},
    {"calendarDate": "2026-06-02", "totalSteps": 0},
    {"calendarDate": "2026-06-03", "totalSteps": 5, "currentDayRestingHeartRate": 47},
]
SLEEP = [
    {
        "sleepStartTimestampGMT": "2026-05-31T21:25:10.0",
        "calendarDate": "2026-06-01",
        "deepSleepSeconds": 6_000,
        "lightSleepSeconds": 15_000,
        "remSleepSeconds": 5_400,
        "awakeSleepSeconds": 1_200,
    },
    {
        "sleepStartTimestampGMT": "2026-06-01T21:00:00.0",
        "calendarDate": "2026-06-02",
        "sleepWindowConfirmationType": "OFF_WRIST",
    },
]
STATUS = [
    {
        "calendarDate": "2026-06-01",
        "metrics": [{"type": "HR", "value": 47.0}, {"type": "HRV", "value": 61.0, "status": "IN_RANGE"}],
    },
    {"calendarDate": "2026-06-02", "metrics": [{"type": "SPO2", "value": 96.0}]},
]
VO2MAX = [
    {"calendarDate": "2026-06-01", "sport": "RUNNING", "vo2MaxValue": 52.0},
    {"calendarDate": "2026-06-02", "sport": "CYCLING", "vo2MaxValue": 60.0},
    {"calendarDate": "2026-06-03", "sport": "RUNNING", "vo2MaxValue": None},
]
WEIGHT = [
    {
        "version": 3,
        "metaData": {"calendarDate": "2026-06-01T00:00:00.0", "sequence": 1},
        "weight": {"weight": 71_400.0, "sourceType": "INDEX_SCALE", "timestampGMT": "2026-06-01T05:00:00.0"},
    },
    {"metaData": {"calendarDate": "2026-06-02T00:00:00.0", "sequence": 2}, "height": 178.0},
]
FILES = {"daily": DAILY, "sleep": SLEEP, "status": STATUS, "vo2max": VO2MAX, "weight": WEIGHT}


def encode(records: Any) -> bytes:
    return json.dumps(records).encode()


@pytest.mark.parametrize(
    ("kind", "rows", "skipped"),
    [
        ("daily", [("2026-06-01", "resting_hr_bpm", 48.0), ("2026-06-03", "resting_hr_bpm", 47.0)], 1),
        ("sleep", [("2026-06-01", "sleep_s", 26_400.0)], 1),
        ("status", [("2026-06-01", "hrv_rmssd_ms", 61.0)], 1),
        ("vo2max", [("2026-06-01", "vo2max_ml_kg_min", 52.0)], 2),
        ("weight", [("2026-06-01", "weight_kg", 71.4)], 1),
    ],
)
def test_each_file_gives_its_reading_and_skips_days_without(
    kind: str, rows: list[tuple[str, str, float]], skipped: int
):
    data = encode(FILES[kind])
    assert detect_health_json(data) == "garmin"
    read = read_health_json(data)
    assert (read.source, read.skipped_count, read.invalid_rows) == ("garmin", skipped, ())
    assert [(str(row.date), *next(iter(row.values.items()))) for row in read.rows] == rows


@pytest.mark.parametrize(
    "records",
    [
        [],
        {},
        [{"calendarDate": "2026-06-01", "score": 70, "sleepScore": 80}],
        [{"calendarDate": "2026-06-01", "valueInML": 500}],
        [{"summarizedActivitiesExport": [{"activityId": 1, "duration": 5.0, "vO2MaxValue": 50.0}]}],
        {"calendarDate": "2026-06-01", "restingHeartRate": 50},
    ],
)
def test_other_json_is_no_health_export(records: Any):
    assert detect_health_json(encode(records)) == ""
    with pytest.raises(FileError, match="isn't a health export"):
        read_health_json(encode(records))


@pytest.mark.parametrize("day", ["", "June", "2026-02-30", None, 1e400, [], True])
def test_a_record_without_a_day_names_its_place(day: Any):
    data = encode([DAILY[0], {"calendarDate": day, "restingHeartRate": 50}, {"restingHeartRate": 50}, 7])
    read = read_health_json(data)
    assert [row.line for row in read.rows] == [1]
    assert [row.line for row in read.invalid_rows] == [2, 3, 4]
    assert read.invalid_rows[2] == InvalidRow(4, "the record isn't an object")


@pytest.mark.parametrize("value", [-1, 0, True, "48", [], {}, float("nan"), float("inf"), 10**400])
def test_a_value_that_is_no_positive_number_is_not_measured(value: Any):
    data = encode([{"calendarDate": "2026-06-01", "totalSteps": 1, "restingHeartRate": value}])
    assert read_health_json(data).rows == ()


def test_a_cut_file_is_refused_and_still_recognised():
    data = encode(DAILY)[:-10]
    assert detect_health_json(data) == "garmin"
    with pytest.raises(FileError, match="isn't complete JSON"):
        read_health_json(data, "UDSFile.json")


def test_a_file_that_is_too_large_or_too_deep_is_refused():
    with pytest.raises(FileError) as error:
        read_health_json(encode(DAILY) + b" " * MAX_FILE_BYTES)
    assert error.value.code == "FILE_TOO_LARGE"
    with pytest.raises(FileError):
        read_health_json(encode(DAILY)[:-1] + b"," + b"[" * 100_000)


def test_the_days_of_an_apple_export_come_back():
    rows = [DayRow(1, date(2026, 6, 1), {"hrv_sdnn_ms": 61.2, "weight_kg": 70.1, "sleep_s": 27_000.0})]
    data = encode_apple_days(rows)
    assert detect_health_json(data) == "apple_health"
    read = read_health_json(data)
    assert (read.source, read.rows) == ("apple_health", tuple(rows))


@given(st.sampled_from(sorted(FILES)), st.integers(0, 400), st.binary(max_size=8))
def test_changed_bytes_give_rows_or_a_file_error(kind: str, place: int, change: bytes):
    data = bytearray(encode(FILES[kind]))
    data[place : place + len(change)] = change
    detect_health_json(bytes(data))
    with suppress(FileError):
        read_health_json(bytes(data))
