"""The single parts of a session's steps, with how often each is done. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from coaching.steps.reader import read_steps
from coaching.steps.step import EffortTarget, PaceTarget, Repeat, Step, StepKind, Steps, ZoneTarget

EASY_ZONE, WORK_ZONE = 1, 3
ZONE_BY_EFFORT = {1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 3, 8: 4, 9: 5, 10: 5}  # [J]


class StepPart(NamedTuple):
    """`zone` is None if the target is a pace, which is then `pace_s_per_km`."""

    times: int
    duration_s: float | None
    distance_m: float | None
    zone: int | None
    pace_s_per_km: float | None = None


def list_step_parts(stored: Sequence[Mapping[str, Any]]) -> Iterator[StepPart]:
    """All parts of stored steps, of either shape. Steps until the lap button are left out."""
    return _list_parts(read_steps(stored), 1)


def _list_parts(steps: Steps, times: int) -> Iterator[StepPart]:
    for step in steps:
        if isinstance(step, Repeat):
            yield from _list_parts(step.steps, times * step.times)
            if step.between:
                yield from _list_parts((step.between,), times * (step.times - 1))
        elif not step.is_until_lap:
            yield _read_part(step, times)


def _read_part(step: Step, times: int) -> StepPart:
    zone: int | None = WORK_ZONE if step.kind == StepKind.WORK else EASY_ZONE
    pace_s_per_km = None
    match step.target:
        case ZoneTarget(zone):
            pass
        case EffortTarget(effort):
            zone = ZONE_BY_EFFORT[effort]
        case PaceTarget():
            zone, pace_s_per_km = None, step.target.middle_s_per_km
    return StepPart(times, step.duration_s, step.distance_m, zone, pace_s_per_km)
