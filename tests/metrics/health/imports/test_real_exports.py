"""Real exports of other people, where they are there: counts and means as independent readers found them."""

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
pytestmark = pytest.mark.skipif(not (FOLDER / "expected.json").exists(), reason="the real files are not here")

INTERVALS_ICU = "wellness/badgerman26__intervals-icu-wellness.csv"
HRV4TRAINING = [
    f"wellness/goldencheetah__HRV4Training-MyMeasurements_Android{part}.csv" for part in ("", "_1", "_2")
]
CYCLES, SLEEPS = "whoop-export/physiological_cycles.csv", "whoop-export/sleeps.csv"


def export(name: str) -> HealthExport:
    return read_health_export((FOLDER / "files" / name).read_bytes(), name)


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text())[name]
    return found


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
def test_every_reading_of_a_column_is_read_and_zeros_are_none(
    name: str, column: str, reading: str, unit: int
):
    values = [row.values[reading] for row in export(name).rows if reading in row.values]
    wanted = expected(name)[column]
    assert len(values) == wanted["nonzero"]
    assert fmean(values) == pytest.approx(wanted["mean_nonzero"] * unit, abs=0.0006 * unit)
    assert max(values) == pytest.approx(wanted["max"] * unit)


@pytest.mark.parametrize("name", [INTERVALS_ICU, *HRV4TRAINING, CYCLES, SLEEPS])
def test_every_row_is_accounted_for(name: str):
    read = export(name)
    assert len(read.rows) + read.skipped_count == expected(name)["rows"]
    assert read.invalid_rows == ()


@pytest.mark.parametrize("name", HRV4TRAINING)
def test_days_and_months_are_not_exchanged(name: str):
    days = [row.date for row in export(name).rows]
    wanted = expected(name)
    assert days == sorted(days)
    assert len(set(days)) == len(days)
    assert {day.month for day in days} <= {7, 8, 9, 10}
    assert wanted["first"] <= str(min(days)) <= str(max(days)) <= wanted["last"]


def test_two_sleeps_beyond_twenty_hours_are_wrong_and_take_their_rows_along():
    read = export(INTERVALS_ICU)
    days, wrong = validate_export(read, "intervals.icu", max(row.date for row in read.rows))
    assert [row.line for row in wrong] == [950, 1008]
    assert all("sleep_s" in row.message for row in wrong)
    assert len(days) == len(read.rows) - 2
    assert sum("resting_hr_bpm" in day.readings for day in days) == 3_983 - 2


@pytest.mark.parametrize("name", [*HRV4TRAINING, CYCLES, SLEEPS])
def test_all_other_readings_are_possible_and_every_day_is_there_once(name: str):
    read = export(name)
    days, wrong = validate_export(read, read.source, max(row.date for row in read.rows))
    assert wrong == []
    assert len(days) == len(read.rows)


def test_the_open_cycle_counts_and_naps_do_not():
    wanted = expected(SLEEPS)
    assert len(export(CYCLES).rows) == expected(CYCLES)["rows"] - 2  # two cycles without sleep
    assert len(export(SLEEPS).rows) == wanted["rows"] - wanted["naps"] - 1  # one night without a duration


def test_both_whoop_files_say_the_same_of_every_night():
    cycles, sleeps = (
        {row.date: row.values["sleep_s"] for row in export(name).rows} for name in (CYCLES, SLEEPS)
    )
    assert cycles == sleeps
