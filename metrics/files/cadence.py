"""Decide whether a cadence counts the steps of one leg or of both. Files do not say it."""

from __future__ import annotations

import numpy as np

from metrics.recording import Column

from .resampling import SPORTS_ON_FOOT
from .time_weights import find_hole_s

MAX_ONE_LEG_PER_MINUTE = 120.0
"""Nobody moves one leg more often. Without a speed, a higher cadence counts both legs."""

MAX_STEPS_PER_MINUTE = 250.0
STEP_LENGTH_RANGE_M = (0.35, 1.6)
WALK_RUN_SPEED_MPS = 1.9
MIN_SPEED_MPS = 0.3


def find_step_factor(cadence: Column, speed_mps: float | None, sport: str) -> int:
    """2 if the cadence counts one leg only, otherwise 1.

    The length of a step decides, if the speed is known: the reading within STEP_LENGTH_RANGE_M. If both are,
    or none, the one nearer to the usual cadence at that speed.
    """
    moving = cadence[cadence > 0]
    if sport not in SPORTS_ON_FOOT or not len(moving):
        return 1
    if speed_mps is None or speed_mps < MIN_SPEED_MPS:
        return 1 if np.percentile(moving, 90) > MAX_ONE_LEG_PER_MINUTE else 2
    steps = float(np.median(moving))
    shortest_m, longest_m = STEP_LENGTH_RANGE_M
    factors = [factor for factor in (1, 2) if factor * steps <= MAX_STEPS_PER_MINUTE] or [1]
    in_range = [factor for factor in factors if shortest_m <= 60 * speed_mps / (factor * steps) <= longest_m]
    usual = _estimate_usual_cadence(speed_mps)
    return min(in_range or factors, key=lambda factor: abs(np.log(factor * steps / usual)))


def _estimate_usual_cadence(speed_mps: float) -> float:
    """Steps a minute: 115 at a walk of 1.4 m/s, 165 at a run of 3 m/s."""
    return 80 + 25 * speed_mps if speed_mps < WALK_RUN_SPEED_MPS else 150 + 5 * speed_mps


def find_cadence_speed_mps(
    time_s: Column, distance_m: Column, speed_mps: Column, cadence: Column
) -> float | None:
    """The mean speed while the cadence is above 0: over the distance, else of the speed readings."""
    rows = np.flatnonzero(np.isfinite(distance_m))
    steps_s, steps_m = np.diff(time_s[rows]), np.diff(distance_m[rows])
    counted = (steps_s <= find_hole_s(time_s[rows])) & (np.nan_to_num(cadence[rows[1:]]) > 0)
    if steps_m[counted].sum() > 0:
        return float(steps_m[counted].sum() / steps_s[counted].sum())
    known = speed_mps[(cadence > 0) & (speed_mps > 0)]
    return float(np.median(known)) if len(known) else None
