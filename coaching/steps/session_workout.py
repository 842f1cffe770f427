"""A planned session as a file for a watch. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from metrics.files.fit.writer import SPORT_NUMBERS

from .fit_workout import EncodedWorkout, encode_workout
from .reader import StoredStep, read_steps
from .step import Step, StepKind, Steps, ZoneTarget

NO_LENGTH = "The session has no duration and no distance: it lasts until you press lap."
MAX_HEADER_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class WatchSession:
    """What a workout needs of a session. `steps` are as stored; `changed_at` is its last change."""

    session_id: UUID
    sport: str
    title: str
    steps: Sequence[StoredStep]
    duration_s: float | None
    distance_m: float | None
    zone: int | None
    changed_at: datetime


def build_session_workout(session: WatchSession, threshold_mps: float | None) -> EncodedWorkout | None:
    """The session as a FIT workout. A session without steps is one step. None for a day of rest.

    `threshold_mps` is the athlete's threshold speed on the day of the session, if it is known.
    """
    if session.sport not in SPORT_NUMBERS:
        return None
    steps = read_steps(session.steps) or _build_single_step(session)
    workout = encode_workout(
        session.title or session.sport.capitalize(),
        session.sport,
        steps,
        session.session_id.int % 0xFFFFFFFF + 1,
        session.changed_at,
        threshold_mps,
    )
    has_length = session.steps or session.duration_s or session.distance_m
    return workout if has_length else EncodedWorkout(workout.data, (NO_LENGTH, *workout.notes))


def format_workout_notes(notes: Sequence[str]) -> str:
    """The notes as the value of a header: ASCII of one line, at most 1,000 characters."""
    text = " ".join(notes).encode("ascii", "replace").decode()
    return "".join(letter if letter.isprintable() else " " for letter in text)[:MAX_HEADER_CHARACTERS]


def _build_single_step(session: WatchSession) -> Steps:
    distance_m = None if session.duration_s else session.distance_m or None
    target = ZoneTarget(session.zone) if session.zone else None
    return (Step(StepKind.WORK, session.duration_s or None, distance_m, target),)
