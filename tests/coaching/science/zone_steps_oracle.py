"""The load and the length of steps without a kind, computed directly on their JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from metrics.science.load import PLANNED_INTENSITY, load_planned, planned_minutes

USUAL_THRESHOLD_MPS = 1000 / 300
Length = tuple[float, float]


def compute_zone_load(steps: Sequence[Mapping[str, Any]], threshold_mps: float | None) -> float | None:
    """None if the time of a step is unknown."""
    parts = [part for step in steps for part in time_parts(step, threshold_mps)]
    return None if None in parts else load_planned([part for part in parts if part])


def compute_zone_length(steps: Sequence[Mapping[str, Any]]) -> tuple[float | None, float | None]:
    """Seconds or metres of a run."""
    lengths = [length for step in steps for length in find_lengths(step)]
    duration_s, distance_m = sum(each[0] for each in lengths), sum(each[1] for each in lengths)
    if not (duration_s and distance_m):
        return duration_s or None, distance_m or None
    parts = [part for step in steps for part in time_parts(step, USUAL_THRESHOLD_MPS)]
    return 60 * sum(part[0] for part in parts if part), None


def find_lengths(step: Mapping[str, Any]) -> list[Length]:
    repeat = step.get("repeat") or 1
    inner = [length for part in step.get("steps") or () for length in find_lengths(part)]
    if not inner:
        duration_s = step.get("duration") or 0.0
        inner = [(duration_s, 0.0 if duration_s else step.get("distance") or 0.0)]
    between_s = (step.get("recovery") or 0.0) * (repeat - 1)
    return [*((repeat * seconds, repeat * metres) for seconds, metres in inner), (between_s, 0.0)]


def time_parts(step: Mapping[str, Any], threshold_mps: float | None) -> list[Length | None]:
    """(minutes, intensity) of all repetitions of each part, and of the easy running between."""
    repeat = step.get("repeat") or 1
    inner = [part for each in step.get("steps") or () for part in time_parts(each, threshold_mps)]
    if not inner:
        inner = [time_part(step.get("duration"), step.get("distance"), step.get("zone"), threshold_mps)]
    parts = [part and (repeat * part[0], part[1]) for part in inner]
    between = time_part((repeat - 1) * (step.get("recovery") or 0.0), None, 1, threshold_mps)
    return [*parts, between] if between else parts


def time_part(
    duration_s: float | None, distance_m: float | None, zone: int | None, threshold_mps: float | None
) -> Length | None:
    intensity = PLANNED_INTENSITY[f"z{zone or 1}"]
    if duration_s:
        return duration_s / 60, intensity
    if distance_m and threshold_mps:
        return planned_minutes(distance_m, intensity, threshold_mps), intensity
    return None
