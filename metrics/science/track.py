"""The samples of one activity, prepared once for all measurements (FORMULAS §1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from metrics.recording import Column, Pause, Samples, Totals
from metrics.science.elevation import Altitudes, read_altitudes
from metrics.science.heart_rate import HeartRateStream, heart_rate_stream
from metrics.science.streams import (
    GAP,
    GLITCH,
    MOVING,
    PAUSED,
    RUNNING,
    STOPPED,
    MovingAxis,
    Segments,
    SpeedLimits,
    segments,
)

EARTH_RADIUS_M = 6_371_008.8
# The published limits are for runners. Other sports can be slower, and wheels are faster: judgement.
ON_FOOT = SpeedLimits(stopped_mps=0.5)
IN_WATER = SpeedLimits(stopped_mps=0.3)
ON_WHEELS = SpeedLimits(stopped_mps=0.3, glitch_mps=40.0, bridged_mps=20.0)
SPEED_LIMITS = {"run": RUNNING, "walk": ON_FOOT, "hike": ON_FOOT, "swim": IN_WATER}
SPORTS_ON_FOOT = frozenset({"run", "walk", "hike"})
CLIMBING_MPS, CLIMBING_SPEED_MPS = 0.1, 0.1  # vertical and horizontal: slower is standing
HIGHEST_GAP_SPEED_MPS = 7.0
GLITCH_SHARE = 0.02
GLITCH_JUMP_M = 100.0
STANDING_MPS = 0.5  # mean speed over a hole: judgement
LEAST_OF_SPAN, LEAST_OF_DURATION = 0.5, 0.8


@dataclass(frozen=True, eq=False)
class Track:
    """An activity's intervals, the altitudes at their ends, and the heart rate of each interval."""

    intervals: Segments
    altitudes: Altitudes | None
    heart_rate: HeartRateStream
    has_positions: bool

    @cached_property
    def axis(self) -> MovingAxis:
        return MovingAxis(self.intervals)

    @cached_property
    def speed_mps(self) -> Column:
        """Speed at 1 Hz over the moving time. Not graded."""
        return self.axis.read(self.intervals.speed_mps)

    @property
    def altitude_m(self) -> Column:
        """The recorded altitude of each sample. NaN if it is unknown or impossible."""
        column = np.full(len(self.intervals.time_s), np.nan)
        if self.altitudes is not None:
            column[self.altitudes.rows] = self.altitudes.recorded_m
        return column

    @property
    def moving_s(self) -> float:
        return self.intervals.seconds(MOVING)

    @property
    def timer_s(self) -> float:
        return self.intervals.seconds(MOVING, STOPPED)

    def is_sparse(self, totals: Totals) -> bool:
        """Whether the samples cover under half of their span, or under 80 % of the timer's time.

        Device pauses do not count, so that a pause changes no load. A hole without movement is covered: the
        athlete stood.
        """
        intervals = self.intervals
        paused_s = intervals.seconds(PAUSED)
        span_s = float(intervals.dt_s.sum()) - paused_s
        duration_s = min(totals.duration_s, totals.elapsed_s - paused_s)
        stood = (intervals.kind == GAP) & (intervals.speed_mps < STANDING_MPS) & intervals.is_known
        covered_s = self.timer_s + float(np.sum(intervals.dt_s, where=stood))
        return self.timer_s < LEAST_OF_SPAN * span_s or covered_s < LEAST_OF_DURATION * duration_s

    def distance_m(self) -> float:
        """Metres while MOVING or STOPPED, and across each GAP with the speed of a runner."""
        speed, kind = self.intervals.speed_mps, self.intervals.kind
        counts = (kind <= STOPPED) | ((kind == GAP) & (speed <= HIGHEST_GAP_SPEED_MPS))
        return float(np.sum(speed * self.intervals.dt_s, where=counts))

    def has_glitches(self) -> bool:
        """Whether impossible speeds take over 2 % of the moving time, or one jump is above 100 m."""
        jumps = self.intervals.dt_s * self.intervals.speed_mps * (self.intervals.kind == GLITCH)
        too_long = self.intervals.seconds(GLITCH) > GLITCH_SHARE * self.moving_s
        return too_long or bool((jumps > GLITCH_JUMP_M).any())

    def scaled(self, factor: float) -> Track:
        """The same track with every speed times `factor`."""
        intervals = replace(self.intervals, speed_mps=self.intervals.speed_mps * factor)
        return replace(self, intervals=intervals)


def read_track(
    samples: Samples, pauses: Sequence[Pause], sport: str, hr_max_bpm: float | None = None
) -> Track | None:
    """The samples as a Track. None if they have fewer than two different times."""
    distance, speed = _read_way(samples)
    spans = [(pause.start_s, pause.end_s) for pause in pauses]
    intervals = segments(samples.time_s, distance, speed, spans, SPEED_LIMITS.get(sport, ON_WHEELS))
    if not len(intervals.dt_s):
        return None
    altitude_m = samples.altitude_m[intervals.sample_indices]
    altitudes = read_altitudes(intervals.time_s, altitude_m, float(intervals.course_m[-1]))
    if altitudes is not None and sport in SPORTS_ON_FOOT:
        intervals = _count_climbing(intervals, altitudes)
    return Track(
        intervals,
        altitudes,
        heart_rate_stream(intervals, samples.heart_rate_bpm, hr_max_bpm),
        samples.has("latitude_deg"),
    )


def _count_climbing(intervals: Segments, altitudes: Altitudes) -> Segments:
    """STOPPED intervals in which the athlete climbs or descends slowly become MOVING."""
    slow = (intervals.kind == STOPPED) & (intervals.speed_mps >= CLIMBING_SPEED_MPS)
    if not slow.any() or not altitudes.are_trusted:
        return intervals
    middle = (intervals.time_s[1:] + intervals.time_s[:-1]) / 2
    climbing = slow & (np.abs(altitudes.vertical_mps(middle)) >= CLIMBING_MPS)
    return replace(intervals, kind=np.where(climbing, MOVING, intervals.kind).astype(np.int8))


def _read_way(samples: Samples) -> tuple[Column | None, Column | None]:
    """(distance, speed), each None if not recorded. Without both, the distance is that of the positions."""
    distance = samples.distance_m if samples.has("distance_m") else None
    speed = samples.speed_mps if samples.has("speed_mps") else None
    if distance is None and speed is None and samples.has("latitude_deg"):
        return haversine_course(samples.latitude_deg, samples.longitude_deg), None
    return distance, speed


def haversine_course(latitude_deg: Column, longitude_deg: Column) -> Column:
    """Cumulative metres along the positions (great circles, R = 6,371,008.8 m). NaN without position."""
    course = np.full(len(latitude_deg), np.nan)
    known = np.flatnonzero((np.abs(latitude_deg) <= 90) & (np.abs(longitude_deg) <= 180))
    latitude, longitude = np.radians(latitude_deg[known]), np.radians(longitude_deg[known])
    squares = np.cos(latitude[1:]) * np.cos(latitude[:-1]) * np.sin(np.diff(longitude) / 2) ** 2
    squares += np.sin(np.diff(latitude) / 2) ** 2
    steps = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(squares, 1.0)))
    course[known] = np.concatenate(([0.0], np.cumsum(steps)))[: len(known)]
    return course
