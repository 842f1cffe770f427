"""The best mean speed of a run over 1 s to 5 h, by the clock (FORMULAS §5.7).

The course is read at whole seconds after the start. Devices record at whole seconds, and the speed changes
only at a sample, so a window of whole seconds that begins or ends at a sample is among those that are tried.
"""

from __future__ import annotations

import numpy as np

from metrics.recording import Column
from metrics.science.best_efforts import LONGEST_BRIDGE_S, find_broken_intervals
from metrics.science.streams import PAUSED, Segments
from metrics.science.vdot import VDOT_RANGE, vdot_raw

CURVE_DURATIONS_S = (
    1, 2, 3, 5, 8, 10, 15, 20, 30, 45,
    60, 75, 90, 120, 150, 180, 240, 300, 360, 420, 480, 600, 720, 900,
    1_080, 1_200, 1_500, 1_800, 2_100, 2_400, 2_700, 3_000, 3_600,
    4_500, 5_400, 6_300, 7_200, 8_100, 9_000, 10_800, 12_600, 14_400, 16_200, 18_000,
)  # fmt: skip
LONGEST_CLOCK_S = 10 * 86_400  # judgement: above this the clock is wrong
SHORTEST_CHECKED_S = 30  # judgement: VDOT says nothing of a sprint; its limit is the speed of a glitch
_TOLERANCE_S = 1e-6


def speed_curve(intervals: Segments, grade_factor: Column | None = None) -> Column:
    """The best mean speed in m/s over each of CURVE_DURATIONS_S. NaN where the run has no such window.

    `grade_factor`: cost of each interval relative to level ground; then the speed is graded. Windows count as
    those of best efforts do: without a GLITCH, without a GAP in which the athlete may have run, and with at
    most 60 s of holes. A speed that gives a VDOT above 90 is left out.
    """
    curve = np.full(len(CURVE_DURATIONS_S), np.nan)
    clock_s = intervals.time_s - intervals.time_s[0]
    if not len(intervals.dt_s) or clock_s[-1] > LONGEST_CLOCK_S:
        return curve
    course_m, broken_s, bridged_s = _read_whole_seconds(intervals, clock_s, grade_factor)
    for place, seconds in enumerate(CURVE_DURATIONS_S):
        if seconds >= len(course_m):
            break
        gained_m = course_m[seconds:] - course_m[:-seconds]
        for passed_s, most_s in ((broken_s, 0.0), (bridged_s, LONGEST_BRIDGE_S)):
            if passed_s[-1] > most_s:  # few recordings have any
                inside_s = passed_s[seconds:] - passed_s[:-seconds]
                gained_m = np.where(inside_s <= most_s + _TOLERANCE_S, gained_m, 0.0)
        best_m = float(gained_m.max())
        if best_m > 0 and not _is_impossible(best_m, seconds):
            curve[place] = best_m / seconds
    return curve


def _read_whole_seconds(
    intervals: Segments, clock_s: Column, grade_factor: Column | None
) -> tuple[Column, Column, Column]:
    """At each whole second of the clock: metres, and seconds of broken and of bridged intervals passed."""
    broken = find_broken_intervals(intervals)
    speed_mps = intervals.speed_mps if grade_factor is None else intervals.speed_mps * grade_factor
    metres = np.where(broken | (intervals.kind == PAUSED), 0.0, speed_mps * intervals.dt_s)
    seconds = np.arange(int(clock_s[-1] + _TOLERANCE_S) + 1, dtype=np.float64)
    course_m, broken_s, bridged_s = (
        np.interp(seconds, clock_s, np.concatenate(([0.0], np.cumsum(column))))
        for column in (
            metres,
            np.where(broken, intervals.dt_s, 0.0),
            np.where(intervals.is_bridged, intervals.dt_s, 0.0),
        )
    )
    return course_m, broken_s, bridged_s


def _is_impossible(distance_m: float, seconds: float) -> bool:
    return seconds >= SHORTEST_CHECKED_S and vdot_raw(distance_m, seconds) > VDOT_RANGE[1]
