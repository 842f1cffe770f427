"""The race forecast: median and 80 % interval from other race times."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.science.forecast_coefficients import COEFFICIENTS
from coaching.science.forecast_parameters import QUANTILES_AT_M
from coaching.science.race_forecast import (
    FORECAST_RANGE_M,
    ForecastRows,
    RaceForecast,
    TimedDistance,
    forecast_race,
    forecast_races,
    predict_log_interval,
    predict_log_pace,
)

FIVE, TEN, HALF, MARATHON = 5_000.0, 10_000.0, 21_097.5, 42_195.0
DISTANCES = (1_500.0, 3_000.0, FIVE, TEN, 16_093.44, HALF, 30_000.0, MARATHON, 100_000.0)
FIVE_IN_20 = TimedDistance(FIVE, 1_200.0)
WEEKLY = st.none() | st.floats(0, 300_000)
SEX = st.sampled_from([None, True, False])
EFFORTS = st.lists(
    st.builds(
        lambda distance_m, pace: TimedDistance(distance_m, distance_m * pace),
        st.sampled_from(DISTANCES),
        st.floats(0.16, 0.6),
    ),
    min_size=1,
    max_size=6,
)


def forecast_known(*arguments: Any, **options: Any) -> RaceForecast:
    forecast = forecast_race(*arguments, **options)
    assert forecast is not None
    return forecast


def forecast_all(*arguments: Any) -> list[RaceForecast]:
    return [forecast for forecast in forecast_races(*arguments) if forecast]


def test_forecast_of_a_known_runner_is_as_computed_by_hand():
    """One effort: median = mean + weight · residual, with weight = covariance / (level + noise)."""
    c, at, goal = COEFFICIENTS, math.log(0.5), math.log(4.2195)
    long = goal - math.log(2.10975)
    volume, sex = math.log(50_000 + 40_000) - c.weekly_mean, 1 - c.female_share
    start = c.pace + c.fade * at + (c.weekly_pace + c.weekly_fade * at) * volume
    start += (c.sex_pace + c.sex_fade * at) * sex
    end = c.pace + c.fade * goal + c.long_fade * long + (c.sex_pace + c.sex_fade * goal) * sex
    end += (c.weekly_pace + c.weekly_fade * goal + c.weekly_long_fade * long) * volume
    level = c.level_sd**2
    shared = level * math.exp(-(goal - at) / c.level_length)
    weight = shared / (level + c.noise_sd**2 * math.exp(2 * c.noise_growth * at))
    pace = end + weight * (math.log(1_200 / 5_000) - start)
    own = level + c.noise_sd**2 * math.exp(2 * c.noise_growth * goal) + c.long_noise_sd**2 * long
    spread = math.exp(c.slowness * (pace - math.log(0.29))) * math.sqrt(own - weight * shared)
    forecast = forecast_known(MARATHON, [FIVE_IN_20], 50_000.0, is_female=True)
    assert forecast == pytest.approx(
        [
            MARATHON * math.exp(pace + quantile * spread)
            for quantile in (0, c.low_quantiles[-1], c.high_quantiles[-1])
        ]
    )


def test_forecasts_of_recreational_runners_are_slower_over_the_marathon_than_equal_vdot():
    forecast = forecast_known(MARATHON, [TimedDistance(HALF, 5_400.0)], 50_000.0)
    assert 11_800 < forecast.median_s < 12_300  # Riegel: 3:07:39, which is 11,259 s
    assert forecast.low_s < forecast.median_s < forecast.high_s


@pytest.mark.parametrize(
    ("five_s", "fastest_s", "slowest_s"),
    [(840.0, 7_200, 11_500), (1_500.0, 12_000, 19_000), (2_700.0, 20_000, 31_000)],
)
@pytest.mark.parametrize("weekly_m", [None, 0.0, 50_000.0, 200_000.0, 900_000.0])
def test_forecasts_stay_sane_outside_the_data(
    five_s: float, fastest_s: float, slowest_s: float, weekly_m: float | None
):
    forecast = forecast_known(MARATHON, [TimedDistance(FIVE, five_s)], weekly_m)
    assert fastest_s < forecast.median_s < slowest_s
    assert 0.6 < forecast.low_s / forecast.median_s < 0.97
    assert 1.03 < forecast.high_s / forecast.median_s < 1.5


def test_interval_is_wider_for_a_slower_runner_and_a_longer_way_from_the_effort():
    def relative_width(goal_m: float, effort: TimedDistance) -> float:
        forecast = forecast_known(goal_m, [effort], 50_000.0)
        return (forecast.high_s - forecast.low_s) / forecast.median_s

    assert relative_width(TEN, TimedDistance(FIVE, 1_800.0)) > relative_width(TEN, FIVE_IN_20)
    assert relative_width(MARATHON, FIVE_IN_20) > relative_width(MARATHON, TimedDistance(HALF, 5_500.0))
    assert relative_width(100_000.0, FIVE_IN_20) > relative_width(60_000.0, FIVE_IN_20)
    assert relative_width(1_500.0, FIVE_IN_20) > relative_width(3_000.0, FIVE_IN_20)


def test_efforts_that_contradict_each_other_widen_the_interval():
    agreeing = [FIVE_IN_20, TimedDistance(HALF, 5_700.0)]
    contradicting = [FIVE_IN_20, TimedDistance(HALF, 7_000.0)]
    widths = [
        math.log(forecast.high_s / forecast.low_s)
        for forecast in (forecast_known(TEN, efforts, 50_000.0) for efforts in (agreeing, contradicting))
    ]
    assert widths[1] > 1.3 * widths[0]


def test_unknown_week_and_sex_widen_the_interval():
    known = forecast_known(
        MARATHON, [FIVE_IN_20], math.exp(COEFFICIENTS.weekly_mean) - 40_000, is_female=False
    )
    unknown = forecast_known(MARATHON, [FIVE_IN_20])
    assert math.log(unknown.high_s / unknown.low_s) > math.log(known.high_s / known.low_s)


@pytest.mark.parametrize("distance_m", [400.0, 1_499.0, 100_001.0, 200_000.0])
def test_there_is_no_forecast_outside_the_range_and_without_efforts(distance_m: float):
    assert forecast_race(distance_m, [FIVE_IN_20]) is None
    assert forecast_race(TEN, [TimedDistance(distance_m, 3_600.0)]) is None
    assert forecast_race(TEN, []) is None
    found = forecast_races([distance_m, TEN], [FIVE_IN_20])
    assert (found[0], found[1]) == (None, forecast_race(TEN, [FIVE_IN_20]))


@given(EFFORTS, st.data(), WEEKLY, SEX)
def test_a_faster_effort_never_gives_a_slower_forecast(efforts, data, weekly_m, is_female):
    place = data.draw(st.integers(0, len(efforts) - 1))
    faster = list(efforts)
    share = data.draw(st.floats(0.7, 0.999))
    faster[place] = faster[place]._replace(time_s=share * faster[place].time_s)
    before = forecast_all(DISTANCES, efforts, weekly_m, is_female)
    after = forecast_all(DISTANCES, faster, weekly_m, is_female)
    for slower_one, faster_one in zip(before, after, strict=True):
        assert faster_one.median_s < slower_one.median_s * (1 + 1e-9)


@given(EFFORTS, WEEKLY, SEX, st.floats(*FORECAST_RANGE_M), st.floats(1.001, 2))
def test_a_longer_race_takes_longer(efforts, weekly_m, is_female, distance_m: float, ratio: float):
    goals = [distance_m, min(ratio * distance_m, FORECAST_RANGE_M[1])]
    shorter, longer = forecast_all(goals, efforts, weekly_m, is_female)
    assert longer.median_s >= shorter.median_s
    assert 0 < longer.low_s < longer.median_s < longer.high_s < math.inf


@given(EFFORTS)
def test_more_training_never_gives_a_slower_forecast(efforts):
    medians = [forecast_known(MARATHON, efforts, weekly).median_s for weekly in (0.0, 30_000.0, 90_000.0)]
    assert all(slower > faster for slower, faster in pairwise(medians))


def test_an_unknown_effort_in_a_row_changes_nothing():
    alone = ForecastRows(*(np.array(column) for column in ([1.4], [[0.0]], [[-1.3]], [11.4], [1.0])))
    padded = replace(alone, efforts=np.array([[0.0, np.nan]]), paces=np.array([[-1.3, np.nan]]))
    for column, same in zip(
        predict_log_interval(COEFFICIENTS, alone), predict_log_interval(COEFFICIENTS, padded), strict=True
    ):
        assert column == pytest.approx(same)


def test_quantiles_are_those_of_the_distance_and_interpolated_between():
    goals = np.log(np.array([3_000.0, *QUANTILES_AT_M, 100_000.0]) / TEN)
    goals = np.append(goals, (goals[2] + goals[3]) / 2)
    n = len(goals)
    columns = (np.zeros((n, 1)), np.full((n, 1), -1.3), np.full(n, 11.4), np.ones(n))
    rows = ForecastRows(goals, *columns)
    pace, spread = predict_log_pace(COEFFICIENTS, rows)
    highs = (predict_log_interval(COEFFICIENTS, rows)[2] - pace) / spread
    known = COEFFICIENTS.high_quantiles
    assert highs == pytest.approx([known[0], *known, known[-1], (known[1] + known[2]) / 2])
