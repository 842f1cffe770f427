"""Compare our results for real exports with counts and means of independent readers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from metrics.health.days import validate_export
from metrics.health.imports.days import HealthExport
from metrics.health.imports.reading import read_health_export

FOLDER = Path(os.environ.get("ASTRAL_RECORDINGS", "../shared/data"))
pytestmark = pytest.mark.skipif(not (FOLDER / "expected.json").exists(), reason="no real files available")

INTERVALS_ICU = "wellness/badgerman26__intervals-icu-wellness.csv"
HRV4TRAINING = [
    f"wellness/goldencheetah__HRV4Training-MyMeasurements_Android{part}.csv" for part in ("", "_1", "_2")
]
CYCLES, SLEEPS = "whoop-export/physiological_cycles.csv", "whoop-export/sleeps.csv"


def read_export(name: str) -> HealthExport:
    return read_health_export((FOLDER / "files" / name).read_bytes(), name)


def get_expected(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text())[name]
    return expected


COLUMNS = [
    (INTERVALS_ICU, "hrv", "hrv_rmssd_ms", 1),
    (INTERVALS_ICU, "hrvSDNN", "hrv_sdnn_ms", 1),
    (INTERVALS_ICU, "restingHR", "resting_hr_bpm", 1),
    (INTERVALS_ICU, "vo2max", "vo2max_ml_kg_min", 1),
    (INTERVALS_ICU, "sleepSecs", "sleep_s", 1),
    *[(name, "rMSSD", "hrv_rmssd_ms", 1) for name in HRV4TRAINING],
    *[(name, "SDNN", "hrv_sdnn_ms", 1) for name in HRV4TRAINING],
    *[(name, "HR", "resting_hr_bpm", 1) for name in HRV4TRAINING],
    (CYCLES, "Heart rate variability (ms)", "hrv_rmssd_ms", 1),
    (CYCLES, "Resting heart rate (bpm)", "resting_hr_bpm", 1),
    (CYCLES, "Asleep duration (min)", "sleep_s", 60),
]


@pytest.mark.parametrize(("name", "column", "reading", "unit"), COLUMNS)
def test_every_reading_of_a_column_is_read_and_zeros_are_skipped(
    name: str, column: str, reading: str, unit: int
):
    values = [row.values[reading] for row in read_export(name).rows if reading in row.values]
    wanted = get_expected(name)[column]
    assert len(values) == wanted["nonzero"]
    assert fmean(values) == pytest.approx(wanted["mean_nonzero"] * unit, abs=0.0006 * unit)
    assert max(values) == pytest.approx(wanted["max"] * unit)


@pytest.mark.parametrize("name", [INTERVALS_ICU, *HRV4TRAINING, CYCLES, SLEEPS])
def test_every_row_is_read_or_skipped(name: str):
    read = read_export(name)
    assert len(read.rows) + read.skipped_count == get_expected(name)["rows"]
    assert read.invalid_rows == ()


@pytest.mark.parametrize("name", HRV4TRAINING)
def test_days_and_months_are_not_swapped(name: str):
    days = [row.date for row in read_export(name).rows]
    wanted = get_expected(name)
    assert days == sorted(days)
    assert len(set(days)) == len(days)
    assert {day.month for day in days} <= {7, 8, 9, 10}
    assert wanted["first"] <= str(min(days)) <= str(max(days)) <= wanted["last"]


def test_two_rows_with_sleeps_above_twenty_hours_are_invalid():
    read = read_export(INTERVALS_ICU)
    days, invalid_rows = validate_export(read, "intervals.icu", max(row.date for row in read.rows))
    assert [row.line for row in invalid_rows] == [950, 1008]
    assert all("sleep_s" in row.message for row in invalid_rows)
    assert len(days) == len(read.rows) - 2
    assert sum("resting_hr_bpm" in day.readings for day in days) == 3_983 - 2


@pytest.mark.parametrize("name", [*HRV4TRAINING, CYCLES, SLEEPS])
def test_all_other_rows_are_valid_and_every_day_occurs_once(name: str):
    read = read_export(name)
    days, invalid_rows = validate_export(read, read.source, max(row.date for row in read.rows))
    assert invalid_rows == []
    assert len(days) == len(read.rows)


def test_the_open_cycle_is_read_and_naps_are_not():
    wanted = get_expected(SLEEPS)
    cycles_without_sleep, nights_without_duration = 2, 1
    assert len(read_export(CYCLES).rows) == get_expected(CYCLES)["rows"] - cycles_without_sleep
    assert len(read_export(SLEEPS).rows) == wanted["rows"] - wanted["naps"] - nights_without_duration


def test_both_whoop_files_have_the_same_sleep_for_every_night():
    cycles, sleeps = (
        {row.date: row.values["sleep_s"] for row in read_export(name).rows} for name in (CYCLES, SLEEPS)
    )
    assert cycles == sleeps
