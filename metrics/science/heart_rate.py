"""Valid heart-rate readings, and their average while the timer runs (FORMULAS §1.4, §7.4)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.recording import Column
from metrics.science.result import Result
from metrics.science.streams import EPSILON, MOVING, STOPPED, Segments, fill_gaps

LOWEST_BPM, HIGHEST_BPM = 30.0, 230.0
ABOVE_MAX_BPM = 15.0
LONGEST_HOLE_S = 10.0
ENOUGH_COVERAGE = 0.80
RESTING_RANGE_BPM = (25.0, 120.0)
RESTING_DEFAULT_BPM = 60.0
RESTING_READINGS = 14


def highest_valid(hr_max_bpm: float | None) -> float:
    """The highest valid reading: the athlete's maximum + 15, but at most 230."""
    return HIGHEST_BPM if hr_max_bpm is None else min(HIGHEST_BPM, hr_max_bpm + ABOVE_MAX_BPM)


def clean_hr(time_s: Column, heart_rate_bpm: Column, hr_max_bpm: float | None = None) -> Column:
    """Readings from 30 to min(230, HRmax + 15); others become NaN. Holes of at most 10 s are interpolated."""
    valid = (heart_rate_bpm >= LOWEST_BPM) & (heart_rate_bpm <= highest_valid(hr_max_bpm))
    return fill_gaps(time_s, np.where(valid, heart_rate_bpm, np.nan), LONGEST_HOLE_S)


@dataclass(frozen=True, slots=True, eq=False)
class HeartRateStream:
    """Heart rate of each interval between samples: the mean of its two readings, NaN if one is missing.

    `credited_s` has the seconds of the intervals that count (timer running, heart rate known, no hole) and 0
    for others. `coverage` is their share of the timer time. `highest_bpm` is the highest valid reading.
    """

    bpm: Column
    credited_s: Column
    coverage: float
    highest_bpm: float | None

    @property
    def usable(self) -> bool:
        return self.coverage >= ENOUGH_COVERAGE - 1e-9

    def mean_bpm(self) -> float | None:
        """Average over the credited time. None if there is none."""
        total_s = float(self.credited_s.sum())
        return float(np.nansum(self.bpm * self.credited_s)) / total_s if total_s > 0 else None


def heart_rate_stream(
    intervals: Segments, heart_rate_bpm: Column, hr_max_bpm: float | None = None
) -> HeartRateStream:
    """The heart rate of each interval. `heart_rate_bpm` has one reading per recorded sample."""
    sample = clean_hr(intervals.time_s, heart_rate_bpm[intervals.sample_indices], hr_max_bpm)
    bpm = (sample[1:] + sample[:-1]) / 2
    counts = (intervals.kind <= STOPPED) & np.isfinite(bpm) & (intervals.dt_s <= intervals.gap_s + EPSILON)
    credited = np.where(counts, intervals.dt_s, 0.0)
    timer_s = intervals.seconds(MOVING, STOPPED)
    return HeartRateStream(
        bpm,
        credited,
        coverage=float(credited.sum()) / timer_s if timer_s > 0 else 0.0,
        highest_bpm=float(np.nanmax(sample)) if np.isfinite(sample).any() else None,
    )


def resting_hr(readings_bpm: Sequence[float]) -> Result:
    """The median of the last 14 valid resting heart rates (oldest first). Without any: 60 with a warning."""
    lowest, highest = RESTING_RANGE_BPM
    valid = [bpm for bpm in readings_bpm if lowest <= bpm <= highest][-RESTING_READINGS:]
    if not valid:
        return Result(value=RESTING_DEFAULT_BPM, method="default", n=0, warnings=("hr_rest_default",))
    return Result(value=float(statistics.median(valid)), method="median_14", n=len(valid))
