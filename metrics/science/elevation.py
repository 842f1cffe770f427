"""Altitudes of a recording: smoothed, judged, and summed to elevation gain and loss (FORMULAS §1.0, §1.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np

from metrics.recording import Column
from metrics.science.course import Flags, Indices

ALTITUDE_RANGE_M = (-500.0, 9000.0)
# Judgement, chosen on open files with a total of the device: docs/FORMULAS.md has the table.
SMOOTH_S, SLOW_S = 10.0, 30.0
STEP_RANGE_M = (2.5, 10.0)
QUIET_NOISE_M, LOUD_NOISE_M = 0.3, 1.0
LONGEST_HOLE_S = 30.0
MOST_MISSING = 0.20
JUMP_M, JUMP_MPS = 30.0, 5.0  # up or down, in one step: judgement
MOST_RUGGED = 0.12  # metres of unexplained altitude change per metre run


def valid_altitudes(altitude_m: Column) -> Column:
    """Altitudes that are possible on Earth's surface. Others become NaN."""
    lowest, highest = ALTITUDE_RANGE_M
    return np.where((altitude_m >= lowest) & (altitude_m <= highest), altitude_m, np.nan)


def _find_reachable(time_s: Column, altitude_m: Column, rows: Indices) -> Indices:
    """The rows without spikes, and without zeros of a sensor that has no reading.

    Jumps split the altitudes into parts. The largest part stays, and each part before or after it that the
    athlete can reach from those that stay.
    """
    jumps = np.flatnonzero(_are_jumps(np.diff(time_s[rows]), np.diff(altitude_m[rows])))
    if not len(jumps):
        return rows
    parts = np.split(rows, jumps + 1)
    largest = max(range(len(parts)), key=lambda number: len(parts[number]))
    reachable = np.isfinite(altitude_m)
    for others in (parts[largest:], [part[::-1] for part in parts[largest::-1]]):
        for part in _iterate_unreachable(time_s, altitude_m, others):
            reachable[part] = False
    return np.flatnonzero(reachable)


def _iterate_unreachable(time_s: Column, altitude_m: Column, parts: Sequence[Indices]) -> Iterator[Indices]:
    """The parts that start a jump away from the end of the last one before that does not."""
    at = parts[0][-1]
    for part in parts[1:]:
        if _are_jumps(np.abs(time_s[part[0]] - time_s[at]), altitude_m[part[0]] - altitude_m[at]):
            yield part
        else:
            at = part[-1]


def _are_jumps(seconds: Column, climb_m: Column) -> Flags:
    jumps: Flags = np.abs(climb_m) > np.maximum(JUMP_M, JUMP_MPS * seconds)
    return jumps


def smooth_altitude(time_s: Column, altitude_m: Column, window_s: float) -> Column:
    """The mean over `window_s` around each sample, weighted by time. At both ends its line goes on.

    Times ascend and altitudes are finite. Between samples the altitude is a straight line, so a steady climb
    stays as it is, however often it was recorded.
    """
    half = min(window_s, (time_s[-1] - time_s[0]) / 2) / 2
    first, last = time_s[0] + half, time_s[-1] - half
    at_s = np.clip(time_s, first, last)
    areas = np.diff(time_s) * (altitude_m[1:] + altitude_m[:-1]) / 2
    total = np.concatenate(([0.0], np.cumsum(areas)))
    middles_s = np.concatenate((at_s, [first, first + half, last - half, last]))
    area = _integral(time_s, altitude_m, total, middles_s + half)
    area -= _integral(time_s, altitude_m, total, middles_s - half)
    mean_m = area / (2 * half)
    smooth_m: Column = mean_m[:-4]
    start_m, after_m, before_m, end_m = mean_m[-4:]
    rate_mps = np.where(time_s < first, after_m - start_m, end_m - before_m) / half
    smooth_m += rate_mps * (time_s - at_s)
    return smooth_m


def _integral(time_s: Column, altitude_m: Column, total: Column, at_s: Column) -> Column:
    """Area below the straight lines from the first sample to each instant of `at_s`."""
    place = np.minimum(np.interp(at_s, time_s, np.arange(len(time_s))).astype(np.intp), len(time_s) - 2)
    passed = at_s - time_s[place]
    slope = (altitude_m[place + 1] - altitude_m[place]) / (time_s[place + 1] - time_s[place])
    area: Column = total[place] + passed * (altitude_m[place] + slope * passed / 2)
    return area


@dataclass(frozen=True, eq=False)
class Altitudes:
    """The known altitudes of a recording, at least two, in order of time. `rows` are their samples.

    `missing_share` is the share of the recorded time in holes of over 30 s, or of the readings behind jumps.
    `distance_m` is the length of the whole course.
    """

    rows: Indices
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
        """Standard deviation of the recorded altitudes from their course.

        That is the 30 s mean, and what this mean loses of a hill: as much as it loses when it is taken twice.
        """
        twice_m = smooth_altitude(self.time_s, self.slow_m, SLOW_S)
        return float(np.std(self.recorded_m - 2 * self.slow_m + twice_m))

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
    valid_m = valid_altitudes(altitude_m)
    recorded = np.flatnonzero(np.isfinite(valid_m))
    known = _find_reachable(time_s, valid_m, recorded)
    if len(known) < 2:
        return None
    edges = np.concatenate(([0], known, [len(time_s) - 1]))
    holes_s = np.diff(time_s[edges])
    are_missing = (np.diff(edges) > 1) & (holes_s > LONGEST_HOLE_S)
    missing_share = float(holes_s[are_missing].sum()) / float(time_s[-1] - time_s[0])
    missing_share = max(missing_share, 1 - len(known) / len(recorded))
    return Altitudes(known, time_s[known], valid_m[known], missing_share, distance_m)


def elevation_gain_loss(altitude_m: Column, step_m: float = STEP_RANGE_M[1]) -> tuple[float, float]:
    """(gain, loss) in metres, both ≥ 0. Altitudes are finite and in order of time.

    A climb of at least `step_m` ends at its highest point once the course has fallen by `step_m` from there,
    and a descent likewise. Smaller changes are noise.
    """
    gain = loss = 0.0
    direction, lowest, highest = 0, inf, -inf  # since the last turn that counts
    for altitude in _turning_points(altitude_m):
        if direction <= 0 and altitude - lowest >= step_m:
            loss -= direction * (highest - lowest)
            direction, highest = 1, altitude
        elif direction >= 0 and highest - altitude >= step_m:
            gain += direction * (highest - lowest)
            direction, lowest = -1, altitude
        else:
            highest, lowest = max(highest, altitude), min(lowest, altitude)
    if direction > 0:
        gain += highest - lowest
    elif direction < 0:
        loss += highest - lowest
    return gain, loss


def _turning_points(altitude_m: Column) -> list[float]:
    changed = altitude_m[np.diff(altitude_m, prepend=np.nan) != 0]
    rising = np.diff(changed) > 0
    is_turn = np.ones(len(changed), dtype=bool)
    is_turn[1:-1] = rising[1:] != rising[:-1]
    points: list[float] = changed[is_turn].tolist()
    return points
