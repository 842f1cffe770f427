"""Sums, means and spreads of the last n days, for all days and all athletes at once.

A column is an array `(…, days)`. The last axis is local days, oldest first, without gaps; leading axes are
athletes. NaN is a day without a reading. Days before the column have no reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.float64]
Readings = npt.ArrayLike | Sequence[float | None]


class Spread(NamedTuple):
    """For the window of each day: number of readings, mean, sample standard deviation (NaN below 2)."""

    n: Days
    mean: Days
    sd: Days


def daily(values: Readings) -> Days:
    """A list as a column. None becomes NaN."""
    untyped: Any = values  # numpy reads None as NaN; its type does not say so
    return np.asarray(untyped, dtype=np.float64)


def lag(column: Days, days: int, before: float = np.nan) -> Days:
    """For each day the value `days` days earlier. `before` is the value of days before the column."""
    shifted = np.full_like(column, before)
    if days < column.shape[-1]:
        shifted[..., days:] = column[..., : column.shape[-1] - days]
    return shifted


def rolling_sum(column: Days, days: int) -> Days:
    """Sum of the `days` days ending with each day. The column must not contain NaN."""
    total = np.cumsum(column, axis=-1)
    return total - lag(total, days, before=0.0)


def rolling_spread(column: Days, days: int) -> Spread:
    """Count, mean and sample SD of the readings in the `days` days ending with each day."""
    present = np.isfinite(column)
    n = rolling_sum(present.astype(np.float64), days)
    # Sums of squares lose digits far from zero, so subtract the column's mean first.
    total = np.where(present, column, 0.0).sum(axis=-1, keepdims=True)
    middle = total / np.maximum(present.sum(axis=-1, keepdims=True), 1)
    deviation = np.where(present, column - middle, 0.0)
    first, second = rolling_sum(deviation, days), rolling_sum(deviation**2, days)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(n > 0, first / n, np.nan)
        sd = np.where(n > 1, np.sqrt(np.maximum(second - first * mean, 0.0) / (n - 1)), np.nan)
    return Spread(n, middle + mean, sd)
