"""Reference cases of FORMULAS §7.1–7.4. A series must give the same values as the functions."""

import math
from typing import Any

import numpy as np
import pytest

from metrics.science.hrv import (
    baseline_state,
    hrv_acute_z,
    hrv_avg,
    hrv_band,
    hrv_base,
    hrv_cv7,
    hrv_on,
    hrv_series,
    hrv_status,
    hrv_trend_pct,
    hrv_z,
    phi,
    rmssd,
)
from metrics.science.resting_hr import resting_hr_series, rhr_base, rhr_delta, rhr_z

BASE: Any = hrv_base([50, 72] * 30)


@pytest.mark.parametrize(
    ("value", "expected", "tolerance"),
    [
        (BASE, [4.0943446, 0.1838602], 1e-6),
        (hrv_band(BASE, 0.75), [52.2714, 68.8713], 0.001),
        (hrv_band(BASE, 0.5), [54.7301, 65.7773], 0.001),
        ([hrv_avg([52, 55, 54, 57, 53, 56, 55])], [54.5482], 0.0005),
        ([hrv_z([55] * 7, BASE)], [-0.473248], 1e-5),
        ([hrv_z([45] * 7, BASE)], [-1.564679], 1e-5),
        ([hrv_trend_pct([50] * 7, [60] * 7)], [-16.66667], 1e-4),
        ([hrv_trend_pct([52, 55, 54, 57, 53, 56, 55], [62, 60, 64, 58, 61, 63, 65])], [-11.75802], 1e-4),
        ([hrv_acute_z(45, [55] * 7, BASE)], [-1.018963], 1e-5),
        ([phi(-0.75 * 7**0.5)], [0.02361], 1e-5),
    ],
)
def test_hrv(value, expected, tolerance):
    assert list(value) == pytest.approx(expected, abs=tolerance)


def test_a_weekly_average_needs_three_readings():
    assert hrv_avg([52, None, None, 55, None, None, None]) is None
    assert hrv_avg([52, None, None, 55, None, None, 54]) == pytest.approx((52 * 55 * 54) ** (1 / 3))


def test_impossible_readings_are_ignored():
    assert hrv_avg([4.9, 251, 60, 60, 60, 0, -3]) == pytest.approx(60)


def test_a_baseline_needs_14_readings_and_its_sd_is_at_least_0_05():
    assert hrv_base([60] * 13 + [None] * 40) is None
    flat: Any = hrv_base([60] * 14)
    assert flat.sd == 0.05


@pytest.mark.parametrize(
    ("readings", "state"), [(13, "none"), (14, "provisional"), (29, "provisional"), (30, "mature")]
)
def test_a_baseline_is_provisional_from_14_readings_and_mature_from_30(readings, state):
    assert baseline_state(readings) == state


@pytest.mark.parametrize(
    ("z", "status"), [(-0.51, "below"), (-0.5, "normal"), (0.5, "normal"), (0.51, "above")]
)
def test_status_is_normal_within_half_an_sd(z, status):
    assert hrv_status(z) == status


def test_scores_are_none_without_a_baseline_or_a_week():
    assert hrv_z([55] * 7, None) is None
    assert hrv_z([55] * 2, BASE) is None
    assert hrv_acute_z(400, [55] * 7, BASE) is None
    assert hrv_trend_pct([55] * 7, []) is None


def test_the_variation_of_a_week_is_in_percent_of_its_mean():
    logs = np.log([52, 55, 54, 57, 53, 56, 55])
    assert hrv_cv7([52, 55, 54, 57, 53, 56, 55]) == pytest.approx(100 * logs.std(ddof=1) / logs.mean())


def test_rmssd_is_the_root_mean_square_of_successive_differences():
    assert rmssd([800, 810, 790, 800]) == pytest.approx(math.sqrt((100 + 400 + 100) / 3))


def test_rmssd_drops_a_beat_that_differs_by_more_than_a_quarter():
    assert rmssd([800, 810, 1400, 790, 800]) == pytest.approx(rmssd([800, 810, 790, 800]))
    assert rmssd([800, 1000]) == pytest.approx(200)
    assert rmssd([800, 1001]) is None


def test_the_last_day_of_the_series_equals_the_functions():
    rng = np.random.default_rng(8)
    readings = np.exp(rng.normal(4.1, 0.15, (3, 90)))
    readings[rng.random(readings.shape) < 0.25] = np.nan
    roster = hrv_series(readings)
    for athlete, athlete_readings in enumerate(readings):
        row, base = roster.row(athlete), hrv_base(athlete_readings[-67:-7])
        assert math.exp(row.week[-1]) == pytest.approx(hrv_avg(athlete_readings[-7:]))
        assert (row.mean[-1], row.sd[-1]) == pytest.approx(base)
        assert row.baseline_n[-1] == np.isfinite(athlete_readings[-67:-7]).sum()
        assert row.z[-1] == pytest.approx(hrv_z(athlete_readings[-7:], base))
        assert row.trend_pct[-1] == pytest.approx(
            hrv_trend_pct(athlete_readings[-7:], athlete_readings[-14:-7])
        )


def test_a_day_has_milliseconds_and_a_usual_range():
    day = hrv_on(hrv_series([50, 72] * 30 + [60] * 7 + [45] * 7), -1)
    assert (day.avg, day.avg_7d_ago, day.baseline) == pytest.approx((45, 60, 60), rel=5e-3)
    assert (day.low, day.high) == pytest.approx((53, 68), abs=0.6)
    assert day.trend_pct == pytest.approx(-25)
    assert (day.state, day.status) == ("mature", "below")


def test_a_day_without_history_has_only_its_weekly_average():
    day = hrv_on(hrv_series([45] * 7), -1)
    assert day.avg == pytest.approx(45)
    assert (day.avg_7d_ago, day.baseline, day.low, day.z, day.status, day.state) == (*[None] * 5, "none")


def test_the_judged_week_is_not_part_of_its_baseline():
    calm, low = hrv_series([50, 72] * 30 + [60] * 7), hrv_series([50, 72] * 30 + [20] * 7)
    assert low.mean[-1] == pytest.approx(calm.mean[-1]) == pytest.approx(BASE.mean)
    assert low.z[-1] < -5


def test_the_newest_reading_is_from_today_or_yesterday():
    week = [50, 72] * 30 + [55] * 6
    assert hrv_series([*week, 45]).acute_z[-1] < hrv_series([*week, None]).acute_z[-1]
    assert np.isnan(hrv_series([*week, None, None]).acute_z[-1])


def test_resting_hr_is_judged_over_three_days_against_the_baseline():
    base: Any = rhr_base([48, 52] * 30)
    assert base == pytest.approx((50, 2.01688), abs=1e-4)
    assert rhr_delta([55, 56, 54], base) == pytest.approx(5)
    assert rhr_z([55, 56, 54], base) == pytest.approx(5 / base.sd)
    assert rhr_delta([55, None, None], base) is None


def test_the_resting_hr_sd_is_at_least_one_beat():
    flat: Any = rhr_base([50] * 14)
    assert flat.sd == 1.0
    assert rhr_base([50] * 13) is None


def test_the_resting_hr_series_equals_the_functions():
    readings = np.random.default_rng(9).normal(50, 2, 80)
    series = resting_hr_series(readings)
    base: Any = rhr_base(readings[-67:-7])
    assert series.delta[-1] == pytest.approx(rhr_delta(readings[-3:], base))
    assert series.z[-1] == pytest.approx(rhr_z(readings[-3:], base))
    assert series.day_z[-1] == pytest.approx((readings[-1] - base.mean) / base.sd)
