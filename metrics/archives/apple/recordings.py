"""Make a Recording of a workout, its route and its heart rates."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np

from metrics.recording import Pause, Recording, Samples, Totals

from .heart_rates import Rows
from .routes import RoutePoints, select_window
from .sources import Source
from .workouts import Workout

MATCH_S = 1.5
"""A heart rate belongs to a point of the route that is at most so far away."""
MIN_READINGS = 2
MAX_ROWS = 75_000
"""A TCX file of more rows is too large to be read. So many are 21 hours at one a second."""


def choose_heart_rates(workout: Workout, rows: Rows, sources: Sequence[Source]) -> Rows:
    """The readings of one source: the workout's own, else the one that is preferred."""
    numbers, counts = np.unique(rows[:, 2], return_counts=True)
    candidates = [
        (number != workout.source, sources[int(number)].rank, -int(count), int(number))
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
        if count >= MIN_READINGS
    ]
    return rows[rows[:, 2] == min(candidates)[3]] if candidates else rows[:0]


def build_workout_recording(
    workout: Workout, route: RoutePoints, heart_rates: Rows, source: Source
) -> Recording | None:
    """The recording of a workout; None if neither route nor heart rates have two instants."""
    start_s = workout.start.unix_s
    route = _sort_instants(select_window(route, start_s, workout.end.unix_s))
    beats = _sort_instants(select_window(heart_rates, start_s, workout.end.unix_s))
    if max(len(route), len(beats)) < MIN_READINGS:
        return None
    table = _join_rows(route, beats, np.array([start_s, workout.end.unix_s]))
    pauses = [
        (begin, end)
        for begin, end in sorted(workout.pauses)
        if start_s <= begin and end <= workout.end.unix_s
    ]
    table = _thin_rows(_remove_pauses(table, pauses))
    missing = np.full(len(table), nan)
    samples = Samples(
        time_s=table[:, 0] - start_s,
        distance_m=missing,
        latitude_deg=table[:, 1],
        longitude_deg=table[:, 2],
        altitude_m=table[:, 3],
        speed_mps=np.where(table[:, 4] >= 0, table[:, 4], nan),  # Apple writes -1 for an unknown speed
        heart_rate_bpm=table[:, 5],
        cadence_spm=missing,
        power_w=missing,
    )
    return Recording(
        sport=workout.sport,
        started_at=workout.started_at,
        totals=Totals(
            duration_s=workout.duration_s or workout.elapsed_s,
            elapsed_s=workout.elapsed_s,
            distance_m=workout.distance_m,
            avg_hr_bpm=workout.avg_hr_bpm,
            max_hr_bpm=workout.max_hr_bpm,
            calories_kcal=workout.energy_kcal,
        ),
        samples=samples,
        pauses=tuple(Pause(begin - start_s, end - start_s) for begin, end in pauses),
        sub_sport=workout.sub_type,
        device=source.device,
    )


def _sort_instants(rows: RoutePoints) -> RoutePoints:
    """In order of time, one row for each instant: Apple often writes two points of one second."""
    _, places = np.unique(rows[:, 0], return_index=True)
    return rows[places]


def _join_rows(route: RoutePoints, beats: Rows, edges: RoutePoints) -> RoutePoints:
    """Rows of (unix second, latitude, longitude, altitude, speed, heart rate).

    A heart rate goes to the nearest point of the route, or has a row of its own. The first and the last
    instant of the workout have rows too.
    """
    table = np.full((len(route), 6), nan)
    table[:, :5] = route
    near = _find_nearest(table[:, 0], beats[:, 0])
    matched = near >= 0
    table[near[matched], 5] = beats[matched, 1]
    others = np.full((int((~matched).sum()), 6), nan)
    others[:, 0], others[:, 5] = beats[~matched, 0], beats[~matched, 1]
    empty = np.full((len(edges), 6), nan)
    empty[:, 0] = edges
    return _sort_instants(np.concatenate([table, others, empty]))


def _remove_pauses(table: RoutePoints, pauses: Sequence[tuple[float, float]]) -> RoutePoints:
    """Drop what was recorded while the timer was stopped."""
    kept = np.ones(len(table), bool)
    for begin, end in pauses:
        kept &= (table[:, 0] <= begin) | (table[:, 0] >= end)
    return table[kept]


def _thin_rows(table: RoutePoints) -> RoutePoints:
    """Every second row, or every third, …, and the last one."""
    step = -(-len(table) // MAX_ROWS)
    return table if step <= 1 else np.concatenate([table[:-1:step], table[-1:]])


def _find_nearest(instants: RoutePoints, wanted: RoutePoints) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The place of the nearest instant for each wanted one; -1 if it is too far away."""
    if not len(instants):
        return np.full(len(wanted), -1, np.intp)
    after = np.searchsorted(instants, wanted).clip(0, len(instants) - 1)
    before = (after - 1).clip(0)
    is_before = np.abs(instants[before] - wanted) <= np.abs(instants[after] - wanted)
    near = np.where(is_before, before, after)
    return np.where(np.abs(instants[near] - wanted) <= MATCH_S, near, -1)
