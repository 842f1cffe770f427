"""Read steps without a kind: `repeat`, `duration` or `distance`, `zone`, `recovery`, `text`, parts. Pure.

Their recovery stands between two repetitions and is easy. They do not say what they are for; an easy one
before harder ones is the warm-up, after them the cool-down, and among them a recovery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .step import Repeat, Step, StepKind, Steps, ZoneTarget

EASY_ZONE = 1
ZoneStep = Mapping[str, Any]


def read_zone_steps(stored: Sequence[Mapping[str, Any]]) -> list[Steps]:
    """What each step without a kind consists of, in order."""
    hard = [place for place, step in enumerate(stored) if "kind" in step or _is_hard(step)]
    return [
        _read_zone_step(step, _find_kind(place, hard))
        for place, step in enumerate(stored)
        if "kind" not in step
    ]


def _is_hard(step: ZoneStep) -> bool:
    parts = step.get("steps") or [step]
    return any((part.get("zone") or EASY_ZONE) > EASY_ZONE for part in parts)


def _read_parts(stored: Sequence[ZoneStep]) -> Steps:
    easy_kind = StepKind.RECOVERY if any(map(_is_hard, stored)) else StepKind.WORK
    kinds = [StepKind.WORK if _is_hard(part) else easy_kind for part in stored]
    return tuple(
        step for part, kind in zip(stored, kinds, strict=True) for step in _read_zone_step(part, kind)
    )


def _find_kind(place: int, hard: Sequence[int]) -> StepKind:
    if not hard or place in hard:
        return StepKind.WORK
    if place < hard[0]:
        return StepKind.WARMUP
    return StepKind.COOLDOWN if place > hard[-1] else StepKind.RECOVERY


def _read_zone_step(stored: ZoneStep, kind: StepKind) -> Steps:
    times = stored.get("repeat") or 1
    parts = stored.get("steps") or ()
    if parts:
        steps = _name_first(_read_parts(parts), stored)
    else:
        steps = (_read_single(stored, kind if times == 1 else StepKind.WORK),)
    if times == 1:
        return steps
    recovery_s = stored.get("recovery")
    between = Step(StepKind.RECOVERY, recovery_s) if recovery_s else None
    return (Repeat(times, steps, between),)


def _read_single(stored: ZoneStep, kind: StepKind) -> Step:
    duration_s, zone = stored.get("duration") or None, stored.get("zone")
    if kind == StepKind.WORK:
        zone = zone or EASY_ZONE
    return Step(
        kind,
        duration_s,
        None if duration_s else stored.get("distance"),
        ZoneTarget(zone) if zone else None,
        stored.get("text") or "",
    )


def _name_first(steps: Steps, stored: ZoneStep) -> Steps:
    """The text of a set goes to its first step: a Repeat has none."""
    text, (first, *others) = stored.get("text"), steps
    if not text:
        return steps
    if isinstance(first, Repeat):
        first = replace(first, steps=_name_first(first.steps, stored))
    else:
        first = replace(first, text=f"{text}. {first.text}" if first.text else text)
    return (first, *others)
