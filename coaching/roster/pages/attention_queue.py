"""The attention queue: which athletes need attention, why and since when."""

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
    """A signal as text. `key` is unique on the page; `acknowledge` and `take_back` are form URLs;
    `seen_until`: acknowledged up to this day.
    """

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
    """An athlete with the strongest reasons. `more`: number of further reasons; `place`: see
    `format_priority`; `away`: the current absence, or empty.
    """

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
    """`waiting`: the shown athletes who need attention; `seen`: athletes with acknowledged signals."""

    waiting: Sequence[QueuedAthlete]
    seen: Sequence[QueuedAthlete]


def build_attention_queue(
    athletes: Iterable[RosterAthlete], most: int, absent: Mapping[UUID, str]
) -> AttentionQueue:
    """`athletes` are in queue order; at most `most` are shown; `absent`: from `format_absences`."""
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
    """For example: priority 73 · 9 signals · A race in 7 days. Many signals can outrank a severe one.

    Empty if the athlete does not need attention.
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
    """Signals that are not acknowledged, without praise, most urgent first."""
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
    severity = max((signal["severity"] for signal in signals), key=SEVERITY_RANK.__getitem__)
    return QueuedAthlete(
        name=person.name,
        user_id=user_id,
        address=athlete_url(user_id),
        severity=severity,
        urgency=URGENCY[severity],
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
