"""Speed between samples from distance and speed as devices record them (FORMULAS §1.0).

Devices record distance in many ways: every second, only every 2-30 s, in whole metres, or in few records. So
the metres between two advances of the distance are spread over the time between them. A stop stays a stop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.recording import Column

BELIEVABLE = 1e9  # seconds or metres above this are damage, not readings
LONGEST_STAIR_S = 30.0
MOST_KNOWN_SPEED = 0.5  # share of a span whose speed must be known to spread its metres by speed
CATCH_UP_FACTOR = 1.6  # judgement: a step this much faster than usual makes up for the standstill before it
_EPSILON = 1e-9

Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Columns with one entry per interval between samples.

    `speed_mps` is NaN if unknown. `is_guessed` is set where the distance is known only as a sum over `span_s`
    seconds. `mean_mps` is the mean speed over these seconds; NaN without a distance.
    """

    speed_mps: Column
    is_guessed: Flags
    span_s: Column
    mean_mps: Column


def read_course(
    time_s: Column, distance_m: Column | None, speed_mps: Column | None, is_paused: Flags, least_mps: float
) -> Course:
    """The speed of each interval. `time_s` ascends; missing readings are NaN; `least_mps` is slow walking.

    Between two advances of the distance its metres are spread by the recorded speed, if this is known for
    most of the time. Else they are spread evenly where the distance was not recorded, where it advances in
    stairs, or where it makes up for a standstill. Else the athlete stood first. Without an advance the
    recorded speed counts.
    """
    dt = np.diff(time_s)
    recorded = None if speed_mps is None else _mean_of_ends(speed_mps)
    if distance_m is None and recorded is None:
        return _course_without_distance(dt, np.zeros(len(dt)))
    metres = np.full(len(time_s), np.nan) if distance_m is None else _add_steps_up(distance_m)
    at = _find_advances(metres)
    if len(at) >= 2 and (metres[at[-1]] > 0 or recorded is None or not (recorded > 0).any()):
        return _Spans(dt, metres, recorded, is_paused, at).spread(least_mps)
    return _course_without_distance(dt, np.full(len(dt), np.nan) if recorded is None else recorded)


def _course_without_distance(dt: Column, speed_mps: Column) -> Course:
    return Course(speed_mps, np.zeros(len(dt), dtype=bool), dt, np.full(len(dt), np.nan))


def _add_steps_up(distance_m: Column) -> Column:
    """Metres since the first known sample. A step back counts as standing; NaN stays NaN."""
    metres = np.full(len(distance_m), np.nan)
    known = np.flatnonzero(np.abs(distance_m) < BELIEVABLE)
    steps = np.maximum(np.diff(distance_m[known]), 0.0)
    metres[known] = np.concatenate(([0.0], np.cumsum(steps)))[: len(known)]
    return metres


def _mean_of_ends(speed_mps: Column) -> Column:
    speed = np.where(np.abs(speed_mps) < BELIEVABLE, np.maximum(speed_mps, 0.0), np.nan)
    return (speed[1:] + speed[:-1]) / 2


def _find_advances(distance_m: Column) -> Indices:
    """The first known sample, all samples whose distance is above that before, and the last known sample."""
    known = np.flatnonzero(np.isfinite(distance_m))
    if not len(known):
        return known
    advances = np.concatenate(([True], np.diff(distance_m[known]) > 0))
    advances[-1] = True
    return known[advances]


