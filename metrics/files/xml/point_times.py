"""Give every track point a time: points between timed ones, and many points with one coarse time.

Some exports time every sixtieth point, or write times to the minute. The way along all points counts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from metrics.files.resampling import haversine_m, mask_invalid_positions
from metrics.files.stale_records import LONG_HOLE_S
from metrics.recording import Column

MIN_POINTS_PER_TIME = 3.0
MIN_POINTS_PER_MINUTE = 2.0
"""Times are coarse from so many points per time on, in the median; whole minutes from fewer on."""

STANDING_M = 0.001
"""Added to each step, so that standing points are spread evenly."""


def fill_point_times(readings: dict[str, Column]) -> Column:
    """The times of the points, unix seconds, in the order of the file. NaN where none can be given.

    A point without a time gets it from the timed points before and after it in its segment, by its way. After
    the last timed point of a segment, and before the first one of the file, the mean speed of the segment
    holds.
    """
    unix_s = readings["unix_s"].copy()
    positions = mask_invalid_positions(readings["latitude_deg"], readings["longitude_deg"])
    timed = np.isfinite(unix_s)
    untimed = np.flatnonzero(~timed & np.isfinite(positions[0]))
    if timed.sum() >= 2 and len(untimed):
        unix_s[untimed] = _interpolate_times(
            unix_s, untimed, np.flatnonzero(timed), positions, readings["segment"]
        )
    is_on_way = np.isfinite(positions[0]) | np.isfinite(readings["distance_m"])
    return spread_coarse_times(unix_s, is_on_way, readings["segment"])


def _interpolate_times(
    unix_s: Column,
    untimed: npt.NDArray[np.intp],
    timed: npt.NDArray[np.intp],
    positions: tuple[Column, Column],
    segment: Column,
) -> Column:
    way_m = np.concatenate([[0.0], np.cumsum(np.nan_to_num(haversine_m(*positions)) + STANDING_M)])
    after = np.searchsorted(timed, untimed)
    before, after = timed[(after - 1).clip(0)], timed[after.clip(max=len(timed) - 1)]
    is_between = (before < untimed) & (untimed < after) & (segment[before] == segment[after])
    is_between &= (unix_s[after] > unix_s[before]) & (unix_s[after] - unix_s[before] < LONG_HOLE_S)
    share = (way_m[untimed] - way_m[before]) / np.where(is_between, way_m[after] - way_m[before], 1.0)
    between_s = unix_s[before] + share * (unix_s[after] - unix_s[before])
    return np.where(is_between, between_s, _extrapolate_times(unix_s, untimed, timed, way_m, segment))


def _extrapolate_times(
    unix_s: Column,
    untimed: npt.NDArray[np.intp],
    timed: npt.NDArray[np.intp],
    way_m: Column,
    segment: Column,
) -> Column:
    """The times of points after the last timed one of their segment, and before the first one, else NaN."""
    numbers, firsts, counts = np.unique(segment[timed], return_index=True, return_counts=True)
    place = np.searchsorted(numbers, segment[untimed]).clip(max=len(numbers) - 1)
    first, last = timed[firsts[place]], timed[firsts[place] + counts[place] - 1]
    seconds, metres = unix_s[last] - unix_s[first], way_m[last] - way_m[first]
    is_outside = (numbers[place] == segment[untimed]) & ((untimed < timed[0]) | (untimed > last))
    is_outside &= (last > first) & (seconds > 0) & (seconds < LONG_HOLE_S)
    seconds_per_m = seconds / np.where(is_outside, metres, 1.0)
    near = np.where(untimed > last, last, first)
    return np.where(is_outside, unix_s[near] + (way_m[untimed] - way_m[near]) * seconds_per_m, np.nan)


def spread_coarse_times(unix_s: Column, is_on_way: npt.NDArray[np.bool_], segment: Column) -> Column:
    """Points with the same time are spread evenly up to the next time, if that is usual in the file.

    Only points with a position or a distance are spread.
    """
    rows = np.flatnonzero(np.isfinite(unix_s) & is_on_way)
    if len(rows) < 2 or len(np.unique(unix_s[rows])) == len(rows):
        return unix_s
    times, segments = unix_s[rows], segment[rows]
    is_first = np.insert((np.diff(times) != 0) | (np.diff(segments) != 0), 0, True)
    firsts = np.flatnonzero(is_first)
    sizes = np.diff(np.append(firsts, len(rows)))
    minutes = not (times % 60).any()
    if len(firsts) < 2 or np.median(sizes) < (MIN_POINTS_PER_MINUTE if minutes else MIN_POINTS_PER_TIME):
        return unix_s
    steps_s = np.diff(times[firsts])
    usual_s = float(np.median(steps_s))
    spans_s = np.append(np.where((steps_s > 0) & (steps_s < usual_s), steps_s, usual_s), usual_s)
    last = segments[firsts] != np.append(segments[firsts[1:]], np.nan)
    spans_s[last] *= np.minimum(sizes[last] / np.median(sizes), 1.0)
    group = np.cumsum(is_first) - 1
    spread = unix_s.copy()
    spread[rows] = times + (np.arange(len(rows)) - firsts[group]) / sizes[group] * spans_s[group]
    return spread
