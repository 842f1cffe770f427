"""The parts of a session's steps, in both shapes: with a `kind`, and the older one with `repeat`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

EASY_ZONE = 1
HARD_EFFORT = {1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 3, 8: 4, 9: 5, 10: 5}  # zone by effort 1–10 [J]


class StepPart(NamedTuple):
    """One part, `times` in all. `zone` is None for a target that is no zone."""

    times: int
    duration_s: float | None
    distance_m: float | None
    zone: int | None


def list_step_parts(steps: Sequence[Mapping[str, Any]], times: int = 1) -> Iterator[StepPart]:
    """All parts of the steps, with their repetitions multiplied."""
    for step in steps:
        if step.get("kind") == "repeat":
            yield from list_step_parts(step["steps"], times * step["times"])
        elif "kind" in step:
            yield StepPart(times, step.get("duration"), step.get("distance"), _read_zone(step))
        else:
            yield from _list_older_parts(step, times)


def _read_zone(step: Mapping[str, Any]) -> int | None:
    target = step.get("target")
    if not target:
        return EASY_ZONE
    if "effort" in target:
        return HARD_EFFORT[target["effort"]]
    zone: int | None = target.get("zone")
    return zone


def _list_older_parts(step: Mapping[str, Any], times: int) -> Iterator[StepPart]:
    repeat = step.get("repeat") or 1
    if step.get("steps"):
        yield from list_step_parts(step["steps"], times * repeat)
    else:
        yield StepPart(
            times * repeat, step.get("duration"), step.get("distance"), step.get("zone") or EASY_ZONE
        )
    if step.get("recovery") and repeat > 1:
        yield StepPart(times * (repeat - 1), step["recovery"], None, EASY_ZONE)
