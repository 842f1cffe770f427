"""The attention queue: which athletes need attention, why and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from astral.dates.relative_dates import format_future_date, format_since_date
from coaching.profile.summary import AthleteSummary
from coaching.roster.roster import RosterAthlete
from coaching.science.priority import RACE_NEAR_D, REASONS_SHOWN, SEVERITY_RANK

URGENCY_LABELS = {"critical": "Urgent", "warning": "Watch", "info": "Note"}
POSITIVE_SEVERITY = "positive"


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
    acknowledged_until: date | None
    acknowledge_url: str
    unacknowledge_url: str


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """An athlete with the strongest reasons. `more`: number of further reasons; `place`: see
    `describe_priority`; `away`: ill since when, empty of who is not away."""

    name: str
    user_id: str
    address: str
    severity: str
    urgency: str
    priority_text: str
    away: str
    groups: str
    reasons: Sequence[QueueReason]
    more: int


@dataclass(frozen=True, slots=True)
class AttentionQueue:
    """`waiting`: the shown athletes who need attention; `seen`: athletes with acknowledged signals."""

    waiting: Sequence[QueueEntry]
    acknowledged: Sequence[QueueEntry]


def build_attention_queue(
    athletes: Iterable[RosterAthlete], most: int, absent: Mapping[UUID, str]
) -> AttentionQueue:
    """`athletes` are in queue order; at most `most` are shown; `absent`: from `load_absence_texts`."""
    found = list(athletes)
    loud = [one for one in found if one.summary.visible_signals.urgent or one.summary.visible_signals.watch]
    seen = [(one, signals) for one in found if (signals := _acknowledged_signals(one))]
    return AttentionQueue(
        [_build_entry(one, _open_signals(one), absent) for one in loud[:most]],
        [_build_entry(one, signals, absent) for one, signals in seen[:most]],
    )


def describe_priority(seen: AthleteSummary) -> str:
    """For example: priority 73 · 9 signals · A race in 7 days. Many signals can outrank a severe one.

    Empty if the athlete does not need attention.
    """
    count = sum(
        signal["severity"] != POSITIVE_SEVERITY and signal["acknowledged_until"] is None
        for signal in seen.visible_signals.signals
    )
    if not (seen.visible_signals.urgent or seen.visible_signals.watch):
        return ""
    races = [date.fromisoformat(race["race_date"]) for race in seen.races if race["priority"] == "A"]
    near = [day for day in sorted(races) if (day - seen.today).days <= RACE_NEAR_D]
    words = [f"priority {round(seen.visible_signals.priority)}", f"{count} signal{'' if count == 1 else 's'}"]
    return " · ".join(words + [f"A race {format_future_date(day, seen.today)}" for day in near[:1]])


def _open_signals(one: RosterAthlete) -> list[dict[str, Any]]:
    """Signals that are not acknowledged, without praise, most urgent first."""
    told = one.summary.visible_signals.signals
    return [
        signal
        for signal in told
        if signal["severity"] != POSITIVE_SEVERITY and signal["acknowledged_until"] is None
    ]


def _acknowledged_signals(one: RosterAthlete) -> list[dict[str, Any]]:
    return [
        signal for signal in one.summary.visible_signals.signals if signal["acknowledged_until"] is not None
    ]


def _build_entry(
    one: RosterAthlete, signals: Sequence[dict[str, Any]], absent: Mapping[UUID, str]
) -> QueueEntry:
    person = one.summary.person
    user_id = person.public_id
    gravest = max((signal["severity"] for signal in signals), key=SEVERITY_RANK.__getitem__)
    return QueueEntry(
        name=person.name,
        user_id=user_id,
        address=build_athlete_url(user_id),
        severity=gravest,
        urgency=URGENCY_LABELS[gravest],
        priority_text=describe_priority(one.summary),
        away=absent.get(person.user_id, ""),
        groups=", ".join(group.name for group in one.membership.groups),
        reasons=[_build_reason(user_id, signal, one.summary.today) for signal in signals[:REASONS_SHOWN]],
        more=max(len(signals) - REASONS_SHOWN, 0),
    )


def _build_reason(user_id: str, signal: Mapping[str, Any], today: date) -> QueueReason:
    began, until, code = date.fromisoformat(signal["since"]), signal["acknowledged_until"], signal["code"]
    return QueueReason(
        key=f"{user_id}-{code}",
        severity=signal["severity"],
        urgency=URGENCY_LABELS[signal["severity"]],
        message=signal["message"],
        since=began,
        since_words=format_since_date(began, today),
        acknowledged_until=date.fromisoformat(until) if until else None,
        acknowledge_url=reverse("acknowledge-page", args=[user_id, code]),
        unacknowledge_url=reverse("take-back-page", args=[user_id, code]),
    )


def build_athlete_url(user_id: str) -> str:
    return reverse("athlete-page", args=[user_id])
