"""Write the steps of a session as the API's structured steps. Pure."""

from __future__ import annotations

from typing import Any

from .pauses import unfold_pauses
from .step import (
    REPEAT_KIND,
    EffortTarget,
    HeartRateTarget,
    PaceTarget,
    Repeat,
    Step,
    Steps,
    StepTarget,
    ZoneTarget,
)


def serialize_steps(steps: Steps) -> list[dict[str, Any]]:
    """Steps as JSON values; `read_steps` reads them again. Every step has a target, which may be null."""
    return [_serialize_step(step) for step in unfold_pauses(steps)]


def _serialize_step(step: Step | Repeat) -> dict[str, Any]:
    if isinstance(step, Repeat):
        parts = [_serialize_step(part) for part in step.steps]
        return {"kind": REPEAT_KIND, "times": step.times, "steps": parts}
    return {
        "kind": step.kind.value,
        **_serialize_length(step),
        "target": _serialize_target(step.target),
        "text": step.text,
    }


def _serialize_length(step: Step) -> dict[str, Any]:
    if step.duration_s is not None:
        return {"duration": step.duration_s}
    return {"until_lap": True} if step.distance_m is None else {"distance": step.distance_m}


def _serialize_target(target: StepTarget | None) -> dict[str, Any] | None:
    match target:
        case ZoneTarget(zone):
            return {"zone": zone}
        case PaceTarget(slow, fast):
            return {"pace": [slow, fast]}
        case HeartRateTarget(low, high):
            return {"heart_rate": [low, high]}
        case EffortTarget(effort):
            return {"effort": effort}
    return None
