"""The fastest parts of a run over standard distances (FORMULAS §1.1, §1.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.recording import Column
from metrics.science.streams import GAP, GLITCH, MovingAxis
from metrics.science.vdot import MIN_DISTANCE_M, VDOT_RANGE, vdot, vdot_raw

DISTANCES_M = (400.0, 800.0, 1000.0, 1609.344, 3000.0, 5000.0, 10000.0, 21097.5, 42195.0)
_TOLERANCE_M = 1e-6


@dataclass(frozen=True, slots=True)
class BestEffort:
    """The fastest `distance_m` of a run.

    It begins `start_s` seconds after the start of the activity. `duration_s` is its moving time, `elapsed_s`
    its clock time with stops.
    """

    distance_m: float
    duration_s: float
    elapsed_s: float
    start_s: float


def fastest_window(speed_mps: Column, distance_m: float, breaks_s: Column) -> tuple[float, int] | None:
    """(seconds, start second) of the fastest `distance_m` of a 1 Hz series. No break lies inside it.

    Windows start at whole seconds and end where the distance is reached. `breaks_s` are ascending seconds.
    None if the run is too short.
    """
    course = np.concatenate(([0.0], np.cumsum(speed_mps)))
    starts = int(np.searchsorted(course, course[-1] - distance_m + _TOLERANCE_M, "right"))
    if starts == 0:
        return None
    return _find_fastest(course, starts, distance_m, breaks_s)


def _find_fastest(
    course: Column, starts: int, distance_m: float, breaks_s: Column
) -> tuple[float, int] | None:
    start = np.arange(starts)
    end = np.interp(course[:starts] + distance_m, course, np.arange(len(course)))
    window_s = end - start
    if len(breaks_s):
        next_break = np.append(breaks_s, np.inf)[np.searchsorted(breaks_s, start, "right")]
        window_s = np.where(end <= next_break, window_s, np.inf)
    fastest = int(np.argmin(window_s))
    return (float(window_s[fastest]), fastest) if np.isfinite(window_s[fastest]) else None


def best_efforts(
    axis: MovingAxis, speed_mps: Column, distances_m: tuple[float, ...] = DISTANCES_M
) -> tuple[BestEffort, ...]:
    """The best effort over each distance that the run reaches, shortest first.

    `speed_mps` is the run's speed (not graded) on the moving-time axis. Windows with a GAP or GLITCH inside
    do not count. A distance is left out if its best effort gives a VDOT above 90.
    """
    breaks = axis.breaks_s(GAP, GLITCH)
    efforts: list[BestEffort] = []
    for distance in distances_m:
        window = fastest_window(speed_mps, distance, breaks)
        if window is None or vdot_raw(distance, window[0]) > VDOT_RANGE[1]:
            continue
        window_s, start = window
        start_clock, end_clock = axis.clock_s(start), axis.clock_s(start + window_s, at_end=True)
        efforts.append(BestEffort(distance, window_s, end_clock - start_clock, start_clock))
    return tuple(efforts)


def race_vdot(
    efforts: tuple[BestEffort, ...], distance_m: float | None, elapsed_s: float | None
) -> float | None:
    """VDOT of a race: the highest of the whole race and its best efforts from 1,500 m, in elapsed time."""
    parts = [(e.distance_m, e.elapsed_s) for e in efforts if e.distance_m >= MIN_DISTANCE_M]
    values = [vdot(*part) for part in [(distance_m, elapsed_s), *parts]]
    return max((value for value in values if value is not None), default=None)
