"""Make sessions longer or shorter by a factor, with lengths that a coach would write. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from coaching.plans.drafts.draft import DraftContent
from coaching.science.planned_load import measure_steps

# Up to this length, round to multiples of this.
DURATION_GRAINS_S = ((300.0, 15.0), (1_800.0, 60.0), (float("inf"), 300.0))
DISTANCE_GRAINS_M = ((1_000.0, 50.0), (5_000.0, 100.0), (float("inf"), 500.0))
LONGEST_S, FURTHEST_M, HIGHEST_LOAD = 86_400.0, 500_000.0, 2_000.0
UNCHANGED_KINDS = ("recovery", "rest")  # pauses between repetitions do not grow with them


def scale_session(content: DraftContent, factor: float) -> DraftContent:
    """Scale time, distance and load. Pauses, repetitions and intensities stay."""
    steps = [_scale_step(step, factor) for step in content.steps]
    lengths = _scale_lengths(content, steps, factor)
    load = None if content.load is None else min(max(round(content.load * factor), 1), HIGHEST_LOAD)
    return replace(content, steps=steps, duration_s=lengths[0], distance_m=lengths[1], load=load)


def _scale_lengths(
    content: DraftContent, steps: Sequence[Mapping[str, Any]], factor: float
) -> tuple[float | None, float | None]:
    """A length that was the sum of the steps is the sum of the scaled ones."""
    own = (content.duration_s, content.distance_m)
    if steps and own == measure_steps(content.sport, content.steps):
        duration_s, distance_m = measure_steps(content.sport, steps)
        return (
            None if duration_s is None else min(duration_s, LONGEST_S),
            None if distance_m is None else min(distance_m, FURTHEST_M),
        )
    return (
        None if own[0] is None else scale_duration(own[0], factor),
        None if own[1] is None else scale_distance(own[1], factor),
    )


def _scale_step(step: Mapping[str, Any], factor: float) -> dict[str, Any]:
    scaled = dict(step)
    if step.get("steps"):
        scaled["steps"] = [_scale_step(part, factor) for part in step["steps"]]
    if step.get("kind") in UNCHANGED_KINDS:
        return scaled
    if step.get("duration"):
        scaled["duration"] = scale_duration(step["duration"], factor)
    if step.get("distance"):
        scaled["distance"] = scale_distance(step["distance"], factor)
    return scaled


def scale_duration(duration_s: float, factor: float) -> float:
    """60 min × 1.1 is 65 min: to 15 s up to 5 min, to 1 min up to 30 min, to 5 min above."""
    return min(_scale_length(duration_s, factor, DURATION_GRAINS_S), LONGEST_S)


def scale_distance(distance_m: float, factor: float) -> float:
    """8 km × 1.1 is 9 km: to 50 m up to 1 km, to 100 m up to 5 km, to 500 m above."""
    return min(_scale_length(distance_m, factor, DISTANCE_GRAINS_M), FURTHEST_M)


def _scale_length(length: float, factor: float, grains: Sequence[tuple[float, float]]) -> float:
    """A rounded length is never on the other side of the old one: 20 s × 1.1 is 20 s, not 15 s."""
    scaled = length * factor
    grain = next(grain for highest, grain in grains if scaled <= highest)
    rounded = max(grain, grain * int(scaled / grain + 0.5))
    return max(rounded, length) if factor >= 1 else min(rounded, length)
