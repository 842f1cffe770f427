"""The samples of one activity, prepared once for all measurements (FORMULAS §1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metrics.recording import Column, Pause, Samples
from metrics.science.elevation import valid_altitudes
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
ON_FOOT, ON_WHEELS = SpeedLimits(stopped_mps=0.3), SpeedLimits(stopped_mps=0.3, glitch_mps=40.0)
SPEED_LIMITS = {"run": RUNNING, "walk": ON_FOOT, "hike": ON_FOOT, "swim": ON_FOOT}
HIGHEST_GAP_SPEED_MPS = 7.0
GLITCH_SHARE = 0.02
GLITCH_JUMP_M = 100.0
LEAST_RECORDED = 0.5


@dataclass(frozen=True, eq=False)
class Track:
    """An activity's intervals, the altitudes at their ends, and the heart rate of each interval."""

    intervals: Segments
    altitude_m: Column
    heart_rate: HeartRateStream

    @cached_property
    def axis(self) -> MovingAxis:
        return MovingAxis(self.intervals)

    @cached_property
    def speed_mps(self) -> Column:
        """Speed at 1 Hz over the moving time. Not graded."""
        return self.axis.read(self.intervals.speed_mps)

    @property
    def moving_s(self) -> float:
        return self.intervals.seconds(MOVING)

    @property
    def timer_s(self) -> float:
        return self.intervals.seconds(MOVING, STOPPED)

    @property
    def is_sparse(self) -> bool:
        """Whether less than half of the recording's span is MOVING or STOPPED.

        Device pauses do not count in the span, so that a pause changes no load.
        """
        recorded = float(self.intervals.dt_s.sum()) - self.intervals.seconds(PAUSED)
        return self.timer_s < LEAST_RECORDED * recorded

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


def read_track(
    samples: Samples, pauses: Sequence[Pause], sport: str, hr_max_bpm: float | None = None
) -> Track | None:
    """The samples as a Track. None if they have fewer than two different times."""
    distance, speed = _course(samples)
    spans = [(pause.start_s, pause.end_s) for pause in pauses]
    intervals = segments(samples.time_s, distance, speed, spans, SPEED_LIMITS.get(sport, ON_WHEELS))
    if not len(intervals.dt_s):
        return None
    altitude = valid_altitudes(samples.altitude_m[intervals.kept])
    return Track(intervals, altitude, heart_rate_stream(intervals, samples.heart_rate_bpm, hr_max_bpm))


def _course(samples: Samples) -> tuple[Column | None, Column | None]:
    """(distance, None) if recorded, else (None, speed), else (distance of the positions, None)."""
    if samples.has("distance_m"):
        return samples.distance_m, None
    if samples.has("speed_mps"):
        return None, samples.speed_mps
    if samples.has("latitude_deg"):
        return haversine_course(samples.latitude_deg, samples.longitude_deg), None
    return None, None


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
