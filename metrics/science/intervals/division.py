"""A division of a run into rest, work, rest, … with the speed of each part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.recording import Column

Spans = npt.NDArray[np.intp]  # rows of (start, end), in order, without overlap
CORE_SHARE = 0.1  # of a part at each end: a start or a stop


class Span(NamedTuple):
    """Whole seconds by the clock. `end_s` is not included."""

    start_s: int
    end_s: int

    @property
    def duration_s(self) -> int:
        return self.end_s - self.start_s


@dataclass(frozen=True, eq=False)
class Division:
    """`work` divides the series. The first and the last rest may have no length."""

    series: Column
    sums: Column  # of the series, from 0
    work: Spans

    @cached_property
    def edges(self) -> npt.NDArray[np.intp]:
        return np.concatenate(([0], self.work.ravel(), [len(self.series)]))

    @cached_property
    def durations_s(self) -> npt.NDArray[np.intp]:
        return np.diff(self.edges)

    @cached_property
    def levels_mps(self) -> Column:
        """The mean speed of the middle of each part; 0 without length."""
        margins = (CORE_SHARE * self.durations_s).astype(np.intp)
        first, last = self.edges[:-1] + margins, self.edges[1:] - margins
        levels: Column = (self.sums[last] - self.sums[first]) / np.maximum(last - first, 1)
        return levels

    @property
    def work_s(self) -> npt.NDArray[np.intp]:
        return self.durations_s[1::2]

    @property
    def work_mps(self) -> Column:
        return self.levels_mps[1::2]

    @property
    def fastest_rest_mps(self) -> Column:
        """The faster of the two rests beside each part of work."""
        return np.maximum(self.levels_mps[:-1:2], self.levels_mps[2::2])

    def with_work(self, work: Spans) -> Division:
        return Division(self.series, self.sums, work)

    def spread_levels(self) -> Column:
        """The level of its part for each second."""
        return np.repeat(self.levels_mps, self.durations_s)


def divide_series(series: Column, work: Spans) -> Division:
    return Division(series, np.concatenate(([0.0], np.cumsum(series))), work)


def smooth_over(series: Column, window_s: int) -> Column:
    """Twice the centred mean: together a triangle of about `window_s`."""
    half = (window_s + 1) // 2 | 1
    if len(series) <= half:
        return series
    return _mean_over(_mean_over(series, half), half)


def _mean_over(values: Column, window: int) -> Column:
    total = np.cumsum(np.pad(values, (window // 2 + 1, window // 2), mode="edge"))
    means: Column = (total[window:] - total[:-window]) / window
    return means
