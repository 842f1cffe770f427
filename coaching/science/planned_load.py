"""Estimate the training load and the length of a planned session without them (FORMULAS §4). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from metrics.science.load import PLANNED_INTENSITY, load_duration, load_planned, planned_minutes

EASY_ZONE = 1  # the zone if the plan gives none
USUAL_THRESHOLD_MPS = 1000 / 300  # of an athlete who is not known: a plan is for many [J]
Step = Mapping[str, Any]


def expected_load(
    sport: str,
    duration_s: float | None,
    distance_m: float | None,
    zone: int | None,
    steps: Sequence[Step],
    threshold_mps: float | None,
) -> float | None:
    """A run uses its steps, else its zone (easy by default). Other sports use the duration.

    A distance is converted to time with the athlete's `threshold_mps`. Returns None if that is unknown.
    """
    if sport != "run":
        return load_duration(duration_s / 60, sport) if duration_s else None
    timed = [part for step in steps for part in _step_parts(step, threshold_mps)]
    if not timed or None in timed:
        return _load_without_steps(duration_s, distance_m, zone, threshold_mps)
    return load_planned([part for part in timed if part is not None])


@lru_cache(maxsize=4096)  # plans repeat the same runs
def _load_without_steps(
    duration_s: float | None, distance_m: float | None, zone: int | None, threshold_mps: float | None
) -> float | None:
    part = _timed_part(duration_s, distance_m, zone, threshold_mps)
    return None if part is None else load_planned([part])


def measure_steps(sport: str, steps: Sequence[Step]) -> tuple[float | None, float | None]:
    """The seconds of a session that is given by its steps, or the metres if all steps are distances.

    If there are both, a run's distances count as the time of a usual runner in their zones. (None, None):
    unknown, as for such a session of another sport.
    """
    lengths = [length for step in steps for length in _step_lengths(step)]
    duration_s, distance_m = (sum(column) for column in zip(*lengths, strict=True)) if lengths else (0.0, 0.0)
    if not (duration_s and distance_m):
        return duration_s or None, distance_m or None
    timed = [part for step in steps for part in _step_parts(step, USUAL_THRESHOLD_MPS)]
    return (60 * sum(part[0] for part in timed if part), None) if sport == "run" else (None, None)


def _step_lengths(step: Step) -> list[tuple[float, float]]:
    """(seconds, metres) of all repetitions of each part, and of the easy running between."""
    repeat = step.get("repeat") or 1
    inner = [length for part in step.get("steps") or () for length in _step_lengths(part)]
    if not inner:
        duration_s = step.get("duration") or 0.0
        inner = [(duration_s, 0.0 if duration_s else step.get("distance") or 0.0)]
    between_s = (step.get("recovery") or 0.0) * (repeat - 1)
    return [*((repeat * seconds, repeat * metres) for seconds, metres in inner), (between_s, 0.0)]


def _step_parts(step: Step, threshold_mps: float | None) -> list[tuple[float, float] | None]:
    """(minutes, intensity) of all repetitions of each part, and of the easy running between.

    None for an unknown time. Load is proportional to time, so repetitions need no parts of their own.
    """
    repeat = step.get("repeat") or 1
    inner = [part for step_part in step.get("steps") or () for part in _step_parts(step_part, threshold_mps)]
    if not inner:
        inner = [_timed_part(step.get("duration"), step.get("distance"), step.get("zone"), threshold_mps)]
    parts = [part and (repeat * part[0], part[1]) for part in inner]
    between = _timed_part((repeat - 1) * (step.get("recovery") or 0.0), None, EASY_ZONE, threshold_mps)
    return [*parts, between] if between else parts


def _timed_part(
    duration_s: float | None, distance_m: float | None, zone: int | None, threshold_mps: float | None
) -> tuple[float, float] | None:
    intensity = PLANNED_INTENSITY[f"z{zone or EASY_ZONE}"]
    if duration_s:
        return duration_s / 60, intensity
    if distance_m and threshold_mps:
        return planned_minutes(distance_m, intensity, threshold_mps), intensity
    return None
