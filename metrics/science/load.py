"""The formulas of the Astral training load: 100 is one hour at threshold (FORMULAS §4).

load = 100 · T/3600 · IF². The intensity factor IF is relative to the athlete's threshold and clamped to
0-1.5, so that an hour has a load of at most 225. `metrics.science.training_load` chooses the formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from metrics.recording import Column
from metrics.science.grade import equivalent_distance
from metrics.science.graded_speed import ngs

HIGHEST_INTENSITY = 1.5
RPE_LOAD_PER_HOUR = (0.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 100.0, 120.0, 140.0)  # RPE 0 … 10, Friel
SPORT_LOAD_PER_HOUR = {"run": 60.0, "walk": 30.0, "hike": 30.0, "bike": 45.0, "swim": 45.0}
PLANNED_INTENSITY = {
    "z1": 0.80,
    "z2": 0.94,
    "z3": 1.00,
    "z4": 1.09,
    "z5": 1.17,
    "z6": 1.25,
}  # Daniels; z6 judged


def load_if(duration_s: float, intensity: float) -> float:
    """Load of `duration_s` at a constant intensity factor, clamped to 0-1.5. No duration gives 0."""
    intensity = min(max(intensity, 0.0), HIGHEST_INTENSITY)
    return 100.0 * max(duration_s, 0.0) / 3600.0 * intensity * intensity


def load_stream(graded_mps: Sequence[float] | Column, threshold_mps: float | None) -> float | None:
    """Load of a 1 Hz series of graded speed, from its NGS. None if it is empty or without a threshold."""
    speed = ngs(graded_mps)
    if speed is None or not threshold_mps or threshold_mps <= 0:
        return None
    return load_if(len(graded_mps), speed / threshold_mps)


def load_summary(
    distance_m: float,
    moving_s: float,
    threshold_mps: float | None,
    gain_m: float | None = None,
    loss_m: float | None = None,
) -> float | None:
    """Load from the average speed over the equivalent distance. None without distance, time or threshold."""
    if not distance_m > 0 or not moving_s > 0 or not threshold_mps or threshold_mps <= 0:
        return None
    speed = equivalent_distance(distance_m, gain_m, loss_m) / moving_s
    return load_if(moving_s, speed / threshold_mps)


def load_hr(parts: Iterable[tuple[float, float]], rest_bpm: float, lthr_bpm: float) -> float | None:
    """Load of (minutes, bpm) parts: IF = (HR - rest) / (LTHR - rest). None if LTHR is not above rest."""
    if not lthr_bpm > rest_bpm:
        return None
    reserve = lthr_bpm - rest_bpm
    return sum((load_if(60.0 * minutes, (bpm - rest_bpm) / reserve) for minutes, bpm in parts), 0.0)


def load_rpe(minutes: float, rpe: float) -> float | None:
    """Load from perceived effort (Friel, "Estimating TSS"), linear between integers. None outside 0-10."""
    if not 0 <= rpe <= 10:
        return None
    below = min(int(rpe), 9)
    low, high = RPE_LOAD_PER_HOUR[below : below + 2]
    return max(minutes, 0.0) / 60.0 * (low + (rpe - below) * (high - low))


def session_rpe(minutes: float, rpe: float) -> float | None:
    """Foster's session-RPE in arbitrary units: RPE · minutes (Foster 1998, 2001). None outside 0-10."""
    return rpe * max(minutes, 0.0) if 0 <= rpe <= 10 else None


def load_duration(minutes: float, sport: str) -> float | None:
    """Load from duration: 60 an hour for runs, 30 walk and hike, 45 bike and swim. None for other sports."""
    per_hour = SPORT_LOAD_PER_HOUR.get(sport)
    return None if per_hour is None else max(minutes, 0.0) / 60.0 * per_hour


def load_planned(steps: Iterable[tuple[float, float]]) -> float:
    """Load of planned steps (minutes, IF). PLANNED_INTENSITY has the IF of each target zone."""
    return sum((load_if(60.0 * minutes, intensity) for minutes, intensity in steps), 0.0)


def planned_minutes(distance_m: float, intensity: float, threshold_mps: float) -> float:
    """The minutes of a step that is given by its distance: d / (IF · v_T)."""
    return distance_m / (intensity * threshold_mps) / 60.0
