"""VO2max and VDOT of the last days. Today's values equal the snapshot, and all days use the same method."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.science.vo2max import vo2max_current
from metrics.snapshots.compute import ActivityColumns, History, compute_current_numbers
from metrics.snapshots.daily_readings import READING_METRICS, SourceReadings
from metrics.snapshots.estimates import compute_vdot_days, compute_vo2max_days
from tests.support.cast import NOON

TODAY = NOON.date()
EMPTY = np.empty(0)


def build_history(*estimates: tuple[int, float]) -> History:
    """A history of runs from (days ago, VO2max estimate), oldest first."""
    started = np.array([(NOON - timedelta(days=days_ago)).timestamp() for days_ago, _ in estimates])
    values = np.array([value for _, value in estimates])
    missing = np.full(len(estimates), np.nan)
    recent = ActivityColumns(started, missing + 1, missing, missing, values, missing)
    return History(ZoneInfo("UTC"), TODAY, started, missing, recent)


def build_readings(source: str, *readings: tuple[int, float]) -> SourceReadings:
    days = np.array([TODAY.toordinal() - days_ago for days_ago, _ in readings])
    values = {metric: np.full(len(readings), np.nan) for metric in READING_METRICS}
    return SourceReadings(source, days, values | {"vo2max": np.array([value for _, value in readings])})


def compute_days(history: History) -> tuple[list[float], list[float]]:
    method = compute_current_numbers([history])[0].vo2max_method
    days, readings = compute_vo2max_days(history, method, 36, 84)
    return days.tolist(), readings.tolist()


def test_without_readings_and_estimates_every_day_is_nan():
    days, readings = compute_days(build_history())
    assert np.isnan(days).all()
    assert np.isnan(readings).all()


def test_the_estimate_of_a_day_is_the_median_of_the_runs_before_it():
    history = build_history(*((days_ago, 50.0 + days_ago / 10) for days_ago in (30, 20, 10, 8, 5, 0)))
    days, readings = compute_days(history)
    assert days[-1] == compute_current_numbers([history])[0].vo2max_ml_kg_min == pytest.approx(50.8)
    assert days[-11] == pytest.approx(52.0)  # of 30, 20 and 10 days ago
    assert np.isnan(days[-12])  # two runs are too few
    assert [place for place in range(84) if readings[place] == readings[place]] == [53, 63, 73, 75, 78, 83]


@given(st.lists(st.tuples(st.integers(0, 120), st.floats(20, 90)), min_size=1, max_size=40))
def test_a_series_of_days_equals_the_function_for_each_day(estimates: list[tuple[int, float]]):
    ordered = sorted(estimates, key=lambda estimate: -estimate[0])
    days, _ = compute_vo2max_days(build_history(*ordered), "estimate", 36, 84)
    expected = [
        vo2max_current((days_ago - day, value) for days_ago, value in ordered).value
        for day in range(35, -1, -1)
    ]
    assert days.tolist() == pytest.approx(
        [np.nan if value is None else value for value in expected], nan_ok=True, rel=0
    )


def test_readings_of_a_device_replace_estimates_on_all_days():
    watch = build_readings("watch", (130, 48.0), (9, 55.0), (2, 56.0))
    history = replace(build_history((3, 40.0), (2, 40.0), (1, 40.0)), readings=(watch,))
    days, readings = compute_days(history)
    assert days[-1] == compute_current_numbers([history])[0].vo2max_ml_kg_min == 56.0
    assert (days[-3], days[-4], days[-10]) == (56.0, 55.0, 55.0)
    assert np.isnan(days[-11])  # the reading before was older than 120 days
    assert np.nansum(readings) == 111.0


def test_the_current_device_also_gives_the_readings_of_the_past():
    history = replace(
        build_history(),
        readings=(build_readings("old", (20, 40.0), (5, 41.0)), build_readings("new", (10, 50.0), (1, 51.0))),
    )
    days, _ = compute_days(history)
    assert (days[-1], days[-6], days[-15] == days[-15]) == (51.0, 50.0, False)


def test_the_vdot_of_a_day_is_the_best_of_the_120_days_before():
    efforts = [
        (TODAY - timedelta(days=days_ago), value)
        for days_ago, value in ((150, 52.0), (100, 50.0), (20, 49.0))
    ]
    column = compute_vdot_days(efforts, TODAY, 71)
    assert column[-1] == 50.0
    assert column[-31] == 52.0  # 30 days ago, 52.0 was 120 days old
    assert column[-30] == 50.0
    assert compute_vdot_days(
        [(TODAY + timedelta(days=1), 60.0), (TODAY, 95.0)], TODAY, 2
    ).tolist() == pytest.approx([np.nan, np.nan], nan_ok=True)
    assert np.isnan(compute_vdot_days([], TODAY, 3)).all()
