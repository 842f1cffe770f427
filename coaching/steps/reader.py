"""Read the stored steps of a session. Plans have steps of two shapes, also side by side.

A structured step has a `kind`. A zone step has none: it has `repeat`, `duration` or `distance`, `zone`,
`recovery`, `text`, and parts in `steps`. Both become the same values. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from .pauses import fold_pauses
from .step import (
    REPEAT_KIND,
    EffortTarget,
    HeartRateTarget,
    PaceTarget,
    Repeat,
    Step,
    StepKind,
    Steps,
    StepTarget,
    ZoneTarget,
)
from .zone_steps import read_zone_steps

StoredStep = Mapping[str, Any]


def read_steps(stored: Sequence[StoredStep]) -> Steps:
    """The steps of a session, as its column or the API has them. The steps were validated before."""
    zone_steps = iter(read_zone_steps(stored))  # one tuple for each step without a kind
    steps: list[Step | Repeat] = []
    for is_structured, group in groupby(stored, key=_is_structured):
        if is_structured:
            steps += fold_pauses(_read_structured(group))
        else:
            steps += [step for _ in group for step in next(zone_steps)]
    return tuple(steps)


def _is_structured(step: StoredStep) -> bool:
    return "kind" in step


def _read_structured(stored: Iterable[StoredStep]) -> Steps:
    return tuple(_read_repeat(step) if step["kind"] == REPEAT_KIND else _read_step(step) for step in stored)


def _read_repeat(stored: StoredStep) -> Repeat:
    return Repeat(stored["times"], _read_structured(stored["steps"]))


def _read_step(stored: StoredStep) -> Step:
    return Step(
        StepKind(stored["kind"]),
        stored.get("duration"),
        stored.get("distance"),
        _read_target(stored.get("target") or {}),
        stored.get("text") or "",
    )


def _read_target(stored: Mapping[str, Any]) -> StepTarget | None:
    given = {name: value for name, value in stored.items() if value is not None}
    if "zone" in given:
        return ZoneTarget(given["zone"])
    if "pace" in given:
        return PaceTarget(*given["pace"])
    if "heart_rate" in given:
        return HeartRateTarget(*given["heart_rate"])
    return EffortTarget(given["effort"]) if "effort" in given else None
