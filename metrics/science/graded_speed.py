"""Normalised graded speed, NGS (FORMULAS §2.3): one number for the cost of an uneven run.

Source: Coggan's published scheme of 30 s mean and fourth power, applied to graded speed as in Skiba's GOVSS
(2006). It need not equal the number of any vendor.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metrics.recording import Column

NGS_WINDOW_S = 30


def trailing_mean(values: Sequence[float] | Column, window: int) -> Column:
    """Mean of each value and the `window` - 1 values before it, or as many as there are. Same shape."""
    series = np.asarray(values, dtype=np.float64)
    total = np.concatenate(([0.0], np.cumsum(series)))
    mean = total[1:].copy()
    mean[window:] -= total[1:-window]
    mean[:window] /= np.arange(1, len(series[:window]) + 1)
    mean[window:] /= window
    return mean


def _fourth_power(graded_mps: Sequence[float] | Column) -> Column:
    mean = trailing_mean(graded_mps, NGS_WINDOW_S)
    square = mean * mean
    return square * square


def ngs(graded_mps: Sequence[float] | Column) -> float | None:
    """Normalised graded speed in m/s of a 1 Hz series: fourth-power mean of its 30 s trailing mean.

    None for an empty series. A constant series gives its constant. The NGS is never below the mean.
    """
    if len(graded_mps) == 0:
        return None
    return float(np.mean(_fourth_power(graded_mps)) ** 0.25)


def best_ngs(graded_mps: Sequence[float] | Column, window_s: int, breaks_s: Column) -> float | None:
    """The highest NGS of `window_s` seconds in a row with no break inside. None if there is none.

    The trailing mean is that of the whole series, so the first 30 s of a window also use values before
    it.
    """
    if len(graded_mps) < window_s:
        return None
    total = np.concatenate(([0.0], np.cumsum(_fourth_power(graded_mps))))
    means = (total[window_s:] - total[:-window_s]) / window_s
    starts = np.arange(len(means))
    first_break = np.searchsorted(breaks_s, starts, "right")
    is_unbroken = first_break == np.searchsorted(breaks_s, starts + window_s, "left")
    return float(max(means[is_unbroken].max(), 0.0) ** 0.25) if is_unbroken.any() else None