class _Spans:
    """The spans between advances. `at` has their samples; `of` is the span of each interval inside."""

    def __init__(
        self, dt: Column, distance_m: Column, recorded: Column | None, is_paused: Flags, at: Indices
    ) -> None:
        self.dt, self.at = dt, at
        self.metres = np.diff(distance_m[at])
        self.first, self.last = int(at[0]), int(at[-1])
        self.inside = slice(self.first, self.last)
        self.sizes = np.diff(at)
        self.of = np.repeat(np.arange(len(self.sizes)), self.sizes)
        self.timed = np.where(is_paused, 0.0, dt)[self.inside]
        self.seconds = self._sum(self.timed)
        self.recorded = recorded
        self.known = np.isfinite(distance_m[self.first : self.last])
        self.has_plateau = self._sum(self.known.astype(np.float64)) > 1

    def _sum(self, per_interval: Column) -> Column:
        return np.add.reduceat(per_interval, self.at[:-1] - self.first)

    def spread(self, least_mps: float) -> Course:
        if len(self.of) == len(self.sizes):  # as most devices record: one interval in each span
            speed = self.metres / self.dt[self.inside]
            return self._pad(speed, np.zeros(len(speed), dtype=bool), self.dt[self.inside], speed)
        by_speed, speed_weight = self._weigh_by_speed()
        stairs = self._find_stairs()
        evenly = ~by_speed & (self._find_missing() | stairs | self._find_catch_ups(least_mps))
        moved_late = self._find_late_part(float(np.median(self.seconds[stairs])) if stairs.any() else 0.0)
        weight = np.where(
            by_speed[self.of], speed_weight, np.where(evenly[self.of] | moved_late, self.timed, 0.0)
        )
        total = self._sum(weight)
        weight = np.where(total[self.of] > 0, weight, self.dt[self.inside])
        speed = weight * (self.metres / self._sum(weight))[self.of] / self.dt[self.inside]
        mean = self.metres / np.maximum(self.seconds, _EPSILON)
        return self._pad(speed, evenly[self.of], self.seconds[self.of], mean[self.of])

    def _find_late_part(self, stair_s: float) -> Flags:
        """Where an athlete who stood goes on: after the last known sample of a span, or in its last stair."""
        place = np.arange(len(self.of))
        last_known = np.maximum.accumulate(np.where(self.known, place, 0))[self.at[1:] - self.first - 1]
        ends_s = np.cumsum(self.timed)
        span_end_s = ends_s[self.at[1:] - self.first - 1]
        starts_s = ends_s - self.timed
        late: Flags = (place >= last_known[self.of]) | (starts_s >= span_end_s[self.of] - stair_s - _EPSILON)
        return late

    def _weigh_by_speed(self) -> tuple[Flags, Column]:
        """Which spans are spread by speed, and the metres at the recorded speed in each interval."""
        if self.recorded is None:
            return np.zeros(len(self.sizes), dtype=bool), np.zeros(len(self.of))
        speed = self.recorded[self.inside]
        known = np.isfinite(speed)
        known_s = self._sum(np.where(known, self.timed, 0.0))
        metres = self._sum(np.where(known, speed * self.timed, 0.0))
        usable = (self.sizes > 1) & (known_s >= MOST_KNOWN_SPEED * self.seconds) & (metres > 0)
        mean = metres / np.maximum(known_s, _EPSILON)
        return usable, np.where(known, speed, mean[self.of]) * self.timed

    def _find_missing(self) -> Flags:
        """Spans in which the distance was not recorded."""
        return (self.sizes > 1) & ~self.has_plateau

    def _find_stairs(self) -> Flags:
        """Spans of at most 30 s with a standing distance, next to another one."""
        stair = (self.sizes > 1) & self.has_plateau & (self.seconds <= LONGEST_STAIR_S + _EPSILON)
        beside = np.zeros(len(stair), dtype=bool)
        beside[1:] = stair[:-1]
        beside[:-1] |= stair[1:]
        found: Flags = stair & beside
        return found

    def _find_catch_ups(self, least_mps: float) -> Flags:
        """Spans whose last step is much faster than usual, so that it holds the metres of the standstill."""
        step = self.metres / self.dt[self.at[1:] - 1]
        usual = step[(self.sizes == 1) & (step > 0)]
        if not len(usual):
            return np.zeros(len(step), dtype=bool)
        moved = self.metres >= (least_mps - _EPSILON) * self.seconds
        caught: Flags = (self.sizes > 1) & (step > CATCH_UP_FACTOR * float(np.median(usual))) & moved
        return caught

    def _pad(self, speed: Column, is_guessed: Flags, span_s: Column, mean_mps: Column) -> Course:
        """The columns for all intervals. Before and after the known distance the recorded speed counts."""
        outside = np.full(len(self.dt), np.nan) if self.recorded is None else self.recorded.copy()
        full_speed, full_mean, full_span = outside, np.full(len(self.dt), np.nan), self.dt.copy()
        guessed = np.zeros(len(self.dt), dtype=bool)
        full_speed[self.inside], full_mean[self.inside] = speed, mean_mps
        full_span[self.inside], guessed[self.inside] = span_s, is_guessed
        return Course(full_speed, guessed, full_span, full_mean)
