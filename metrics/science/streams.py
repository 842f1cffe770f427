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

MOVING, STOPPED, PAUSED, GAP, GLITCH = range(5)
EPSILON = 1e-9  # for inclusive thresholds: differences of cumulative metres are rarely exact
_BELIEVABLE = 1e9  # seconds or metres above this are damage, not readings

NumberSequence = Sequence[float] | Column
Spans = Sequence[tuple[float, float]]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class SpeedLimits:
    """Below `stopped_mps` the athlete stands. Above `glitch_mps` the receiver jumped."""

    stopped_mps: float = 0.894  # 30:00 per mile, Strava's documented running threshold
    glitch_mps: float = 12.5  # faster than any human runs


RUNNING = SpeedLimits()


@dataclass(frozen=True, eq=False)
class Segments:
    """Intervals between consecutive kept samples. All columns have one entry per interval.

    `kept` has the indices of the samples whose time advances (one more than intervals). `speed_mps` is 0 if
    unknown. `kind` is MOVING, STOPPED, PAUSED, GAP or GLITCH.
    """

    kept: Indices
    time_s: Column  # of the kept samples
    dt_s: Column
    speed_mps: Column
    kind: npt.NDArray[np.int8]

    def seconds(self, *kinds: int) -> float:
        """Seconds spent in these classes."""
        return float(sum(self.class_seconds[kind] for kind in kinds))

    @cached_property
    def class_seconds(self) -> Column:
        """Seconds in [MOVING, STOPPED, PAUSED, GAP, GLITCH]."""
        return np.bincount(self.kind, self.dt_s, minlength=5).astype(np.float64, copy=False)

    @cached_property
    def course_m(self) -> Column:
        """Cumulative metres at the kept samples. They never fall."""
        return np.concatenate(([0.0], np.cumsum(self.speed_mps * self.dt_s)))


def segments(
    t: NumberSequence,
    d: NumberSequence | None = None,
    v: NumberSequence | None = None,
    pauses: Spans = (),
    limits: SpeedLimits = RUNNING,
) -> Segments:
    """Classify the intervals between samples at times `t` (s). The first match in FORMULAS §1.1 wins.

    Speed is max(0, Δd)/dt of the cumulative distance `d`; without `d`, the mean of the two sample speeds `v`;
    without both, 0. Samples that do not advance in time are dropped. Missing readings are interpolated up to
    the gap limit; a longer hole is a GAP. `pauses` are (start, end) spans.
    """
    time = np.asarray(t, dtype=np.float64)
    kept = _advancing(time)
    time = time[kept]
    dt = np.diff(time)
    gap_s = float(np.clip(5 * np.median(dt), 30.0, 120.0)) if len(dt) else 30.0
    speed = _speed(
        time,
        dt,
        d if d is None else _pick_samples(d, kept),
        v if v is None else _pick_samples(v, kept),
        gap_s,
    )
    kind = np.where(speed < limits.stopped_mps - EPSILON, STOPPED, MOVING).astype(np.int8)
    kind[speed > limits.glitch_mps + EPSILON] = GLITCH
    kind[(dt > gap_s + EPSILON) | np.isnan(speed)] = GAP
    kind[_find_paused(time, pauses)] = PAUSED
    return Segments(kept, time, dt, np.nan_to_num(speed, copy=False), kind)


def _advancing(time: Column) -> Indices:
    """Indices of the samples that are later than all samples before them."""
    known = np.flatnonzero(np.abs(time) < _BELIEVABLE)
    latest = np.maximum.accumulate(time[known])
    return known[np.concatenate(([True], np.diff(latest) > 0))] if len(known) else known


def _pick_samples(values: NumberSequence, kept: Indices) -> Column:
    return np.asarray(values, dtype=np.float64)[kept]


def _speed(time: Column, dt: Column, d: Column | None, v: Column | None, gap_s: float) -> Column:
    if d is not None:
        return np.maximum(np.diff(fill_gaps(time, d, gap_s)), 0.0) / dt
    if v is not None:
        sample = np.maximum(fill_gaps(time, v, gap_s), 0.0)
        return (sample[1:] + sample[:-1]) / 2
    return np.zeros(len(dt))


def fill_gaps(time: Column, values: Column, longest_s: float) -> Column:
    """Interpolate missing values between readings that are at most `longest_s` apart."""
    known = np.abs(values) < _BELIEVABLE
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
        """The moving seconds at which intervals of these classes lie, ascending."""
        return self._ends_s[np.isin(self.segments.kind, kinds)]

    def clock_s(self, moving_s: float, *, at_end: bool = False) -> float:
        """Recording time of a moving second. If there is a stop: its start with `at_end`, else its end."""
        ends = self._ends_s
        interval = int(np.searchsorted(ends, moving_s - EPSILON if at_end else moving_s + EPSILON, "right"))
        interval = min(interval, len(ends) - 1)
        return float(self.segments.time_s[interval + 1] - (ends[interval] - moving_s))


def moving_series(t: NumberSequence, d: NumberSequence, pauses: Spans = ()) -> Column:
    """Speed in m/s on the 1 Hz moving-time axis: ⌊moving time⌋ values."""
    intervals = segments(t, d, pauses=pauses)
    return MovingAxis(intervals).read(intervals.speed_mps)
