"""The attention queue: which athletes need attention, why and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from astral.dates.relative_dates import format_future_date, format_since_date
from coaching.assessments.signal_messages import format_signal_message
from coaching.assessments.values import SignalView
from coaching.profile.pages.signals import URGENCY_LABELS
from coaching.profile.summary import AthleteSummary
from coaching.roster.roster import RosterAthlete
from coaching.science.priority import RACE_NEAR_D, REASONS_SHOWN, SEVERITY_RANK


@dataclass(frozen=True, slots=True)
class QueueReason:
    """A signal as text.

    `key` is unique on the page; `acknowledge_url` and `unacknowledge_url` are form URLs.
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
    """An athlete with the strongest reasons. `more`: number of further reasons; `priority_text`: see
    `describe_priority`; `absence`: the current absence, or empty.
    """

    name: str
    user_id: str
    address: str
    severity: str
    urgency: str
    priority_text: str
    absence: str
    groups: str
    reasons: Sequence[QueueReason]
    more: int


@dataclass(frozen=True, slots=True)
class AttentionQueue:
    """`waiting`: the shown athletes who need attention. `acknowledged`: with acknowledged signals."""

    waiting: Sequence[QueueEntry]
    acknowledged: Sequence[QueueEntry]


def build_attention_queue(
    athletes: Iterable[RosterAthlete], max_entries: int, absent: Mapping[UUID, str], units: str
) -> AttentionQueue:
    """`athletes` are in queue order; at most `max_entries` are shown; `absent`: from `load_absence_texts`."""
    in_order = list(athletes)
    waiting = [athlete for athlete in in_order if _needs_attention(athlete.summary)]
    acknowledged = [(athlete, signals) for athlete in in_order if (signals := _acknowledged_signals(athlete))]
    return AttentionQueue(
        [
            _build_entry(athlete, _open_signals(athlete.summary), absent, units)
            for athlete in waiting[:max_entries]
        ],
        [_build_entry(athlete, signals, absent, units) for athlete, signals in acknowledged[:max_entries]],
    )


def describe_priority(summary: AthleteSummary) -> str:
    """For example: priority 73 · 9 signals · A race in 7 days. Many signals can outrank a severe one.

    Empty if the athlete does not need attention.
    """
    if not _needs_attention(summary):
        return ""
    count, today = len(_open_signals(summary)), summary.today
    near = [
        race.date
        for race in summary.races
        if race.priority == "A" and race.days_to_race(today) <= RACE_NEAR_D
    ]
    texts = [
        f"priority {round(summary.visible_signals.priority)}",
        f"{count} signal{'' if count == 1 else 's'}",
    ]
    if near:
        texts.append(f"A race {format_future_date(min(near), today)}")
    return " · ".join(texts)


def _needs_attention(summary: AthleteSummary) -> bool:
    return summary.visible_signals.urgent or summary.visible_signals.watch


def _open_signals(summary: AthleteSummary) -> list[SignalView]:
    """Signals that are not acknowledged, without praise, most urgent first."""
    signals = summary.visible_signals.signals
    return [signal for signal in signals if not signal.is_praise and not signal.is_acknowledged]


def _acknowledged_signals(athlete: RosterAthlete) -> list[SignalView]:
    """Without praise: it cannot be acknowledged, but it could be once."""
    signals = athlete.summary.visible_signals.signals
    return [signal for signal in signals if signal.is_acknowledged and not signal.is_praise]


def _build_entry(
    athlete: RosterAthlete, signals: Sequence[SignalView], absent: Mapping[UUID, str], units: str
) -> QueueEntry:
    summary = athlete.summary
    person, user_id = summary.person, summary.person.public_id
    highest_severity = max((signal.severity for signal in signals), key=SEVERITY_RANK.__getitem__)
    return QueueEntry(
        name=person.name,
        user_id=user_id,
        address=build_athlete_url(user_id),
        severity=highest_severity,
        urgency=URGENCY_LABELS[highest_severity],
        priority_text=describe_priority(summary),
        absence=absent.get(person.user_id, ""),
        groups=", ".join(group.name for group in athlete.membership.groups),
        reasons=[_build_reason(user_id, signal, summary.today, units) for signal in signals[:REASONS_SHOWN]],
        more=max(len(signals) - REASONS_SHOWN, 0),
    )


def _build_reason(user_id: str, signal: SignalView, today: date, units: str) -> QueueReason:
    return QueueReason(
        key=f"{user_id}-{signal.code}",
        severity=signal.severity,
        urgency=URGENCY_LABELS[signal.severity],
        message=format_signal_message(signal, units),
        since=signal.since,
        since_words=format_since_date(signal.since, today),
        acknowledged_until=signal.acknowledged_until,
        acknowledge_url=reverse("acknowledge-page", args=[user_id, signal.code]),
        unacknowledge_url=reverse("take-back-page", args=[user_id, signal.code]),
    )


def build_athlete_url(user_id: str) -> str:
    return reverse("athlete-page", args=[user_id])
