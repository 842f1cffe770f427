"""VO2max and VDOT of each of the last days: today's are those that are kept, and one method holds for all."""

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


def ran(*estimates: tuple[int, float]) -> History:
    """Runs of so many days ago, with these estimates, oldest first."""
    started = np.array([(NOON - timedelta(days=back)).timestamp() for back, _ in estimates])
    values = np.array([value for _, value in estimates])
    nothing = np.full(len(estimates), np.nan)
    recent = ActivityColumns(started, nothing + 1, nothing, nothing, values, nothing)
    return History(ZoneInfo("UTC"), TODAY, started, nothing, recent)


def read(source: str, *readings: tuple[int, float]) -> SourceReadings:
    days = np.array([TODAY.toordinal() - back for back, _ in readings])
    values = {metric: np.full(len(readings), np.nan) for metric in READING_METRICS}
    return SourceReadings(source, days, values | {"vo2max": np.array([value for _, value in readings])})


def shown(history: History) -> tuple[list[float], list[float]]:
    one, other = compute_vo2max_days(history, compute_current_numbers([history])[0].vo2max_method, 36, 84)
    return one.tolist(), other.tolist()


def test_nothing_read_and_nothing_estimated_is_nothing():
    one, other = shown(ran())
    assert np.isnan(one).all()
    assert np.isnan(other).all()


def test_an_estimate_is_the_median_of_the_runs_that_counted_then():
    history = ran(*((back, 50.0 + back / 10) for back in (30, 20, 10, 8, 5, 0)))
    days, readings = shown(history)
    assert days[-1] == compute_current_numbers([history])[0].vo2max_ml_kg_min == pytest.approx(50.8)
    assert days[-11] == pytest.approx(52.0)  # of 30, 20 and 10 days ago
    assert np.isnan(days[-12])  # two runs are too few
    assert [place for place in range(84) if readings[place] == readings[place]] == [53, 63, 73, 75, 78, 83]


@given(st.lists(st.tuples(st.integers(0, 120), st.floats(20, 90)), min_size=1, max_size=40))
def test_all_days_at_once_are_what_each_day_says_of_itself(estimates: list[tuple[int, float]]):
    ordered = sorted(estimates, key=lambda one: -one[0])
    days, _ = compute_vo2max_days(ran(*ordered), "estimate", 36, 84)
    said = [vo2max_current((back - ago, value) for back, value in ordered).value for ago in range(35, -1, -1)]
    assert days.tolist() == pytest.approx(
        [np.nan if value is None else value for value in said], nan_ok=True, rel=0
    )


def test_a_device_that_is_worn_replaces_every_estimate():
    watch = read("watch", (130, 48.0), (9, 55.0), (2, 56.0))
    history = replace(ran((3, 40.0), (2, 40.0), (1, 40.0)), readings=(watch,))
    days, readings = shown(history)
    assert days[-1] == compute_current_numbers([history])[0].vo2max_ml_kg_min == 56.0
    assert (days[-3], days[-4], days[-10]) == (56.0, 55.0, 55.0)
    assert np.isnan(days[-11])  # the one before was older than 120 days then
    assert np.nansum(readings) == 111.0


def test_of_two_devices_the_one_worn_now_tells_of_the_past_too():
    history = replace(
        ran(), readings=(read("old", (20, 40.0), (5, 41.0)), read("new", (10, 50.0), (1, 51.0)))
    )
    days, _ = shown(history)
    assert (days[-1], days[-6], days[-15] == days[-15]) == (51.0, 50.0, False)


def test_a_vdot_holds_for_120_days_and_the_best_one_counts():
    efforts = [
        (TODAY - timedelta(days=back), value) for back, value in ((150, 52.0), (100, 50.0), (20, 49.0))
    ]
    column = compute_vdot_days(efforts, TODAY, 71)
    assert column[-1] == 50.0
    assert column[-31] == 52.0  # 30 days ago it was 120 days old
    assert column[-30] == 50.0
    assert compute_vdot_days(
        [(TODAY + timedelta(days=1), 60.0), (TODAY, 95.0)], TODAY, 2
    ).tolist() == pytest.approx([np.nan, np.nan], nan_ok=True)
    assert np.isnan(compute_vdot_days([], TODAY, 3)).all()
