"""Estimate the training load and the length of a planned session without them (FORMULAS §4). Pure.

Steps are given as they are stored, of either shape (`coaching.steps.reader`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import orjson

from coaching.steps.reader import StoredStep, read_steps
from coaching.steps.step import EffortTarget, PaceTarget, Repeat, Step, StepKind, Steps, ZoneTarget
from metrics.science.load import (
    PLANNED_INTENSITY,
    RPE_LOAD_PER_HOUR,
    load_duration,
    load_planned,
    planned_minutes,
)

EASY_ZONE = 1  # the zone if the plan gives none
EASY_INTENSITY = PLANNED_INTENSITY[f"z{EASY_ZONE}"]
USUAL_ZONES = {StepKind.WARMUP: 1, StepKind.WORK: 3, StepKind.RECOVERY: 1, StepKind.COOLDOWN: 1}  # [J]
USUAL_THRESHOLD_MPS = 1000 / 300  # of an athlete who is not known: a plan is for many [J]
RESTING = 0.0
MAX_KEPT_BYTES = 2_000  # longer steps are rare, and many of them would fill the memory


class _StepPart(NamedTuple):
    """All repetitions of a step. `minutes` is None if unknown; a step until the lap button has `laps`."""

    minutes: float | None
    intensity: float
    laps: int = 0

    def multiply(self, times: int) -> _StepPart:
        minutes = None if self.minutes is None else times * self.minutes
        return _StepPart(minutes, self.intensity, times * self.laps)


def expected_load(
    sport: str,
    duration_s: float | None,
    distance_m: float | None,
    zone: int | None,
    steps: Sequence[StoredStep],
    threshold_mps: float | None,
) -> float | None:
    """A run uses its steps, else its zone (easy by default). Other sports use the duration.

    A distance is converted to time with the athlete's `threshold_mps`. Returns None if that is unknown.
    Steps until the lap button share the rest of `duration_s`; without it only the other steps count.
    """
    if sport != "run":
        return load_duration(duration_s / 60, sport) if duration_s else None
    load = _load_stored(steps, duration_s, threshold_mps) if steps else None
    return _load_without_steps(duration_s, distance_m, zone, threshold_mps) if load is None else load


def _load_stored(
    steps: Sequence[StoredStep], duration_s: float | None, threshold_mps: float | None
) -> float | None:
    key = orjson.dumps(steps)
    if len(key) > MAX_KEPT_BYTES:
        return _load_steps(read_steps(steps), duration_s, threshold_mps)
    return _load_json(key, duration_s, threshold_mps)


@lru_cache(maxsize=4096)  # an athlete's sessions are asked for again and again
def _load_json(steps: bytes, duration_s: float | None, threshold_mps: float | None) -> float | None:
    return _load_steps(_read_json(steps), duration_s, threshold_mps)


@lru_cache(maxsize=4096)  # athletes of one plan have the same steps and other thresholds
def _read_json(steps: bytes) -> Steps:
    return read_steps(orjson.loads(steps))


@lru_cache(maxsize=4096)  # plans repeat the same runs
def _load_without_steps(
    duration_s: float | None, distance_m: float | None, zone: int | None, threshold_mps: float | None
) -> float | None:
    target = ZoneTarget(zone or EASY_ZONE)
    part = _time_step(Step(StepKind.WORK, duration_s or None, distance_m or None, target), threshold_mps)
    return None if part.minutes is None else load_planned([(part.minutes, part.intensity)])


def _load_steps(steps: Steps, duration_s: float | None, threshold_mps: float | None) -> float | None:
    """None if the time of a part is unknown, or of all."""
    parts = _time_steps(steps, threshold_mps)
    if any(part.minutes is None and not part.laps for part in parts):
        return None
    timed = [(part.minutes, part.intensity) for part in parts if part.minutes is not None]
    laps = sum(part.laps for part in parts)
    rest_min = (duration_s or 0.0) / 60 - sum(minutes for minutes, _ in timed)
    if laps and rest_min > 0:
        timed += [(rest_min * part.laps / laps, part.intensity) for part in parts if part.laps]
    return load_planned(timed) if timed else None


def measure_steps(sport: str, steps: Sequence[StoredStep]) -> tuple[float | None, float | None]:
    """The seconds of a session that is given by its steps, or the metres if all steps are distances.

    If there are both, a run's distances count as the time of a usual runner in their zones, and distances
    with a pace as the time at that pace. (None, None): unknown, as for other sports without paces. Steps
    until the lap button have no length.
    """
    read = read_steps(steps)
    lengths = [length for step in read for length in _step_lengths(step)]
    duration_s, distance_m = (sum(column) for column in zip(*lengths, strict=True)) if lengths else (0.0, 0.0)
    if not (duration_s and distance_m):
        return duration_s or None, distance_m or None
    parts = _time_steps(read, USUAL_THRESHOLD_MPS if sport == "run" else None)
    minutes = [part.minutes for part in parts if not part.laps]
    known = [each for each in minutes if each is not None]
    return (60 * sum(known), None) if len(known) == len(minutes) else (None, None)


def _step_lengths(step: Step | Repeat) -> list[tuple[float, float]]:
    """(seconds, metres) of all repetitions of each step, and of the pauses between."""
    if isinstance(step, Step):
        return [(step.duration_s or 0.0, step.distance_m or 0.0)]
    inner = [length for part in step.steps for length in _step_lengths(part)]
    between = _step_lengths(_join_pauses(step)) if step.between else []
    return [*((step.times * seconds, step.times * metres) for seconds, metres in inner), *between]


def _time_steps(steps: Steps, threshold_mps: float | None) -> list[_StepPart]:
    """Load is proportional to time, so repetitions need no parts of their own."""
    parts: list[_StepPart] = []
    for step in steps:
        if isinstance(step, Step):
            parts.append(_time_step(step, threshold_mps))
            continue
        parts += [part.multiply(step.times) for part in _time_steps(step.steps, threshold_mps)]
        if step.between:
            between = _time_step(_join_pauses(step), threshold_mps)
            parts.append(between._replace(laps=between.laps * (step.times - 1)))
    return parts


def _join_pauses(repeat: Repeat) -> Step:
    """All pauses between the repetitions as one step."""
    assert repeat.between is not None
    pauses, duration_s, distance_m = repeat.times - 1, repeat.between.duration_s, repeat.between.distance_m
    return replace(
        repeat.between,
        duration_s=None if duration_s is None else pauses * duration_s,
        distance_m=None if distance_m is None else pauses * distance_m,
    )


def _time_step(step: Step, threshold_mps: float | None) -> _StepPart:
    intensity = _find_intensity(step, threshold_mps)
    if step.is_until_lap:
        return _StepPart(None, intensity, laps=1)
    if step.duration_s is not None:
        return _StepPart(step.duration_s / 60, intensity)
    distance_m = step.distance_m or 0.0
    if isinstance(step.target, PaceTarget):
        return _StepPart(distance_m / 1000 * step.target.middle_s_per_km / 60, intensity)
    if not threshold_mps:
        return _StepPart(None, intensity)
    # A distance is never slower than easy running, also at rest or with a low effort.
    return _StepPart(planned_minutes(distance_m, max(intensity, EASY_INTENSITY), threshold_mps), intensity)


def _find_intensity(step: Step, threshold_mps: float | None) -> float:
    """By the target, else by the usual zone of its kind. A heart rate alone does not say the intensity."""
    match step.target:
        case ZoneTarget(zone):
            return PLANNED_INTENSITY[f"z{zone}"]
        case PaceTarget(middle_s_per_km=pace_s) if threshold_mps:
            return 1000 / pace_s / threshold_mps
        case EffortTarget(effort):
            return float((RPE_LOAD_PER_HOUR[effort] / 100) ** 0.5)
    return PLANNED_INTENSITY[f"z{USUAL_ZONES[step.kind]}"] if step.kind in USUAL_ZONES else RESTING
