"""Write steps as a FIT workout, which watches run step by step. Pure.

Field numbers, scales and enumerations come from the FIT profile. Speeds are in mm/s, and the low end is the
slow one. Heart rates have 100 added: below 100 they would be per cent of the maximum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from metrics.files.fit.container import build_fit_file
from metrics.files.fit.message_writer import (
    ENUM,
    MAX_TEXT_BYTES,
    STRING,
    UINT16,
    UINT32,
    UINT32Z,
    cut_text,
    encode_message,
)
from metrics.files.fit.timestamps import FIT_EPOCH_UNIX_S
from metrics.files.fit.writer import DEVELOPMENT, FILE_ID, SPORT_NUMBERS

from .pauses import unfold_pauses
from .step import EffortTarget, HeartRateTarget, PaceTarget, Repeat, Step, StepKind, Steps, ZoneTarget
from .zone_bands import find_zone_paces

WORKOUT, WORKOUT_STEP, WORKOUT_FILE = 26, 27, 5
MAX_WATCH_STEPS = 50
MAX_NAME_BYTES = 60
BPM_OFFSET = 100
TIME, DISTANCE, UNTIL_LAP, REPEAT = 0, 1, 5, 6  # durations
SPEED, HEART_RATE, NO_TARGET = 0, 1, 2
INTENSITIES = {
    StepKind.WORK: 0,
    StepKind.REST: 1,
    StepKind.WARMUP: 2,
    StepKind.COOLDOWN: 3,
    StepKind.RECOVERY: 4,
}

NO_EFFORT = "A watch has no target for effort: the name of the step says it."
NO_THRESHOLD = "A zone has no pace without a threshold pace: the name of the step says the zone."
NO_PACE_ZONES = "Pace zones are those of runs: the name of the step says the zone."
NESTED_REPEATS = "A repeat stands inside a repeat. Some older watches cannot run that."
CUT_TEXTS = "A long text is cut."


@dataclass(frozen=True, slots=True)
class EncodedWorkout:
    """A FIT file. `notes` are plain ASCII sentences that name what a watch cannot express."""

    data: bytes
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _WatchStep:
    """A step as the file has it. A repeat goes back to the step at `duration`, and `target` is how often."""

    duration_type: int
    duration: float = 0
    target_type: int = NO_TARGET
    target: int = 0
    low: float = 0
    high: float = 0
    intensity: int | None = None
    name: str = ""
    text: str = ""


def encode_workout(
    title: str,
    sport: str,
    steps: Steps,
    serial: int,
    created_at: datetime,
    threshold_mps: float | None = None,
) -> EncodedWorkout:
    """Encode steps as a FIT workout of at most 50 steps.

    A watch takes two files with the same serial (1 to 2^32-1) and the same second of `created_at` for one.
    Zones of a run become paces by the athlete's `threshold_mps`. Raises ValueError for a date that FIT
    cannot store.
    """
    writer = _StepWriter(sport, threshold_mps)
    writer.add_all(steps)
    if not writer.steps:
        writer.add((Step(StepKind.WORK),))  # a file without steps is no workout
    created = round(created_at.timestamp()) - FIT_EPOCH_UNIX_S
    if not 0x10000000 <= created < 0xFF000000:
        raise ValueError("FIT cannot store this date.")
    file_id = encode_message(
        FILE_ID,
        (0, ENUM, WORKOUT_FILE),
        (1, UINT16, DEVELOPMENT),
        (2, UINT16, 0),
        (3, UINT32Z, serial),
        (4, UINT32, created),
    )
    workout = encode_message(
        WORKOUT,
        (4, ENUM, SPORT_NUMBERS[sport]),
        (6, UINT16, len(writer.steps)),
        (8, STRING, writer.fit_text(title, MAX_NAME_BYTES)),
    )
    messages = [_encode_step(place, step) for place, step in enumerate(writer.steps)]
    return EncodedWorkout(build_fit_file(b"".join([file_id, workout, *messages])), tuple(writer.notes))


@dataclass(slots=True)
class _StepWriter:
    sport: str
    threshold_mps: float | None
    steps: list[_WatchStep] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)  # in order, each once

    def add_all(self, steps: Steps) -> None:
        """Add whole steps while they fit."""
        for place, step in enumerate(steps, start=1):
            trial = _StepWriter(self.sport, self.threshold_mps, list(self.steps), dict(self.notes))
            trial.add(unfold_pauses((step,)))
            if len(trial.steps) > MAX_WATCH_STEPS:
                left_out = f"step {place} of the session"
                left_out += " and those after it are" if place < len(steps) else " is"
                self.note(f"A watch takes {MAX_WATCH_STEPS} steps: {left_out} left out.")
                return
            self.steps, self.notes = trial.steps, trial.notes

    def add(self, steps: Steps, *, in_repeat: bool = False) -> None:
        for step in steps:
            if isinstance(step, Repeat):
                self._add_repeat(step, in_repeat=in_repeat)
            else:
                self._add_step(step)

    def note(self, sentence: str) -> None:
        self.notes[sentence] = None

    def fit_text(self, text: str, max_bytes: int) -> str:
        cut = cut_text(text, max_bytes)
        if cut != text:
            self.note(CUT_TEXTS)
        return cut

    def _add_repeat(self, repeat: Repeat, *, in_repeat: bool) -> None:
        first = len(self.steps)
        self.add(repeat.steps, in_repeat=True)
        if repeat.times > 1:
            if in_repeat:
                self.note(NESTED_REPEATS)
            self.steps.append(_WatchStep(REPEAT, first, target=repeat.times))

    def _add_step(self, step: Step) -> None:
        duration_type, duration = UNTIL_LAP, 0.0
        if step.duration_s is not None:
            duration_type, duration = TIME, 1000 * step.duration_s
        elif step.distance_m is not None:
            duration_type, duration = DISTANCE, 100 * step.distance_m
        target_type, low, high = self._find_target(step)
        name = self._find_name(step) if target_type == NO_TARGET else ""
        self.steps.append(
            _WatchStep(
                duration_type,
                duration,
                target_type,
                low=low,
                high=high,
                intensity=INTENSITIES[step.kind],
                name=name or cut_text(step.text, MAX_NAME_BYTES),
                text=self.fit_text(step.text, MAX_TEXT_BYTES),
            )
        )

    def _find_target(self, step: Step) -> tuple[int, float, float]:
        """(type, low, high)"""
        match step.target:
            case ZoneTarget(zone) if self.sport == "run" and self.threshold_mps:
                return _build_speed_band(find_zone_paces(zone, self.threshold_mps))
            case PaceTarget():
                return _build_speed_band(step.target)
            case HeartRateTarget(low, high):
                return HEART_RATE, low + BPM_OFFSET, high + BPM_OFFSET
        return NO_TARGET, 0, 0

    def _find_name(self, step: Step) -> str:
        match step.target:
            case ZoneTarget(zone):
                self.note(NO_THRESHOLD if self.sport == "run" else NO_PACE_ZONES)
                return f"Zone {zone}"
            case EffortTarget(effort):
                self.note(NO_EFFORT)
                return f"Effort {effort}"
        return ""


def _build_speed_band(band: PaceTarget) -> tuple[int, float, float]:
    return SPEED, 1_000_000 / band.slow_s_per_km, 1_000_000 / band.fast_s_per_km


def _encode_step(place: int, step: _WatchStep) -> bytes:
    return encode_message(
        WORKOUT_STEP,
        (254, UINT16, place),
        (0, STRING, step.name),
        (1, ENUM, step.duration_type),
        (2, UINT32, step.duration),
        (3, ENUM, step.target_type),
        (4, UINT32, step.target),
        (5, UINT32, step.low),
        (6, UINT32, step.high),
        (7, ENUM, step.intensity),
        (8, STRING, step.text),
    )
