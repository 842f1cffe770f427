"""Means over time. A reading counts for half of the time to the reading before and after it."""

from __future__ import annotations

import numpy as np

from metrics.recording import Column

HOLE_RANGE_S = (30.0, 120.0)
HOLE_INTERVALS = 5.0
"""A hole is longer than five usual intervals, within the range. The same rule as FORMULAS §1 has for GAP."""


def find_hole_s(time_s: Column) -> float:
    """The longest interval between two readings that is no hole."""
    if len(time_s) < 2:
        return HOLE_RANGE_S[0]
    return float(np.clip(HOLE_INTERVALS * np.median(np.diff(time_s)), *HOLE_RANGE_S))


def find_usual_interval_s(time_s: Column) -> float:
    """The median interval between two readings, at most that of a hole. 0 with fewer than two readings."""
    return float(min(np.median(np.diff(time_s)), HOLE_RANGE_S[0])) if len(time_s) > 1 else 0.0


def compute_mean(time_s: Column, column: Column) -> float | None:
    """The mean over time of the readings that are not NaN. A hole gives no credit."""
    known = np.isfinite(column)
    return _weigh_mean(time_s[known], column[known])


def compute_mean_above_zero(time_s: Column, column: Column) -> float | None:
    """The mean over time of the readings above 0, which are those while moving."""
    known = np.isfinite(column)
    return _weigh_mean(time_s[known], column[known], above_zero=True)


def _weigh_mean(time_s: Column, known: Column, above_zero: bool = False) -> float | None:
    steps_s = np.diff(time_s)
    halves_s = np.where(steps_s <= find_hole_s(time_s), steps_s, 0.0) / 2
    weights = np.append(halves_s, 0.0) + np.insert(halves_s, 0, 0.0) if len(known) else known
    if above_zero:
        known, weights = known[known > 0], weights[known > 0]
    if not len(known):
        return None
    return float(np.average(known, weights=weights) if weights.sum() > 0 else known.mean())
