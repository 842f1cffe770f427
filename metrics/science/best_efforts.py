"""The fastest parts of a run over standard distances, by the clock (FORMULAS §1.0)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.recording import Column
from metrics.science.course import Flags
from metrics.science.streams import GAP, GLITCH, PAUSED, RUNNING, Segments
from metrics.science.vdot import MIN_DISTANCE_M, VDOT_RANGE, vdot, vdot_raw

DISTANCES_M = (400.0, 800.0, 1000.0, 1609.344, 3000.0, 5000.0, 10000.0, 21097.5, 42195.0)
LONGEST_BRIDGE_S = 60.0  # in one effort
_TOLERANCE_M = 1e-6
_TOLERANCE_S = 1e-6


@dataclass(frozen=True, slots=True)
class BestEffort:
    """The fastest `distance_m` of a run: `duration_s` by the clock, with stops and pauses inside.

    It begins `start_s` seconds after the start of the activity.
    """

    distance_m: float
    duration_s: float
    start_s: float


def best_efforts(intervals: Segments, distances_m: tuple[float, ...] = DISTANCES_M) -> tuple[BestEffort, ...]:
    """The best effort over each distance that the run reaches, shortest first.

    The speed is not graded. A window does not count if it contains a GLITCH, a GAP in which the athlete may
    have run, or more than 60 s of holes. A distance is left out if its best effort gives a VDOT above 90.
    """
    clock = _ClockCourse(intervals)
    efforts: list[BestEffort] = []
    for distance in distances_m:
        effort = clock.find_fastest(distance)
        if effort is not None and not vdot_raw(distance, effort.duration_s) > VDOT_RANGE[1]:
            efforts.append(effort)
    return tuple(efforts)


class _ClockCourse:
    """The metres passed at each instant of a recording, as straight lines between samples."""

    def __init__(self, intervals: Segments) -> None:
        speed, kind, self.time_s = intervals.speed_mps, intervals.kind, intervals.time_s
        is_broken = find_broken_intervals(intervals)
        metres = np.where(is_broken | (kind == PAUSED), 0.0, speed * intervals.dt_s)
        self.course_m = np.concatenate(([0.0], np.cumsum(metres)))
        self.broken_s = _sum_seconds(intervals, is_broken)
        self.bridged_s = _sum_seconds(intervals, intervals.is_bridged)
        advances = np.flatnonzero(metres > 0)
        self.from_m, self.to_m = self.course_m[advances], self.course_m[advances + 1]
        self.from_s, self.to_s = self.time_s[advances], self.time_s[advances + 1]

    def find_fastest(self, distance_m: float) -> BestEffort | None:
        """The fastest window. It begins or ends at a sample, because the speed changes only there."""
        if not len(self.from_m) or self.course_m[-1] + _TOLERANCE_M < distance_m:
            return None
        starts_m = self.from_m[self.from_m + distance_m <= self.course_m[-1] + _TOLERANCE_M]
        ends_m = self.to_m[self.to_m + _TOLERANCE_M >= distance_m]
        start_s = np.concatenate((self.from_s[: len(starts_m)], self._last_instant(ends_m - distance_m)))
        end_s = np.concatenate(
            (self._first_instant(starts_m + distance_m), self.to_s[len(self.to_s) - len(ends_m) :])
        )
        seconds = end_s - start_s
        for passed_s, most_s in ((self.broken_s, 0.0), (self.bridged_s, LONGEST_BRIDGE_S)):
            if passed_s[-1] > most_s:  # few recordings have any
                inside_s = self._read(passed_s, end_s) - self._read(passed_s, start_s)
                seconds = np.where(inside_s <= most_s + _TOLERANCE_S, seconds, np.inf)
        shortest_s = float(seconds.min())
        if not np.isfinite(shortest_s):
            return None
        first_s = float(start_s[seconds <= shortest_s + _TOLERANCE_S].min())
        return BestEffort(distance_m, shortest_s, first_s)

    def _first_instant(self, at_m: Column) -> Column:
        place = np.searchsorted(self.to_m, at_m - _TOLERANCE_M, "left")
        return self._interpolate(np.minimum(place, len(self.to_m) - 1), at_m)

    def _last_instant(self, at_m: Column) -> Column:
        place = np.searchsorted(self.from_m, at_m + _TOLERANCE_M, "right") - 1
        return self._interpolate(np.maximum(place, 0), at_m)

    def _interpolate(self, place: np.typing.NDArray[np.intp], at_m: Column) -> Column:
        share = (at_m - self.from_m[place]) / (self.to_m[place] - self.from_m[place])
        instant: Column = self.from_s[place] + np.clip(share, 0.0, 1.0) * (self.to_s - self.from_s)[place]
        return instant

    def _read(self, passed_s: Column, at_s: Column) -> Column:
        return np.interp(at_s, self.time_s, passed_s)


def find_broken_intervals(intervals: Segments) -> Flags:
    """Each GLITCH, and each GAP in which the athlete may have run: no effort may contain one."""
    stood = intervals.is_known & (intervals.speed_mps < RUNNING.stopped_mps)
    broken: Flags = (intervals.kind == GLITCH) | ((intervals.kind == GAP) & ~stood)
    return broken


def _sum_seconds(intervals: Segments, chosen: Flags) -> Column:
    return np.concatenate(([0.0], np.cumsum(np.where(chosen, intervals.dt_s, 0.0))))


def race_vdot(
    efforts: tuple[BestEffort, ...], distance_m: float | None, elapsed_s: float | None
) -> float | None:
    """VDOT of a race: the highest of the whole race and its best efforts from 1,500 m, by the clock."""
    parts = [(e.distance_m, e.duration_s) for e in efforts if e.distance_m >= MIN_DISTANCE_M]
    values = [vdot(*part) for part in [(distance_m, elapsed_s), *parts]]
    return max((value for value in values if value is not None), default=None)
