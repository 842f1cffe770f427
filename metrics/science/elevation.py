"""Altitudes of a recording: smoothed, judged, and summed to elevation gain and loss (FORMULAS §1.0, §1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metrics.recording import Column

ALTITUDE_RANGE_M = (-500.0, 9000.0)
# Judgement, chosen on open files with a total of the device: docs/FORMULAS.md has the table.
SMOOTH_S, SLOW_S = 10.0, 30.0
STEP_RANGE_M = (2.0, 10.0)
QUIET_NOISE_M, LOUD_NOISE_M = 0.3, 1.0
LONGEST_HOLE_S = 30.0
MOST_MISSING = 0.20
MOST_RUGGED = 0.12  # metres of unexplained altitude change per metre run


def valid_altitudes(altitude_m: Column) -> Column:
    """Altitudes that are possible on Earth's surface. Others become NaN."""
    lowest, highest = ALTITUDE_RANGE_M
    return np.where((altitude_m >= lowest) & (altitude_m <= highest), altitude_m, np.nan)


def smooth_altitude(time_s: Column, altitude_m: Column, window_s: float) -> Column:
    """The mean over `window_s` around each sample, weighted by time. Shorter and symmetric at both ends.

    Times ascend and altitudes are finite. Between samples the altitude is a straight line, so a steady climb
    stays as it is, however often it was recorded.
    """
    half = np.minimum(np.minimum(time_s - time_s[0], time_s[-1] - time_s), window_s / 2)
    areas = np.diff(time_s) * (altitude_m[1:] + altitude_m[:-1]) / 2
    total = np.concatenate(([0.0], np.cumsum(areas)))
    area = _integral(time_s, altitude_m, total, time_s + half)
    area -= _integral(time_s, altitude_m, total, time_s - half)
    return np.where(half > 0, area / np.maximum(2 * half, 1e-9), altitude_m)


def _integral(time_s: Column, altitude_m: Column, total: Column, at_s: Column) -> Column:
    """Area below the straight lines from the first sample to each instant of `at_s`."""
    place = np.clip(np.searchsorted(time_s, at_s, "right") - 1, 0, len(time_s) - 2)
    passed = at_s - time_s[place]
    slope = (altitude_m[place + 1] - altitude_m[place]) / (time_s[place + 1] - time_s[place])
    area: Column = total[place] + passed * (altitude_m[place] + slope * passed / 2)
    return area


@dataclass(frozen=True, eq=False)
class Altitudes:
    """The known altitudes of a recording, at least two, in order of time.

    `missing_share` is the share of the recorded time in holes of over 30 s. `distance_m` is the length of the
    whole course.
    """

    time_s: Column
    recorded_m: Column
    missing_share: float
    distance_m: float

    @cached_property
    def slow_m(self) -> Column:
        """The mean over 30 s."""
        return smooth_altitude(self.time_s, self.recorded_m, SLOW_S)

    @cached_property
    def noise_m(self) -> float:
        """Standard deviation of the recorded altitudes from their 30 s mean."""
        return float(np.std(self.recorded_m - self.slow_m))

    @cached_property
    def smooth_m(self) -> Column:
        """The mean over 10 s; over 30 s if the altitudes are noisy."""
        if self.noise_m > LOUD_NOISE_M:
            return self.slow_m
        return smooth_altitude(self.time_s, self.recorded_m, SMOOTH_S)

    @property
    def step_m(self) -> float:
        """The smallest climb that counts: 2 m, and more with the noise, up to 10 m."""
        noise = max(self.noise_m - QUIET_NOISE_M, 0.0)
        return float(np.clip(STEP_RANGE_M[0] + noise, *STEP_RANGE_M))

    @cached_property
    def gain_loss_m(self) -> tuple[float, float]:
        return elevation_gain_loss(self.smooth_m, self.step_m)

    @cached_property
    def are_trusted(self) -> bool:
        """Whether at most 20 % are missing, and climbs explain the way up and down but for 0.12 per metre."""
        if self.missing_share > MOST_MISSING:
            return False
        unexplained_m = float(np.abs(np.diff(self.slow_m)).sum()) - sum(self.gain_loss_m)
        return unexplained_m <= MOST_RUGGED * self.distance_m

    def vertical_mps(self, at_s: Column) -> Column:
        """Vertical speed: from the mean of the 30 s before each instant to that of the 30 s after it."""
        ahead = np.interp(at_s + SLOW_S / 2, self.time_s, self.slow_m)
        behind = np.interp(at_s - SLOW_S / 2, self.time_s, self.slow_m)
        speed: Column = (ahead - behind) / SLOW_S
        return speed


def read_altitudes(time_s: Column, altitude_m: Column, distance_m: float) -> Altitudes | None:
    """The altitudes of samples at ascending times. None if fewer than two are valid."""
    known = np.flatnonzero(np.isfinite(altitude_m))
    if len(known) < 2:
        return None
    edges = np.concatenate(([0], known, [len(time_s) - 1]))
    holes_s = np.diff(time_s[edges])
    are_missing = (np.diff(edges) > 1) & (holes_s > LONGEST_HOLE_S)
    missing_share = float(holes_s[are_missing].sum()) / float(time_s[-1] - time_s[0])
    return Altitudes(time_s[known], altitude_m[known], missing_share, distance_m)


def elevation_gain_loss(altitude_m: Column, step_m: float = STEP_RANGE_M[1]) -> tuple[float, float]:
    """(gain, loss) in metres, both ≥ 0. Altitudes are finite and in order of time.

    A turning point counts if it is at least `step_m` above or below the last counted point. Smaller changes
    are noise. gain - loss differs from the net climb by less than `step_m`.
    """
    gain = loss = 0.0
    turns = _turning_points(altitude_m)
    counted = turns[0] if turns else 0.0
    for altitude in turns:
        climb = altitude - counted
        if climb >= step_m:
            gain += climb
        elif -climb >= step_m:
            loss -= climb
        else:
            continue
        counted = altitude
    return gain, loss


def _turning_points(altitude_m: Column) -> list[float]:
    changed = altitude_m[np.diff(altitude_m, prepend=np.nan) != 0]
    rising = np.diff(changed) > 0
    is_turn = np.ones(len(changed), dtype=bool)
    is_turn[1:-1] = rising[1:] != rising[:-1]
    points: list[float] = changed[is_turn].tolist()
    return points
