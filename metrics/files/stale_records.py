"""Find records left over from days before: the clock was wrong, or the memory held an older recording.

A hole of a day or more splits the records, unless the file explains it. The largest part is the recording.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from metrics.recording import Column

DAY_S = 86_400.0
LONG_HOLE_S = 0.9 * DAY_S
"""A hole of about a day: from the end of a recording to the start of one a day later it is a little less."""

TIMER_TOLERANCE = 0.1
"""A total of the timer explains a hole if it is nearer than this to the time of all parts, not of one."""

MAX_DISTANCE_TO_MEDIAN_S = 30 * DAY_S

Hole = tuple[float, float]
"""The unix seconds of the last record before and the first one after it."""


def find_kept_records(unix_s: Column, is_explained: Callable[[Hole], bool]) -> npt.NDArray[np.bool_]:
    """The rows of the largest part. `unix_s` is sorted. Parts around an explained hole belong together."""
    holes = [
        row
        for row in np.flatnonzero(np.diff(unix_s) >= LONG_HOLE_S).tolist()
        if not is_explained((float(unix_s[row]), float(unix_s[row + 1])))
    ]
    bounds = [0, *(row + 1 for row in holes), len(unix_s)]
    sizes = np.diff(bounds)
    largest = len(sizes) - 1 - int(np.argmax(sizes[::-1]))  # the later one of equal parts
    kept = np.zeros(len(unix_s), np.bool_)
    kept[bounds[largest] : bounds[largest + 1]] = True
    return kept


def fits_all_parts(unix_s: Column, timer_s: float | None) -> bool:
    """Whether a total of the timer counts the parts between the holes of a day, and not only the largest."""
    holes = np.flatnonzero(np.diff(unix_s) >= LONG_HOLE_S)
    if timer_s is None or not len(holes):
        return False
    begins, ends = np.insert(holes + 1, 0, 0), np.append(holes, len(unix_s) - 1)
    spans_s = unix_s[ends] - unix_s[begins]
    tolerance_s = TIMER_TOLERANCE * spans_s.sum()
    return bool(abs(timer_s - spans_s.sum()) <= tolerance_s < timer_s - spans_s.max())


def find_possible_dates(unix_s: Column) -> npt.NDArray[np.bool_]:
    """The rows whose dates are possible, for stamps in the order of the file.

    A stamp is wrong if it is days ahead of one after it, or days behind one before it, or months away. Stamps
    of the most usual days are never wrong. (One device dated a record 2085.)
    """
    possible = np.ones(len(unix_s), np.bool_)
    if not len(unix_s) or unix_s.max() - unix_s.min() < LONG_HOLE_S:
        return possible
    ahead = unix_s - np.minimum.accumulate(unix_s[::-1])[::-1] >= LONG_HOLE_S
    behind = np.maximum.accumulate(unix_s) - unix_s >= LONG_HOLE_S
    distant = np.abs(unix_s - np.median(unix_s)) > MAX_DISTANCE_TO_MEDIAN_S
    usual: npt.NDArray[np.bool_] = _find_largest_part(unix_s)
    return usual | ~(ahead | behind | distant)


def _find_largest_part(unix_s: Column) -> npt.NDArray[np.bool_]:
    order = np.argsort(unix_s, kind="stable")
    part = np.empty(len(unix_s), np.intp)
    part[order] = np.insert(np.cumsum(np.diff(unix_s[order]) >= LONG_HOLE_S), 0, 0)
    sizes = np.bincount(part)
    largest: npt.NDArray[np.bool_] = part == len(sizes) - 1 - np.argmax(sizes[::-1])
    return largest
