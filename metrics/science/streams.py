"""Turn samples into classified intervals and the 1 Hz moving-time axis (FORMULAS §1.1, §1.2).

Zones, NGS and best efforts all read the same moving-time axis, so Σ zone seconds = ⌊moving time⌋.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from metrics.recording import Column
from metrics.science.course import BELIEVABLE, Course, Flags, Indices, read_course

MOVING, STOPPED, PAUSED, GAP, GLITCH = range(5)
EPSILON = 1e-9  # for inclusive thresholds: differences of cumulative metres are rarely exact
LONGEST_BRIDGE_S = 600.0
LONGEST_UNBROKEN_S = 60.0  # judgement: a longer hole ends an effort

NumberSequence = Sequence[float] | Column
Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class SpeedLimits:
    """Below `stopped_mps` the athlete does not move. Above `glitch_mps` the GPS position jumped.

    A hole with a mean speed from `stopped_mps` to `bridged_mps` is believed: the athlete went on through it.
    """

    stopped_mps: float = 0.894  # 30:00 per mile, Strava's documented running threshold
    glitch_mps: float = 12.5  # faster than any human runs
    bridged_mps: float = 7.0


RUNNING = SpeedLimits()


@dataclass(frozen=True, eq=False)
class Segments:
    """Intervals between samples whose time advances. All columns have one entry per interval.

    `sample_indices` are the indices of these samples, one more than intervals. `speed_mps` is 0 where not
    `is_known`. `kind` is MOVING, STOPPED, PAUSED, GAP or GLITCH. `is_bridged` marks the MOVING intervals of
    holes. A longer step than `gap_s` is a hole.
    """

    sample_indices: Indices
    time_s: Column  # of these samples
    dt_s: Column
    speed_mps: Column
    is_known: Flags
    kind: npt.NDArray[np.int8]
    is_bridged: Flags
    gap_s: float

    def seconds(self, *kinds: int) -> float:
        """Seconds spent in these classes."""
        return float(sum(self.class_seconds[kind] for kind in kinds))

    @cached_property
    def class_seconds(self) -> Column:
        """Seconds in [MOVING, STOPPED, PAUSED, GAP, GLITCH]."""
        return np.bincount(self.kind, self.dt_s, minlength=5).astype(np.float64, copy=False)

    @cached_property
    def course_m(self) -> Column:
        """Cumulative metres at these samples. They never fall."""
        return np.concatenate(([0.0], np.cumsum(self.speed_mps * self.dt_s)))


def segments(
    t: NumberSequence,
    d: NumberSequence | None = None,
    v: NumberSequence | None = None,
    pauses: Spans = (),
    limits: SpeedLimits = RUNNING,
) -> Segments:
    """Classify the intervals between samples at times `t` (s). The first match in FORMULAS §1.1 wins.

    Speed comes from the cumulative distance `d` and the sample speeds `v` (see `read_course`). Samples that
    do not advance in time are dropped. `pauses` are (start, end) spans. A longer step than the gap limit, or
    a longer span without distance, is a hole. A hole of at most 600 s at a believable mean speed is MOVING,
    other holes are a GAP.
    """
    time = np.asarray(t, dtype=np.float64)
    sample_indices = _advancing(time)
    time = time[sample_indices]
    dt = np.diff(time)
    gap_s = float(np.clip(5 * np.median(dt), 30.0, 120.0)) if len(dt) else 30.0
    paused = _find_paused(time, pauses)
    course = read_course(
        time,
        None if d is None else _pick_samples(d, sample_indices),
        None if v is None else fill_gaps(time, _pick_samples(v, sample_indices), gap_s),
        paused,
        limits.stopped_mps,
    )
    speed, is_known = course.speed_mps, np.isfinite(course.speed_mps)
    kind = np.where(speed < limits.stopped_mps - EPSILON, STOPPED, MOVING).astype(np.int8)
    kind[speed > limits.glitch_mps + EPSILON] = GLITCH
    hole = (dt > gap_s + EPSILON) | (course.is_guessed & (course.span_s > gap_s + EPSILON)) | ~is_known
    kind[hole] = GAP
    bridged = hole & ~paused & _find_bridges(course, limits)
    kind[bridged] = MOVING
    kind[paused] = PAUSED
    return Segments(sample_indices, time, dt, np.nan_to_num(speed), is_known, kind, bridged, gap_s)


def _find_bridges(course: Course, limits: SpeedLimits) -> Flags:
    """Where the mean speed over a hole of at most 600 s is that of an athlete who went on."""
    believed: Flags = (
        (course.span_s <= LONGEST_BRIDGE_S + EPSILON)
        & (course.mean_mps >= limits.stopped_mps - EPSILON)
        & (course.mean_mps <= limits.bridged_mps + EPSILON)
    )
    return believed


def _advancing(time: Column) -> Indices:
    """Indices of the samples that are later than all samples before them."""
    known = np.flatnonzero(np.abs(time) < BELIEVABLE)
    latest = np.maximum.accumulate(time[known])
    return known[np.concatenate(([True], np.diff(latest) > 0))] if len(known) else known


def _pick_samples(values: NumberSequence, sample_indices: Indices) -> Column:
    return np.asarray(values, dtype=np.float64)[sample_indices]


def fill_gaps(time: Column, values: Column, longest_s: float) -> Column:
    """Interpolate missing values between readings that are at most `longest_s` apart."""
    known = np.abs(values) < BELIEVABLE
    if known.all():
        return values
    at = np.flatnonzero(known)
    filled = np.full(len(values), np.nan)
    if not len(at):
        return filled
    before = np.searchsorted(at, np.arange(len(values)), "right") - 1
    short = np.append(np.diff(time[at]) <= longest_s + EPSILON, False)
    inside = known | ((before >= 0) & short[before])
    filled[inside] = np.interp(time[inside], time[at], values[at])
    return filled


def _find_paused(time: Column, pauses: Spans) -> npt.NDArray[np.bool_]:
    """Which intervals overlap a pause: more pauses began before their end than ended by their start."""
    spans = [(start, end) for start, end in pauses if end > start]
    begun = np.searchsorted(np.sort([start for start, _ in spans]), time[1:], "left")
    ended = np.searchsorted(np.sort([end for _, end in spans]), time[:-1], "right")
    return begun > ended


def class_times(t: NumberSequence, d: NumberSequence, pauses: Spans = ()) -> list[float]:
    """Seconds in [MOVING, STOPPED, PAUSED, GAP, GLITCH] of samples at `t` s and `d` cumulative metres."""
    return [float(seconds) for seconds in segments(t, d, pauses=pauses).class_seconds]


@dataclass(frozen=True, eq=False)
class MovingAxis:
    """The MOVING intervals joined into one time axis. It is read in the middle of each second."""

    segments: Segments

    @cached_property
    def _ends_s(self) -> Column:
        """Moving seconds passed at the end of each interval."""
        return np.cumsum(np.where(self.segments.kind == MOVING, self.segments.dt_s, 0.0))

    @cached_property
    def interval_of_second(self) -> Indices:
        ends = self._ends_s
        moving_seconds = int(ends[-1] + EPSILON) if len(ends) else 0
        return np.searchsorted(ends, np.arange(moving_seconds) + 0.5, "right").astype(np.intp, copy=False)

    def read(self, per_interval: Column) -> Column:
        """Turn one value per interval into a 1 Hz series over the moving time."""
        return per_interval[self.interval_of_second]

    def breaks_s(self, *kinds: int) -> Column:
        """The moving seconds at which intervals of these classes end, and long holes; ascending."""
        long_holes = self.segments.is_bridged & (self.segments.dt_s > LONGEST_UNBROKEN_S)
        return self._ends_s[np.isin(self.segments.kind, kinds) | long_holes]


def moving_series(t: NumberSequence, d: NumberSequence, pauses: Spans = ()) -> Column:
    """Speed in m/s on the 1 Hz moving-time axis: ⌊moving time⌋ values."""
    intervals = segments(t, d, pauses=pauses)
    return MovingAxis(intervals).read(intervals.speed_mps)
