"""The cumulative distance of one activity: from the device's readings, else from the positions.

A device's distance may start again, step back or show other numbers for a while. From positions, excursions
of the receiver are dropped. FORMULAS, "Reading files", has the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.recording import Column

from .excursions import find_excursions, find_highest_speed_mps
from .resampling import haversine_m, mask_invalid_positions, mask_out_of_range

RowMask = npt.NDArray[np.bool_]

DISTANCE_RANGE_M = (0.0, 1e7)
RESTART_STEP_M = 50.0
"""A step back of more is a new start. A smaller one is a wobble: the readings that contradict each other are
dropped."""

RESTART_NEAR_ZERO_M = 10.0
"""A step back of more than this, to less than this, is a new start too: the watch was restarted early."""

JUMP_SLACK_M = 20.0

USUAL_INTERVALS = 2.0
MIN_GLITCH_M = 100.0
"""A shorter excursion in the device's own distance is not worth a warning. A shorter step always counts."""


@dataclass(frozen=True, slots=True)
class ActivityDistance:
    """Readings with a cumulative distance from 0. `has_glitch`: positions jumped away and back."""

    readings: dict[str, Column]
    has_glitch: bool


def complete_distance(
    readings: Mapping[str, Column],
    sport: str,
    start_unix_s: float,
    total_m: float | None,
    *,
    is_cut: bool = False,
) -> ActivityDistance:
    """The readings of one activity with its distance: recorded, else counted from the positions.

    If there is a `segment` column, the gap between two segments is not counted. With `is_cut`, records before
    these were dropped. Their distance does not count.
    """
    filled = dict(readings)
    excursions = find_excursions(readings, sport)
    if (readings["distance_m"] > 0).any():
        recorded_m = join_stretches(readings["distance_m"], readings["unix_s"], sport)
        time_s = readings["unix_s"] - start_unix_s
        filled["distance_m"] = (
            _subtract_first(recorded_m)
            if is_cut
            else start_distance_at_zero(recorded_m, time_s, sport, total_m)
        )
        return ActivityDistance(filled, _has_jumps(filled["distance_m"], excursions, readings))
    for name in ("latitude_deg", "longitude_deg"):
        filled[name] = np.where(excursions, np.nan, readings[name])
    filled["distance_m"], has_jumps = _count_distance_m(filled, excursions, find_highest_speed_mps(sport))
    return ActivityDistance(filled, has_jumps or bool(excursions.any()))


def join_stretches(distance_m: Column, unix_s: Column, sport: str) -> Column:
    """A cumulative distance that never falls: a stretch that starts again is added to the one before.

    Readings of a different level that return to the former one are dropped. NaN stays NaN.
    """
    joined_m = mask_out_of_range(distance_m, DISTANCE_RANGE_M)
    rows = np.flatnonzero(np.isfinite(joined_m))
    if len(rows) and _find_restarts(joined_m[rows]).any():
        rows = rows[~_find_other_levels(joined_m[rows], unix_s[rows], find_highest_speed_mps(sport))]
        known_m = _add_stretches(joined_m[rows], unix_s[rows], find_highest_speed_mps(sport))
    else:
        known_m = _drop_wobbles(joined_m[rows])
    joined_m = np.full(len(distance_m), np.nan)
    joined_m[rows] = known_m
    return joined_m


def _find_restarts(distance_m: Column) -> RowMask:
    """Whether the distance starts again, for each step between two readings."""
    steps_m = np.diff(distance_m)
    near_zero = (steps_m < -RESTART_NEAR_ZERO_M) & (distance_m[1:] < RESTART_NEAR_ZERO_M)
    return (steps_m < -RESTART_STEP_M) | near_zero


def _find_other_levels(distance_m: Column, unix_s: Column, highest_mps: float) -> RowMask:
    """Readings between a jump and the jump back to where a runner can be by then."""
    steps_m = np.diff(distance_m)
    restarts = _find_restarts(distance_m)
    jumps = steps_m > JUMP_SLACK_M + highest_mps * np.diff(unix_s)
    dropped = np.zeros(len(distance_m), np.bool_)
    before: int | None = None
    for step in np.flatnonzero(restarts | jumps).tolist():
        if before is not None and restarts[before] != restarts[step]:
            net_m = distance_m[step + 1] - distance_m[before]
            most_m = JUMP_SLACK_M + highest_mps * (unix_s[step + 1] - unix_s[before])
            if -RESTART_NEAR_ZERO_M <= net_m <= most_m:
                dropped[before + 1 : step + 1] = True
                before = None
                continue
        before = step
    return dropped


def _add_stretches(distance_m: Column, unix_s: Column, highest_mps: float) -> Column:
    """Each stretch added to the former, with the metres between them."""
    restarts = np.flatnonzero(_find_restarts(distance_m)) + 1
    between_m = _estimate_metres_between(distance_m, unix_s, restarts, highest_mps)
    joined_m = np.empty(len(distance_m))
    level_m = highest_m = 0.0
    for begin, end, metres in zip(
        [0, *restarts], [*restarts, len(distance_m)], [0.0, *between_m], strict=True
    ):
        if begin:
            level_m = highest_m + metres - distance_m[begin]
        joined_m[begin:end] = level_m + _drop_wobbles(distance_m[begin:end])
        highest_m = level_m + distance_m[begin:end].max()
    return joined_m


