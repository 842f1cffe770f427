"""The attention queue: who needs a look, why, since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from astral.relative_dates import ahead, since
from coaching.profile.summary import AthleteSummary
from coaching.roster.roster import RosterAthlete
from coaching.science.priority import RACE_NEAR_D, REASONS_SHOWN, SEVERITY_RANK

URGENCY = {"critical": "Urgent", "warning": "Watch", "info": "Note"}
PRAISE = "positive"


@dataclass(frozen=True, slots=True)
class QueueReason:
    """A signal in words; `key` tells it from every other one on the page; `acknowledge` and `take_back` are where
    forms are sent; `seen_until`: acknowledged up to this day."""

    key: str
    severity: str
    urgency: str
    message: str
    since: date
    since_words: str
    seen_until: date | None
    acknowledge: str
    take_back: str


@dataclass(frozen=True, slots=True)
class QueuedAthlete:
    """An athlete with their strongest reasons; `more`: how many there are besides; `place`: as
    `format_priority`; `away`: ill since when, empty of who is not away."""

    name: str
    user_id: str
    address: str
    severity: str
    urgency: str
    place: str
    away: str
    groups: str
    reasons: Sequence[QueueReason]
    more: int


@dataclass(frozen=True, slots=True)
class AttentionQueue:
    """`waiting`: who needs attention, as far as shown; `seen`: of whom something is acknowledged, with that."""

    waiting: Sequence[QueuedAthlete]
    seen: Sequence[QueuedAthlete]


def build_attention_queue(
    athletes: Iterable[RosterAthlete], most: int, absent: Mapping[UUID, str]
) -> AttentionQueue:
    """`athletes` in the order of the queue; `most` are shown as waiting; `absent`: as `away_words`."""
    found = list(athletes)
    waiting = [
        one for one in found if one.summary.visible_signals.urgent or one.summary.visible_signals.watch
    ]
    acknowledged = [(one, signals) for one in found if (signals := _acknowledged_signals(one))]
    return AttentionQueue(
        [_build_queued_athlete(one, _open_signals(one), absent) for one in waiting[:most]],
        [_build_queued_athlete(one, signals, absent) for one, signals in acknowledged[:most]],
    )


def format_priority(summary: AthleteSummary) -> str:
    """What the priority is made of, because one grave signal may stand below many: 73 · 9 signals · A race in 7 days.

    Empty where there is nothing to be looked at.
    """
    count = sum(
        signal["severity"] != PRAISE and signal["acknowledged_until"] is None
        for signal in summary.visible_signals.signals
    )
    if not (summary.visible_signals.urgent or summary.visible_signals.watch):
        return ""
    races = [date.fromisoformat(race["race_date"]) for race in summary.races if race["priority"] == "A"]
    near = [day for day in sorted(races) if (day - summary.today).days <= RACE_NEAR_D]
    words = [
        f"priority {round(summary.visible_signals.priority)}",
        f"{count} signal{'' if count == 1 else 's'}",
    ]
    return " · ".join(words + [f"A race {ahead(day, summary.today)}" for day in near[:1]])


def _open_signals(one: RosterAthlete) -> list[dict[str, Any]]:
    """Most urgent first: what nobody has acknowledged, without praise."""
    signals = one.summary.visible_signals.signals
    return [
        signal for signal in signals if signal["severity"] != PRAISE and signal["acknowledged_until"] is None
    ]


def _acknowledged_signals(one: RosterAthlete) -> list[dict[str, Any]]:
    return [
        signal for signal in one.summary.visible_signals.signals if signal["acknowledged_until"] is not None
    ]


def _build_queued_athlete(
    one: RosterAthlete, signals: Sequence[dict[str, Any]], absent: Mapping[UUID, str]
) -> QueuedAthlete:
    person = one.summary.person
    user_id = person.public_id
    gravest = max((signal["severity"] for signal in signals), key=SEVERITY_RANK.__getitem__)
    return QueuedAthlete(
        name=person.name,
        user_id=user_id,
        address=athlete_url(user_id),
        severity=gravest,
        urgency=URGENCY[gravest],
        place=format_priority(one.summary),
        away=absent.get(person.user_id, ""),
        groups=", ".join(group.name for group in one.membership.groups),
        reasons=[_build_reason(user_id, signal, one.summary.today) for signal in signals[:REASONS_SHOWN]],
        more=max(len(signals) - REASONS_SHOWN, 0),
    )


def _build_reason(user_id: str, signal: Mapping[str, Any], today: date) -> QueueReason:
    since_date, until, code = (
        date.fromisoformat(signal["since"]),
        signal["acknowledged_until"],
        signal["code"],
    )
    return QueueReason(
        key=f"{user_id}-{code}",
        severity=signal["severity"],
        urgency=URGENCY[signal["severity"]],
        message=signal["message"],
        since=since_date,
        since_words=since(since_date, today),
        seen_until=date.fromisoformat(until) if until else None,
        acknowledge=reverse("acknowledge-page", args=[user_id, code]),
        take_back=reverse("take-back-page", args=[user_id, code]),
    )


def athlete_url(user_id: str) -> str:
    return reverse("athlete-page", args=[user_id])
