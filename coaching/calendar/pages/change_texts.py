"""Changes of a calendar as sentences: who did what and when, and what a proposal asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from astral.dates.local_time import format_date
from athletes.models import Athlete
from coaching.calendar.changes.change_sentences import describe_change
from coaching.calendar.changes.neighbours import CalendarWarning
from coaching.models import CalendarChange

SHOWN_CHANGES = 5
MAX_SHOWN_PROPOSALS = 20
State = CalendarChange.State


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change for people. `undo_url` is empty if it cannot be undone; so are the urls of no proposal."""

    author: str
    sentence: str
    reason: str
    made_at: datetime
    undo_url: str
    accept_url: str = ""
    decline_url: str = ""


def describe_made_change(change: CalendarChange, warnings: Sequence[CalendarWarning]) -> str:
    """The notice for the person who made it, with what looks unusual."""
    sentence = describe_change(change)
    texts = [f"{sentence[0].upper()}{sentence[1:]}."]
    for warning in warnings:
        said = warning.message.removeprefix(f"{warning.day}: ")
        texts.append(f"{format_date(warning.day)}: {said}")
    return " ".join(texts)


def load_last_changes(athlete: Athlete, session_id: UUID | None = None) -> list[CalendarChange]:
    """The newest changes of the calendar, or those of one session. One statement."""
    changes = CalendarChange.objects.select_related("author").filter(
        athlete=athlete, state__in=[State.MADE, State.UNDONE]
    )
    if session_id:
        changes = changes.filter(rows__contains=[{"session_id": str(session_id)}])
    return list(changes.order_by("-made_at", "-id")[:SHOWN_CHANGES])


def load_proposals(athlete: Athlete) -> list[CalendarChange]:
    """What waits for an answer, oldest first. One statement."""
    waiting = CalendarChange.objects.select_related("author").filter(athlete=athlete, state=State.PROPOSED)
    return list(waiting.order_by("made_at", "id")[:MAX_SHOWN_PROPOSALS])


def build_change_lines(
    athlete: Athlete, changes: Iterable[CalendarChange], *, may_change: bool
) -> list[ChangeLine]:
    return [
        ChangeLine(
            change.name_author() or "Somebody",
            describe_change(change),
            change.reason,
            change.made_at,
            _build_url(athlete, change, "undo") if may_change and change.state == State.MADE else "",
        )
        for change in changes
    ]


def build_proposal_lines(
    athlete: Athlete, changes: Iterable[CalendarChange], *, may_change: bool
) -> list[ChangeLine]:
    return [
        ChangeLine(
            change.name_author() or "Somebody",
            describe_change(change, is_wish=True),
            change.reason,
            change.made_at,
            "",
            _build_url(athlete, change, "accept") if may_change else "",
            _build_url(athlete, change, "decline") if may_change else "",
        )
        for change in changes
    ]


def build_undo_url(athlete: Athlete, change: CalendarChange) -> str:
    return _build_url(athlete, change, "undo")


def _build_url(athlete: Athlete, change: CalendarChange, verb: str) -> str:
    return reverse(f"calendar-change-{verb}-page", args=[athlete.public_id, change.public_id])