def _drop_wobbles(distance_m: Column) -> Column:
    """NaN where the distance was higher before or is lower later. How far the athlete was is not known."""
    highest_m = np.maximum.accumulate(distance_m)
    lowest_m = np.minimum.accumulate(distance_m[::-1])[::-1]
    return np.where((distance_m < highest_m) | (distance_m > lowest_m), np.nan, distance_m)


def _estimate_metres_between(
    distance_m: Column, unix_s: Column, restarts: npt.NDArray[np.intp], highest_mps: float
) -> Column:
    """The metres before the first reading of each new stretch: that reading, if a runner can run so far.

    In a usual interval at least those of the slower interval beside it: the athlete went on.
    """
    steps_s, steps_m = np.diff(unix_s), np.maximum(np.diff(distance_m), 0.0)
    seconds = steps_s[restarts - 1]
    first_m = distance_m[restarts]
    counted_m = np.where(first_m <= JUMP_SLACK_M + highest_mps * seconds, first_m, 0.0)
    speed_mps = np.append(steps_m / steps_s, 0.0)
    beside_mps = np.minimum(speed_mps[np.maximum(restarts - 2, 0)], speed_mps[restarts])
    is_usual = seconds <= USUAL_INTERVALS * np.median(steps_s)
    metres: Column = np.maximum(counted_m, np.where(is_usual, beside_mps * seconds, 0.0))
    return metres


def start_distance_at_zero(distance_m: Column, time_s: Column, sport: str, total_m: float | None) -> Column:
    """A distance that starts at 0.

    Some devices continue the distance of the activity before. This is so if the total fits better after the
    first reading is subtracted; without a total, if nobody can get so far by the first reading.
    """
    rows = np.flatnonzero(np.isfinite(distance_m))
    if not len(rows):
        return distance_m
    first_m, last_m = distance_m[rows[0]], distance_m[rows[-1]]
    if total_m is None:
        possible_m = JUMP_SLACK_M + find_highest_speed_mps(sport) * max(time_s[rows[0]], 0.0)
        continues = first_m > possible_m
    else:
        continues = abs(last_m - first_m - total_m) < abs(last_m - total_m)
    return _subtract_first(distance_m) if continues else distance_m


def _subtract_first(distance_m: Column) -> Column:
    known_m = distance_m[np.isfinite(distance_m)]
    from_zero_m: Column = distance_m - known_m[0] if len(known_m) else distance_m
    return from_zero_m


def _count_distance_m(
    readings: Mapping[str, Column], excursions: RowMask, highest_mps: float
) -> tuple[Column, bool]:
    """Cumulative metres at each position, and whether one of the far steps was too fast to count.

    An excursion is bridged evenly. NaN without a position.
    """
    latitude_deg, longitude_deg = mask_invalid_positions(readings["latitude_deg"], readings["longitude_deg"])
    segment = readings.get("segment", np.zeros(len(latitude_deg)))
    distance_m = np.full(len(latitude_deg), np.nan)
    rows = np.flatnonzero(np.isfinite(latitude_deg))
    if not len(rows):
        return distance_m, False
    unix_s = readings["unix_s"]
    steps_m = haversine_m(latitude_deg[rows], longitude_deg[rows])
    steps_m = np.where(np.diff(segment[rows]) == 0, steps_m, 0.0)
    too_fast = (steps_m >= MIN_GLITCH_M) & (steps_m > highest_mps * np.diff(unix_s[rows]))
    distance_m[rows] = np.concatenate([[0.0], np.cumsum(np.where(too_fast, 0.0, steps_m))])
    distance_m[excursions] = np.interp(unix_s[excursions], unix_s[rows], distance_m[rows])
    return distance_m, bool(too_fast.any())


def _has_jumps(distance_m: Column, excursions: RowMask, readings: Mapping[str, Column]) -> bool:
    """Whether the device's own distance follows an excursion of the positions, at least half of the way."""
    return any(
        distance_m[end] - distance_m[begin] > max(0.5 * way_m, MIN_GLITCH_M)
        for begin, end, way_m in _iterate_detours(excursions, readings)
        if np.isfinite(distance_m[[begin, end]]).all()
    )


def _iterate_detours(excursions: RowMask, readings: Mapping[str, Column]) -> Iterator[tuple[int, int, float]]:
    """(last row before, first row after, metres there and back) of each excursion."""
    if not excursions.any():
        return
    edges = np.diff(np.concatenate([[False], excursions, [False]]).astype(np.int8))
    ways_m = np.nan_to_num(haversine_m(readings["latitude_deg"], readings["longitude_deg"]))
    for first, after in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
        if first > 0 and after < len(excursions):
            yield int(first - 1), int(after), float(ways_m[first - 1 : after].sum())
