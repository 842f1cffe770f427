"""Cross-validate the race forecast, beside older ways to predict a race time (FORMULAS §5.6). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coaching.science.forecast_fit import RaceExamples, RaceTable, build_examples, fit_forecast
from coaching.science.race_forecast import log_distance, predict_log_interval
from metrics.recording import Column
from metrics.science.vdot import race_time, vdot_raw

FOLDS, SEED = 10, 0
CLASS_BOUNDS_S = (3.5 * 3600, 4.5 * 3600)  # of the median over the marathon
CLASS_FROM_M = 40_000.0
RIEGEL_EXPONENT = 1.06
VDOT_SLOW_FACTOR = 1.05  # the range that Astral showed before: from the time of equal VDOT to 5 % more
MINUTE_S = 60.0


class DistanceScore(NamedTuple):
    """How well the times over one distance were forecast. Minutes; coverage is a share.

    `class_coverage`: of medians under, between and over CLASS_BOUNDS_S; empty for short races.
    """

    distance_m: float
    n: int
    mae_min: float
    coverage: float
    width_min: float
    class_coverage: tuple[float, ...]
    riegel_mae_min: float
    vdot_mae_min: float
    vdot_coverage: float


class HeldOutForecasts(NamedTuple):
    """Seconds for each example, from the coefficients of the other runners."""

    median_s: Column
    low_s: Column
    high_s: Column


def score_forecasts(table: RaceTable, folds: int = FOLDS) -> list[DistanceScore]:
    """One score for each distance. No runner is forecast by coefficients that were fitted to them."""
    examples = build_examples(table)
    forecasts = _forecast_held_out(table, examples, folds)
    riegel = _apply_to_nearest(table, examples, compute_riegel_time)
    vdot = _apply_to_nearest(table, examples, _equal_vdot_time)
    return [
        _score_distance(table, examples, place, forecasts, riegel, vdot)
        for place in range(len(table.distances_m))
        if (examples.distance == place).any()
    ]


def compute_riegel_time(time_s: float, distance_m: float, goal_m: float) -> float:
    """Seconds over `goal_m`: t·(d2/d1)^1.06."""
    return float(time_s * (goal_m / distance_m) ** RIEGEL_EXPONENT)


def _equal_vdot_time(time_s: float, distance_m: float, goal_m: float) -> float:
    return race_time(vdot_raw(distance_m, time_s), goal_m) or np.nan


def _forecast_held_out(table: RaceTable, examples: RaceExamples, folds: int) -> HeldOutForecasts:
    start = fit_forecast(examples)  # saves time; the maximum is the same from everywhere
    fold_of = np.random.default_rng(SEED).permutation(len(table.times_s)) % folds
    ends = np.empty((3, len(examples.pace)))
    for fold in range(folds):
        is_held_out = fold_of[examples.runner] == fold
        coefficients = fit_forecast(examples.select(~is_held_out), start)
        ends[:, is_held_out] = predict_log_interval(coefficients, examples.select(is_held_out).rows)
    return HeldOutForecasts(*(table.distances_m[examples.distance] * np.exp(ends)))


def _apply_to_nearest(
    table: RaceTable, examples: RaceExamples, formula: Callable[[float, float, float], float]
) -> Column:
    """Seconds by `formula` from the effort with the nearest distance, of two as near the shorter."""
    at = log_distance(table.distances_m)
    found = []
    for runner, goal in zip(examples.runner, examples.distance, strict=True):
        away = np.where(np.isfinite(table.times_s[runner]), np.abs(at - at[goal]), np.inf)
        away[goal] = np.inf
        nearest = int(np.argmin(away))
        distance = float(table.distances_m[nearest])
        found.append(formula(float(table.times_s[runner, nearest]), distance, float(table.distances_m[goal])))
    return np.array(found)


def _score_distance(
    table: RaceTable,
    examples: RaceExamples,
    place: int,
    forecasts: HeldOutForecasts,
    riegel: Column,
    vdot: Column,
) -> DistanceScore:
    rows = examples.distance == place
    time_s = table.times_s[examples.runner[rows], place]
    median_s, low_s, high_s = (column[rows] for column in forecasts)
    covered = (low_s <= time_s) & (time_s <= high_s)
    is_long = table.distances_m[place] > CLASS_FROM_M
    classes = np.searchsorted(CLASS_BOUNDS_S, median_s, "right")
    by_class = [float(np.mean(covered[classes == k])) for k in range(3) if (classes == k).any()]
    by_vdot = (vdot[rows] <= time_s) & (time_s <= VDOT_SLOW_FACTOR * vdot[rows])
    return DistanceScore(
        float(table.distances_m[place]),
        int(rows.sum()),
        _mean_error_min(median_s, time_s),
        float(covered.mean()),
        float(np.mean(high_s - low_s)) / MINUTE_S,
        tuple(by_class) if is_long else (),
        _mean_error_min(riegel[rows], time_s),
        _mean_error_min(vdot[rows], time_s),
        float(by_vdot.mean()),
    )


def _mean_error_min(forecast_s: Column, time_s: Column) -> float:
    return float(np.nanmean(np.abs(forecast_s - time_s))) / MINUTE_S
