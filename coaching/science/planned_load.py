"""Estimate the training load of a planned session without a load (FORMULAS §4). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from metrics.science.load import PLANNED_INTENSITY, load_duration, load_planned, planned_minutes

EASY_ZONE = 1  # the zone if the plan gives none
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


def _step_parts(step: Step, threshold_mps: float | None) -> list[tuple[float, float] | None]:
    """(minutes, intensity) of each repetition and of the easy running between. None for an unknown time."""
    repeat = step.get("repeat") or 1
    work = _timed_part(step.get("duration"), step.get("distance"), step.get("zone"), threshold_mps)
    between = (
        _timed_part(step.get("recovery"), None, EASY_ZONE, threshold_mps) if step.get("recovery") else None
    )
    return [work] * repeat + ([between] * (repeat - 1) if between else [])


def _timed_part(
    duration_s: float | None, distance_m: float | None, zone: int | None, threshold_mps: float | None
) -> tuple[float, float] | None:
    intensity = PLANNED_INTENSITY[f"z{zone or EASY_ZONE}"]
    if duration_s:
        return duration_s / 60, intensity
    if distance_m and threshold_mps:
        return planned_minutes(distance_m, intensity, threshold_mps), intensity
    return None
