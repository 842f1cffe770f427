"""How efficiency changes in the course of a long run: decoupling of speed and heart rate (FORMULAS §5.8).

Idea and names: Smyth 2022, n = 82,303 marathons: magnitude 1.16 ± 0.22, onset 25.2 ± 9.9 km. Heat, thirst and
the drift of a sensor look the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from metrics.recording import Column
from metrics.science.course import Flags

SHORTEST_RUN_S = 5_400.0
ENOUGH_HR_COVERAGE = 0.9
WINDOW_S, WARM_UP_S = 300, 600
STEEPEST_WINDOW = 0.03
REFERENCE_M = (5_000.0, 15_000.0)
ROLLING_M, LAST_M = 1_000.0, 5_000.0
ONSET_RATIO = 1.025
# Judgement:
STAYS_M, STAYS_SHARE = 5_000.0, 0.85  # not all of the next 5 km must be above: kilometres are noisy
LEAST_AFTER_ONSET_M = 1_000.0
STEP_M = 100.0
ENOUGH_SHARE = 0.5  # of the seconds of a part of the course
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Durability:
    """`decoupling`: efficiency at 5–15 km over that of the last 5 km; 1.05: it fell by 5 %.

    `onset_m`: where it first stays at 1.025 or more; None if it does not. `efficiency_m`: graded metres for
    each heart beat at 5–15 km. Without `decoupling`, `reason` says why: no_heart_rate, no_grade, too_short
    or too_hilly.
    """

    decoupling: float | None = None
    onset_m: float | None = None
    efficiency_m: float | None = None
    reason: str = ""


class PassedCourse(NamedTuple):
    """At each second of moving time: metres passed; and what counts of seconds, graded metres and beats."""

    metres: Column
    seconds: Column
    graded_m: Column
    beats: Column

    def sum_between(self, start_m: Column, end_m: Column) -> tuple[Column, Column]:
        """Graded metres and beats between two places. NaN where less than half of the time counts."""
        at = [(self._read(column, start_m), self._read(column, end_m)) for column in self[1:]]
        seconds, graded_m, beats = (after - before for before, after in at)
        clock = np.arange(len(self.metres), dtype=np.float64)
        passed_s = self._read(clock, end_m) - self._read(clock, start_m)
        is_known = (beats > 0) & (seconds >= ENOUGH_SHARE * passed_s - _TOLERANCE)
        return np.where(is_known, graded_m, np.nan), np.where(is_known, beats, np.nan)

    def _read(self, column: Column, at_m: Column) -> Column:
        return np.interp(at_m, self.metres, column)


def durability(
    speed_mps: Column, graded_mps: Column, grade: Column, hr_bpm: Column, hr_coverage: float
) -> Durability | None:
    """The decoupling of a run. None if it is shorter than 90 minutes of moving time.

    All columns are on the 1 Hz moving-time axis; `hr_bpm` is NaN where heart rate does not count.
    """
    if len(speed_mps) < SHORTEST_RUN_S:
        return None
    if hr_coverage < ENOUGH_HR_COVERAGE - _TOLERANCE:
        return Durability(reason="no_heart_rate")
    if np.isnan(grade).any():
        return Durability(reason="no_grade")
    course = _pass_course(speed_mps, graded_mps, grade, hr_bpm)
    length_m = float(course.metres[-1])
    if length_m < REFERENCE_M[1] + ROLLING_M:
        return Durability(reason="too_short")
    last_start_m = max(REFERENCE_M[1], length_m - LAST_M)
    graded_m, beats = course.sum_between(
        np.array([REFERENCE_M[0], last_start_m]), np.array([REFERENCE_M[1], length_m])
    )
    first, last = (graded_m / beats).tolist()
    if not np.isfinite(first) or not np.isfinite(last):
        return Durability(reason="too_hilly")
    return Durability(first / last, _find_onset(course, first, length_m), first)


def _pass_course(speed_mps: Column, graded_mps: Column, grade: Column, hr_bpm: Column) -> PassedCourse:
    counts = _find_level_seconds(grade) & np.isfinite(hr_bpm)
    per_second = (
        speed_mps,
        counts.astype(np.float64),
        np.where(counts, graded_mps, 0.0),
        np.where(counts, hr_bpm / 60.0, 0.0),
    )
    return PassedCourse(*(np.concatenate(([0.0], np.cumsum(column))) for column in per_second))


def _find_level_seconds(grade: Column) -> Flags:
    """The seconds in windows of 5 minutes after the first 10 whose mean grade is at most 3 %."""
    level = np.zeros(len(grade), dtype=np.bool_)
    for start in range(WARM_UP_S, len(grade), WINDOW_S):
        window = slice(start, start + WINDOW_S)
        level[window] = abs(float(grade[window].mean())) <= STEEPEST_WINDOW + _TOLERANCE
    return level


def _find_onset(course: PassedCourse, first: float, length_m: float) -> float | None:
    """The middle of the first kilometre at 1.025 or more, after which 85 % of the next 5 km are so, too.

    At the end of the run less than 5 km count, but at least one kilometre.
    """
    half = ROLLING_M / 2
    middles = np.arange(REFERENCE_M[1] + half, length_m - half + _TOLERANCE, STEP_M)
    graded_m, beats = course.sum_between(middles - half, middles + half)
    is_known = np.isfinite(graded_m)
    middles, ratio = middles[is_known], first * beats[is_known] / graded_m[is_known]
    is_above = ratio >= ONSET_RATIO - _TOLERANCE
    above = np.concatenate(([0], np.cumsum(is_above)))
    ends = np.searchsorted(middles, middles + STAYS_M, "right")
    starts = np.arange(len(middles))
    shares = (above[ends] - above[starts]) / (ends - starts)
    stays = is_above & (shares >= STAYS_SHARE - _TOLERANCE) & (middles <= length_m - LEAST_AFTER_ONSET_M)
    return float(middles[stays][0]) if stays.any() else None
