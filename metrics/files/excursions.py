"""Excursions of a satellite receiver: positions that jump away faster than anybody moves, and come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import cos, hypot, radians

import numpy as np
import numpy.typing as npt

from metrics.recording import Column

from .resampling import EARTH_RADIUS_M, SPORTS_ON_FOOT, haversine_m, mask_invalid_positions
from .time_weights import find_hole_s

RowMask = npt.NDArray[np.bool_]

HIGHEST_SPEED_ON_FOOT_MPS = 12.5
HIGHEST_SPEED_MPS = 40.0
RUNNING_SPEED_MPS = 5.0
"""An activity of an unknown sport is on foot if its usual speed is lower."""

USUAL_SPEEDS = 3.0
"""A jump is so many times faster than the usual speed. A ride that calls itself a run has no jumps."""

LONG_STEP_M, LONG_STEP_MPS = 30.0, 8.0
"""On foot, a long step is a jump from this speed on."""

MAX_DETOUR_S = 120.0
MIN_DETOUR_RATIO = 2.0
"""Positions that leave and come back within two minutes, by twice the direct way."""

MAX_EXCURSION_S, MAX_EXCURSION_SHARE = 1_800.0, 0.5
MIN_FAR_JUMP_M = 100.0
USUAL_SPEED_RATIO = 1.5
"""Longer excursions jump further. Without them the athlete moves on as usual, or both jumps cancel out. They
have at most half of the positions."""

SHORT_EXCURSION_S = 300.0
"""The short ones are found first. So the way between two of them is none."""

OPEN_JUMPS = 30
MAX_JUMPS = 20_000
"""An excursion may jump about before it comes back. With more jumps, the positions are of no use."""

CHAIN_ROWS = 2
MAX_LOST_ROWS, MAX_LOST_S = 10, 60.0
"""Positions before the first jump or after the last one, if they are so few: the receiver had no fix."""

METRES_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180


def find_highest_speed_mps(sport: str) -> float:
    """The speed that nobody exceeds: a sprinter's on foot and in water, a descent's for other sports."""
    return HIGHEST_SPEED_ON_FOOT_MPS if sport in SPORTS_ON_FOOT or sport == "swim" else HIGHEST_SPEED_MPS


def find_excursions(readings: Mapping[str, Column], sport: str) -> RowMask:
    """The rows whose positions belong to an excursion. A change of place that stays is none."""
    found = np.zeros(len(readings["unix_s"]), np.bool_)
    latitude_deg, longitude_deg = mask_invalid_positions(readings["latitude_deg"], readings["longitude_deg"])
    rows = np.flatnonzero(np.isfinite(latitude_deg))
    if len(rows) < 3:
        return found
    segment = readings.get("segment", np.zeros(len(found)))[rows]
    path = _Path(readings["unix_s"][rows], latitude_deg[rows], longitude_deg[rows], segment, sport)
    if path.jumps and len(path.jumps) <= MAX_JUMPS:
        detours = _find_detours(path, path.jumps, SHORT_EXCURSION_S)
        rest = [jump for jump in path.jumps if not detours[jump : jump + 2].any()]
        detours |= _find_detours(path, rest, MAX_EXCURSION_S)
        found[rows] = detours | _find_lost_ends(path, detours)
    return found


def _find_detours(path: _Path, jumps: list[int], longest_s: float) -> RowMask:
    """The rows between a jump and the one that comes back. Jumps in a row are one excursion."""
    found = np.zeros(len(path.unix_s), np.bool_)
    open_jumps: deque[int] = deque(maxlen=OPEN_JUMPS)
    is_closed, previous = False, 0
    for jump in jumps:
        if is_closed and jump - previous > CHAIN_ROWS:
            open_jumps.clear()
            is_closed = False
        begin = next((known for known in open_jumps if path.is_excursion(known, jump, longest_s)), None)
        if begin is None:
            open_jumps.append(jump)
        else:
            found[begin + 1 : jump + 1] = is_closed = True
        previous = jump
    return found


def _find_lost_ends(path: _Path, detours: RowMask) -> RowMask:
    """A few rows before the first jump, or after the last one, of those that do not come back."""
    found = np.zeros(len(path.unix_s), np.bool_)
    unix_s = path.unix_s
    far = [
        jump
        for jump in path.jumps
        if path.steps_m[jump] >= MIN_FAR_JUMP_M and not detours[jump : jump + 2].any()
    ]
    if len(found) < 10 * MAX_LOST_ROWS or not far:
        return found
    first, last = far[0], far[-1]
    if first < MAX_LOST_ROWS and unix_s[first] - unix_s[0] <= MAX_LOST_S:
        found[: first + 1] = True
    if len(found) - 1 - last <= MAX_LOST_ROWS and unix_s[-1] - unix_s[last + 1] <= MAX_LOST_S:
        found[last + 1 :] = True
    return found


class _Path:
    """The positions of an activity, with the steps between them."""

    def __init__(
        self, unix_s: Column, latitude_deg: Column, longitude_deg: Column, segment: Column, sport: str
    ) -> None:
        self.unix_s, self.latitude_deg, self.longitude_deg = unix_s, latitude_deg, longitude_deg
        self.segment = segment
        self.steps_m = haversine_m(latitude_deg, longitude_deg)
        self.way_m = np.concatenate([[0.0], np.cumsum(self.steps_m)])
        steps_s = np.diff(unix_s)
        speed_mps = self.steps_m / steps_s
        moved = (steps_s <= find_hole_s(unix_s)) & (self.steps_m > 0)
        self.usual_mps = float(np.median(speed_mps[moved])) if moved.any() else 0.0
        is_on_foot = sport in SPORTS_ON_FOOT or (sport == "workout" and self.usual_mps < RUNNING_SPEED_MPS)
        self.highest_mps = HIGHEST_SPEED_ON_FOOT_MPS if is_on_foot else find_highest_speed_mps(sport)
        too_fast = speed_mps > self.highest_mps
        if is_on_foot:
            too_fast |= (speed_mps > LONG_STEP_MPS) & (self.steps_m > LONG_STEP_M)
        too_fast &= (speed_mps > USUAL_SPEEDS * self.usual_mps) & (np.diff(segment) == 0)
        self.jumps: list[int] = np.flatnonzero(too_fast).tolist()
        """The steps inside a segment that are too fast, by their first row."""

    def is_excursion(self, out: int, back: int, longest_s: float) -> bool:
        """Whether the steps `out` and `back` belong together, and without them the speed is possible."""
        seconds = float(self.unix_s[back + 1] - self.unix_s[out])
        if seconds > longest_s or self.segment[out] != self.segment[back + 1]:
            return False
        direct_m = hypot(*self._measure(out, back + 1))
        is_detour = self.way_m[back + 1] - self.way_m[out] >= MIN_DETOUR_RATIO * direct_m
        if direct_m > self.highest_mps * seconds:
            return False
        if seconds <= MAX_DETOUR_S and is_detour:
            return True
        if back - out > MAX_EXCURSION_SHARE * len(self.unix_s):
            return False
        shorter_m = float(min(self.steps_m[out], self.steps_m[back]))
        (out_east_m, out_north_m), (back_east_m, back_north_m) = (
            self._measure(row, row + 1) for row in (out, back)
        )
        cancels_out = hypot(out_east_m + back_east_m, out_north_m + back_north_m) <= 0.5 * shorter_m
        moves_on = is_detour and direct_m <= USUAL_SPEED_RATIO * self.usual_mps * seconds
        return shorter_m >= MIN_FAR_JUMP_M and (cancels_out or moves_on)

    def _measure(self, first: int, last: int) -> tuple[float, float]:
        """The metres to the east and to the north between two rows, on a plane."""
        east_deg = (self.longitude_deg[last] - self.longitude_deg[first] + 180) % 360 - 180
        north_deg = self.latitude_deg[last] - self.latitude_deg[first]
        narrowing = cos(radians(self.latitude_deg[first]))
        return float(east_deg) * narrowing * METRES_PER_DEGREE, float(north_deg) * METRES_PER_DEGREE
