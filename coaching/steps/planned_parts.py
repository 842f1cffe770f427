"""The steps of a session one after the other, to be matched with what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metrics.science.intervals.steps import SessionPart, TargetBand

from .pauses import unfold_pauses
from .reader import StoredStep, read_steps
from .step import HeartRateTarget, PaceTarget, Step, StepKind, Steps, ZoneTarget
from .zone_bands import find_zone_paces

MOST_PARTS = 200


def list_planned_parts(stored: Sequence[StoredStep], threshold_mps: float | None) -> list[SessionPart]:
    """The stored steps without repeats. Zones become paces by the athlete's `threshold_mps`, if known."""
    parts = []
    for step in _unfold(unfold_pauses(read_steps(stored))):
        band = _find_band(step, threshold_mps)
        is_work = step.kind == StepKind.WORK
        parts.append(SessionPart(is_work, step.duration_s, step.distance_m, band, step.text))
        if len(parts) == MOST_PARTS:
            break
    return parts


def _unfold(steps: Steps) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Step):
            yield step
        else:
            for _ in range(step.times):
                yield from _unfold(step.steps)


def _find_band(step: Step, threshold_mps: float | None) -> TargetBand | None:
    match step.target:
        case PaceTarget():
            return _build_pace_band(step.target)
        case ZoneTarget(zone) if threshold_mps is not None:
            return _build_pace_band(find_zone_paces(zone, threshold_mps))
        case HeartRateTarget(low, high):
            return TargetBand("heart_rate", low, high)
    return None


def _build_pace_band(paces: PaceTarget) -> TargetBand:
    return TargetBand("pace", 1000 / paces.slow_s_per_km, 1000 / paces.fast_s_per_km)
