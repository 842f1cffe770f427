"""Windows over daily columns: sums, means and spreads of the last n days, for every day and every athlete at
once.

A column is an array `(…, days)`: the last axis is local days, oldest first, without gaps; leading axes are
athletes. NaN is a day without a reading; the days before the column begins count as such days.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.float64]
Readings = npt.ArrayLike | Sequence[float | None]


class Spread(NamedTuple):
    """Per day, over its window: how many readings, their mean, their sample standard deviation (NaN below
    2).
    """

    n: Days
    mean: Days
    sd: Days


def daily(values: Readings) -> Days:
    """Anything list-like as a column; None becomes NaN."""
    anything: Any = values  # numpy reads None as NaN; its type does not say so
    return np.asarray(anything, dtype=np.float64)


def lag(column: Days, days: int, before: float = np.nan) -> Days:
    """The column as it stood `days` days earlier; `before` fills what lies ahead of its first day."""
    shifted = np.full_like(column, before)
    if days < column.shape[-1]:
        shifted[..., days:] = column[..., : column.shape[-1] - days]
    return shifted


def rolling_sum(column: Days, days: int) -> Days:
    """Sum of the `days` days ending with each day; the column must be free of NaN."""
    total = np.cumsum(column, axis=-1)
    return total - lag(total, days, before=0.0)


def rolling_spread(column: Days, days: int) -> Spread:
    """Count, mean and sample SD of the readings in the `days` days ending with each day."""
    present = np.isfinite(column)
    n = rolling_sum(present.astype(np.float64), days)
    # Sums of squares lose digits far from zero: measure from the column's own middle.
    total = np.where(present, column, 0.0).sum(axis=-1, keepdims=True)
    middle = total / np.maximum(present.sum(axis=-1, keepdims=True), 1)
    deviation = np.where(present, column - middle, 0.0)
    first, second = rolling_sum(deviation, days), rolling_sum(deviation**2, days)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(n > 0, first / n, np.nan)
        sd = np.where(n > 1, np.sqrt(np.maximum(second - first * mean, 0.0) / (n - 1)), np.nan)
    return Spread(n, middle + mean, sd)
