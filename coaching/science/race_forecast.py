"""Forecast a race time with an 80 % interval from other race times (FORMULAS §5.6). Pure.

The logarithm of pace is a Gaussian process over the logarithm of distance. Its mean depends on distance,
weekly distance and sex. Its covariance decays slowly with the ratio of two distances. Each time has its own
noise. With this covariance no effort has a negative weight: a faster effort never gives a slower forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coaching.science.forecast_coefficients import COEFFICIENTS
from coaching.science.forecast_parameters import QUANTILES_AT_M, ForecastCoefficients
from metrics.recording import Column

REFERENCE_M, LONG_M = 10_000.0, 21_097.5  # beyond LONG_M pace falls faster
DATA_RANGE_M = (5_000.0, 42_195.0)  # the distances of the runners behind the coefficients
FORECAST_RANGE_M = (1_500.0, 100_000.0)  # goal distances and efforts
BEYOND_SD = 0.05  # added for each doubling beyond DATA_RANGE_M, and for each halving below it
WEEKLY_RANGE_M = (10_000.0, 150_000.0)  # 97 % of the runners behind the coefficients
WEEKLY_OFFSET_M = 40_000.0  # keeps the logarithm finite, and the difference small between 0 and 10 km
REFERENCE_PACE = 0.29  # s/m; here the spread has its own size, at other paces it grows with slowness
WITHIN_RANGE_TOLERANCE_M = 1e-6


class TimedDistance(NamedTuple):
    """A distance in metres and the seconds by the clock that it took."""

    distance_m: float
    time_s: float


class RaceForecast(NamedTuple):
    """Seconds: the median, and the ends of the interval that holds 80 % of results."""

    median_s: float
    low_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class ForecastRows:
    """Forecasts to make, one a row. NaN is unknown.

    `goal` (n) and `efforts` (n × k) are logarithms of distance relative to REFERENCE_M, `paces` (n × k) the
    logarithms of s/m. `weekly` (n): `log_weekly_distance`. `is_female` (n): 0 or 1.
    """

    goal: Column
    efforts: Column
    paces: Column
    weekly: Column
    is_female: Column

    def select(self, rows: npt.NDArray[np.bool_]) -> ForecastRows:
        """The rows where the mask is true."""
        return ForecastRows(
            self.goal[rows], self.efforts[rows], self.paces[rows], self.weekly[rows], self.is_female[rows]
        )


def forecast_race(
    distance_m: float,
    efforts: Sequence[TimedDistance],
    weekly_distance_m: float | None = None,
    is_female: bool | None = None,
) -> RaceForecast | None:
    """The forecast over `distance_m`. None outside FORECAST_RANGE_M, and without efforts inside it."""
    return forecast_races([distance_m], efforts, weekly_distance_m, is_female)[0]


def forecast_races(
    distances_m: Sequence[float],
    efforts: Sequence[TimedDistance],
    weekly_distance_m: float | None = None,
    is_female: bool | None = None,
) -> list[RaceForecast | None]:
    """The forecasts of one runner over several distances, in order: one computation for all."""
    known = [effort for effort in efforts if is_forecast_distance(effort.distance_m) and effort.time_s > 0]
    goals = np.array([metres for metres in distances_m if is_forecast_distance(metres)], float)
    if not known or not goals.size:
        return [None] * len(distances_m)
    rows = _build_rows(goals, known, weekly_distance_m, is_female)
    times = goals * np.exp(predict_log_interval(COEFFICIENTS, rows))
    found = iter(times.T.tolist())
    return [RaceForecast(*next(found)) if is_forecast_distance(metres) else None for metres in distances_m]


def _build_rows(
    goals: Column, efforts: Sequence[TimedDistance], weekly_distance_m: float | None, is_female: bool | None
) -> ForecastRows:
    """One row for each goal, all with the same efforts."""
    n = len(goals)
    distances, times = np.array([(effort.distance_m, effort.time_s) for effort in efforts], float).T
    weekly = np.nan if weekly_distance_m is None else weekly_distance_m
    sex = np.nan if is_female is None else float(is_female)
    return ForecastRows(
        log_distance(goals),
        np.tile(log_distance(distances), (n, 1)),
        np.tile(np.log(times / distances), (n, 1)),
        np.full(n, log_weekly_distance(np.array(weekly))),
        np.full(n, sex),
    )


def is_forecast_distance(distance_m: float) -> bool:
    """Whether this can be a goal or an effort of a forecast."""
    shortest, furthest = FORECAST_RANGE_M
    return shortest - WITHIN_RANGE_TOLERANCE_M <= distance_m <= furthest + WITHIN_RANGE_TOLERANCE_M


def log_distance(distance_m: Column) -> Column:
    """The logarithm of distance relative to 10 km."""
    return np.log(distance_m / REFERENCE_M)


def log_weekly_distance(weekly_m: Column) -> Column:
    """The logarithm of the distance of a week, shifted by WEEKLY_OFFSET_M and limited to WEEKLY_RANGE_M."""
    return np.log(np.clip(weekly_m, *WEEKLY_RANGE_M) + WEEKLY_OFFSET_M)


def predict_log_interval(c: ForecastCoefficients, rows: ForecastRows) -> tuple[Column, Column, Column]:
    """The log pace of each row: the median, and the ends of the 80 % interval.

    The quantiles are interpolated between QUANTILES_AT_M.
    """
    pace, spread = predict_log_pace(c, rows)
    knots = log_distance(np.array(QUANTILES_AT_M))
    low: Column = pace + spread * np.interp(rows.goal, knots, c.low_quantiles)
    high: Column = pace + spread * np.interp(rows.goal, knots, c.high_quantiles)
    return pace, low, high


def predict_log_pace(c: ForecastCoefficients, rows: ForecastRows) -> tuple[Column, Column]:
    """The median log pace of each row and its spread: the scale of the difference between time and median."""
    weight, residual, variance = _weigh_efforts(c, rows)
    pace = _mean_log_pace(c, rows.goal, rows.weekly, rows.is_female) + (weight * residual).sum(1)
    total = weight.sum(1)
    disagreement = np.maximum(total * (weight * residual**2).sum(1) - (weight * residual).sum(1) ** 2, 0.0)
    growth = np.exp(c.slowness * (pace - np.log(REFERENCE_PACE)))
    spread: Column = growth * np.sqrt(variance + c.disagreement * disagreement)
    return pace, spread


def _weigh_efforts(c: ForecastCoefficients, rows: ForecastRows) -> tuple[Column, Column, Column]:
    """The weight and the residual of each effort (n × k), and the variance of each forecast.

    An unknown effort has the weight 0.
    """
    known = np.isfinite(rows.efforts) & np.isfinite(rows.paces)
    at, goal = np.where(known, rows.efforts, 0.0), rows.goal[:, np.newaxis]
    weekly, is_female = rows.weekly[:, np.newaxis], rows.is_female[:, np.newaxis]
    residual = np.where(known, rows.paces - _mean_log_pace(c, at, weekly, is_female), 0.0)
    to_goal = np.where(known, _covariance(c, rows, goal, at), 0.0)
    between = _covariance(c, rows, at[:, :, np.newaxis], at[:, np.newaxis])
    between = np.where(known[:, :, np.newaxis] & known[:, np.newaxis], between, 0.0)
    diagonal = np.arange(at.shape[1])
    # An unknown effort becomes an independent one, so that the matrix stays regular.
    between[:, diagonal, diagonal] += np.where(known, _noise(c, at), 1.0)
    weight = np.asarray(np.linalg.solve(between, to_goal[:, :, np.newaxis])[:, :, 0], np.float64)
    own = _covariance(c, rows, goal, goal)[:, 0] + _noise(c, rows.goal)
    variance: Column = own - (weight * to_goal).sum(1)
    return weight, residual, variance


def _mean_log_pace(c: ForecastCoefficients, at: Column, weekly: Column, is_female: Column) -> Column:
    """Unknown weekly distance and sex count as the average of the runners."""
    volume = np.where(np.isfinite(weekly), weekly - c.weekly_mean, 0.0)
    sex = np.where(np.isfinite(is_female), is_female - c.female_share, 0.0)
    base = c.pace + c.fade * at + c.long_fade * _beyond_long(at)
    return base + _weekly_effect(c, at) * volume + _sex_effect(c, at) * sex


def _weekly_effect(c: ForecastCoefficients, at: Column) -> Column:
    effect: Column = c.weekly_pace + c.weekly_fade * at + c.weekly_long_fade * _beyond_long(at)
    return effect


def _sex_effect(c: ForecastCoefficients, at: Column) -> Column:
    effect: Column = c.sex_pace + c.sex_fade * at
    return effect


def _covariance(c: ForecastCoefficients, rows: ForecastRows, at: Column, other: Column) -> Column:
    """Of the runner's own level at two distances; more where weekly distance or sex is unknown.

    What is unknown adds the same everywhere, as its effect over 10 km: so weights stay positive.
    """
    volume = np.where(np.isfinite(rows.weekly), 0.0, (c.weekly_sd * c.weekly_pace) ** 2)
    sex_variance = c.female_share * (1 - c.female_share) * c.sex_pace**2
    unknown = volume + np.where(np.isfinite(rows.is_female), 0.0, sex_variance)
    shape = (-1,) + (1,) * (max(at.ndim, other.ndim) - 1)
    level: Column = c.level_sd**2 * np.exp(-np.abs(at - other) / c.level_length) + unknown.reshape(shape)
    return level


def _noise(c: ForecastCoefficients, at: Column) -> Column:
    """The variance of one time around the runner's level; more for long races and beyond the data."""
    short, long = log_distance(np.array(DATA_RANGE_M))
    beyond = np.maximum(np.maximum(at - long, short - at), 0.0) / np.log(2)
    own = c.noise_sd**2 * np.exp(2 * c.noise_growth * at) + c.long_noise_sd**2 * _beyond_long(at)
    noise: Column = own + (BEYOND_SD * beyond) ** 2
    return noise


def _beyond_long(at: Column) -> Column:
    excess: Column = np.maximum(at - np.log(LONG_M / REFERENCE_M), 0.0)
    return excess
