"""Reference cases of FORMULAS §6.2 and §6.4."""

from datetime import date

import numpy as np
import pytest

from metrics.science.week import (
    current_week_load,
    four_week_avg,
    is_partial,
    load_jump,
    monotony,
    rolling_7d,
    strain,
    week_series,
)

WEEK = [50, 0, 80, 60, 0, 120, 30]


@pytest.mark.parametrize(
    ("value", "expected", "tolerance"),
    [
        (four_week_avg(WEEK * 4), 340.0, 1e-9),
        (load_jump([300 / 7] * 28 + [480 / 7] * 7), 1.6, 1e-9),
        (monotony([0, 20, 10, 10, 10, 10, 10]), 1.870829, 1e-5),
        (monotony([60] * 7), 10.0, 1e-12),
        (monotony(WEEK), 1.209663, 1e-5),
        (strain(WEEK), 411.2863, 0.001),
        (monotony([70, 60, 70, 60, 70, 60, 50]), 8.981462, 1e-5),
    ],
)
def test_week_figures(value, expected, tolerance):
    assert value == pytest.approx(expected, abs=tolerance)


def test_a_week_without_training_has_no_monotony():
    assert monotony([0] * 7) is None
    assert strain([0] * 7) is None


def test_a_week_without_training_after_uneven_loads_has_no_monotony():
    assert monotony([0.1, 33.3, 77.7, 0.2] * 9 + [0] * 7) is None


@pytest.mark.parametrize(("loads", "expected"), [(WEEK * 2, 340.0), (WEEK, 340.0), (WEEK[:6], None)])
def test_the_four_week_average_of_a_short_history_needs_seven_days(loads, expected):
    assert four_week_avg(loads) == (None if expected is None else pytest.approx(expected))


def test_an_average_is_partial_below_four_weeks():
    assert is_partial(27)
    assert not is_partial(28)


def test_the_four_week_average_leaves_today_out():
    assert week_series([*WEEK * 4, 999]).four_week_avg[-1] == pytest.approx(340)


@pytest.mark.parametrize("loads", [[40] * 34, [0] * 28 + [40] * 7])
def test_a_load_jump_needs_five_weeks_and_an_earlier_load(loads):
    assert load_jump(loads) is None


def test_the_current_week_begins_on_monday():
    wednesday = date(2026, 11, 18)
    assert current_week_load([100, 100, 1, 2, 4], wednesday) == 7
    assert current_week_load([2, 4], wednesday) == 6


def test_rolling_seven_days_include_today():
    assert rolling_7d([1000, *WEEK]) == 340


def test_a_matrix_of_athletes_gives_the_values_of_each_athlete():
    loads = np.random.default_rng(5).gamma(2, 40, (4, 60))
    roster = week_series(loads)
    for athlete, athlete_loads in enumerate(loads):
        row = roster.row(athlete)
        assert row.four_week_avg[-1] == pytest.approx(four_week_avg(athlete_loads[:-1]))
        assert row.load_jump[-1] == pytest.approx(load_jump(athlete_loads))
        assert row.monotony[-1] == pytest.approx(athlete_loads[-7:].mean() / athlete_loads[-7:].std())
        assert row.strain[-1] == pytest.approx(athlete_loads[-7:].sum() * row.monotony[-1])


def test_days_before_the_first_activity_do_not_count_as_history():
    padded = week_series([[0] * 30 + WEEK], history_d=[[0] * 30 + [1, 2, 3, 4, 5, 6, 7]]).row(0)
    assert np.isnan(padded.four_week_avg[-1])
    assert np.isnan(padded.load_jump[-1])
    assert padded.monotony[-1] == pytest.approx(1.209663, abs=1e-5)
    assert np.isnan(padded.monotony[-2])
