"""The fastest stretches of a run over standard distances (FORMULAS §1.1, §1.2)."""

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

    `duration_s` is moving time, `elapsed_s` the clock's time over the same stretch, which begins `start_s`
    seconds after the start of the activity.
    """

    distance_m: float
    duration_s: float
    elapsed_s: float
    start_s: float


def fastest_window(speed_mps: Column, distance_m: float, breaks_s: Column) -> tuple[float, int] | None:
    """(seconds, start second) of the quickest `distance_m` of a 1 Hz series without one of `breaks_s` inside.

    Windows start at whole seconds and end where the distance is reached. None if the run is too short.
    """
    course = np.concatenate(([0.0], np.cumsum(speed_mps)))
    starts = int(np.searchsorted(course, course[-1] - distance_m + _TOLERANCE_M, "right"))
    if starts == 0:
        return None
    return _quickest(course, starts, distance_m, breaks_s)


def _quickest(course: Column, starts: int, distance_m: float, breaks_s: Column) -> tuple[float, int] | None:
    start = np.arange(starts)
    end = np.interp(course[:starts] + distance_m, course, np.arange(len(course)))
    taken = end - start
    if len(breaks_s):
        next_break = np.append(breaks_s, np.inf)[np.searchsorted(breaks_s, start, "right")]
        taken = np.where(end <= next_break, taken, np.inf)
    first = int(np.argmin(taken))
    return (float(taken[first]), first) if np.isfinite(taken[first]) else None


def best_efforts(
    axis: MovingAxis, speed_mps: Column, distances_m: tuple[float, ...] = DISTANCES_M
) -> tuple[BestEffort, ...]:
    """The best effort over each distance the run is long enough for, shortest first.

    `speed_mps` is the run's speed (not graded) on the moving-time axis. Windows with a GAP or GLITCH inside
    are passed over; a distance whose best effort would mean a VDOT above 90 is left out.
    """
    breaks = axis.breaks_s(GAP, GLITCH)
    found: list[BestEffort] = []
    for distance in distances_m:
        window = fastest_window(speed_mps, distance, breaks)
        if window is None or vdot_raw(distance, window[0]) > VDOT_RANGE[1]:
            continue
        taken, start = window
        start_clock, end_clock = axis.clock_s(start), axis.clock_s(start + taken, at_end=True)
        found.append(BestEffort(distance, taken, end_clock - start_clock, start_clock))
    return tuple(found)


def race_vdot(
    efforts: tuple[BestEffort, ...], distance_m: float | None, elapsed_s: float | None
) -> float | None:
    """VDOT of a race: the highest of the whole and its best efforts from 1,500 m, all in elapsed time."""
    stretches = [(e.distance_m, e.elapsed_s) for e in efforts if e.distance_m >= MIN_DISTANCE_M]
    values = [vdot(*stretch) for stretch in [(distance_m, elapsed_s), *stretches]]
    return max((value for value in values if value is not None), default=None)
