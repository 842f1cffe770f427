"""A run second by second on the clock, with stops and pauses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.recording import Column
from metrics.science.graded_run import graded_run
from metrics.science.streams import GLITCH, MOVING, STOPPED
from metrics.science.track import Track

LONGEST_CLOCK_S = 24 * 3600


@dataclass(frozen=True, slots=True, eq=False)
class ClockRun:
    """Columns with one value for each second from `start_s` on; `course_m` has one more.

    `effort_mps` is the graded speed if altitudes are trusted, else the speed; `grade` is None then. Pauses
    and holes are 0. `heart_rate_bpm` is NaN where it is unknown.
    """

    start_s: float
    speed_mps: Column
    effort_mps: Column
    grade: Column | None
    heart_rate_bpm: Column
    course_m: Column

    def __len__(self) -> int:
        return len(self.speed_mps)


def read_clock_run(track: Track, gain_m: float | None, altitude_source: str = "") -> ClockRun:
    intervals = track.intervals
    time_s = intervals.time_s - intervals.time_s[0]
    seconds = np.arange(min(int(time_s[-1]), LONGEST_CLOCK_S))
    of_second = np.searchsorted(time_s[1:], seconds + 0.5, "right")
    kind = intervals.kind[of_second]
    speed = np.where(kind <= STOPPED, intervals.speed_mps[of_second], 0.0)
    graded = graded_run(track, gain_m, altitude_source)
    effort, slope = speed, None
    if graded.graded_ngs_mps is not None:
        moved_s = np.concatenate(([0.0], np.cumsum(np.where(intervals.kind == MOVING, intervals.dt_s, 0.0))))
        row = np.minimum(np.interp(seconds + 0.5, time_s, moved_s).astype(np.intp), len(graded.grade) - 1)
        slope = np.where(kind == MOVING, graded.grade[row], np.nan)
        effort = np.where(kind == MOVING, graded.graded_mps[row], speed)
    return ClockRun(
        float(intervals.time_s[0]),
        _hold_over(kind == GLITCH, speed),
        _hold_over(kind == GLITCH, effort),
        slope,
        track.heart_rate.bpm[of_second],
        np.interp(np.arange(len(seconds) + 1), time_s, intervals.course_m),
    )


def _hold_over(is_unknown: np.ndarray[tuple[int], np.dtype[np.bool_]], values: Column) -> Column:
    """Draw a straight line over unknown values."""
    if not is_unknown.any() or is_unknown.all():
        return values
    places = np.arange(len(values))
    return np.interp(places, places[~is_unknown], values[~is_unknown])
