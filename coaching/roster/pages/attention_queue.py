"""The attention queue: which athletes need attention, why and since when. One card for each athlete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse

from astral.dates.relative_dates import format_future_date
from coaching.assessments.values import SignalView
from coaching.profile.pages.signals import URGENCY_LABELS, SignalsViewer
from coaching.profile.summary import AthleteSummary
from coaching.roster.pages.kept_places import KeptPlace, format_kept_places, order_by_kept_places
from coaching.roster.pages.query import RosterQuery
from coaching.roster.pages.queue_picture import QueuePicture, build_queue_picture
from coaching.roster.pages.queue_story import (
    QueueStory,
    StorySignal,
    build_queue_story,
    build_story_signal,
)
from coaching.roster.roster import RosterAthlete
from coaching.science.priority import RACE_NEAR_D, SEVERITY_RANK


@dataclass(frozen=True, slots=True)
class QueueCard:
    """An athlete. `priority_text`: see `describe_priority`; `absence`: the current absence, or empty.

    `picture`: the metric in question.
    """

    address: str
    severity: str
    urgency: str
    priority_text: str
    absence: str
    groups: str
    picture: QueuePicture
    story: QueueStory


@dataclass(frozen=True, slots=True)
class AcknowledgedAthlete:
    """An athlete with acknowledged signals."""

    name: str
    address: str
    signals: Sequence[StorySignal]


@dataclass(frozen=True, slots=True)
class AttentionQueue:
    """`waiting`: the shown athletes who need attention, and those who keep their place."""

    waiting: Sequence[QueueCard]
    acknowledged: Sequence[AcknowledgedAthlete]


def build_attention_queue(
    athletes: Sequence[RosterAthlete],
    max_entries: int,
    absent: Mapping[UUID, str],
    viewer: SignalsViewer,
    question: RosterQuery,
) -> AttentionQueue:
    """`athletes` are in queue order; at most `max_entries` are shown; `absent`: from `load_absence_texts`."""
    places = question.kept_places
    kept_ids = {place.user_id for place in places}
    waiting = [athlete for athlete in athletes if needs_attention(athlete.summary)]
    kept = [
        athlete
        for athlete in athletes
        if athlete.summary.person.user_id in kept_ids and list_story_signals(athlete.summary)
    ]
    shown = order_by_kept_places(waiting, kept, places)[:max_entries]
    acknowledged = [athlete for athlete in athletes if _acknowledged_signals(athlete.summary)]
    return AttentionQueue(
        [
            _build_card(athlete, absent, viewer, _build_next_url(question, athlete, position))
            for position, athlete in enumerate(shown)
        ],
        [_build_acknowledged(athlete.summary, viewer) for athlete in acknowledged[:max_entries]],
    )


def describe_priority(summary: AthleteSummary) -> str:
    """For example: priority 73 · 9 signals · A race in 7 days. Many signals can outrank a severe one.

    Empty if the athlete does not need attention.
    """
    if not needs_attention(summary):
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


def needs_attention(summary: AthleteSummary) -> bool:
    return summary.visible_signals.urgent or summary.visible_signals.watch


def list_story_signals(summary: AthleteSummary) -> list[SignalView]:
    """The open signals; the acknowledged ones of an athlete who needs no attention any more."""
    return _open_signals(summary) if needs_attention(summary) else _acknowledged_signals(summary)


def _open_signals(summary: AthleteSummary) -> list[SignalView]:
    """Signals that are not acknowledged, without praise, most urgent first."""
    return [signal for signal in summary.visible_signals.signals if signal.is_open]


def _acknowledged_signals(summary: AthleteSummary) -> list[SignalView]:
    """Without praise: it cannot be acknowledged, but it could be once."""
    signals = summary.visible_signals.signals
    return [signal for signal in signals if signal.is_acknowledged and not signal.is_praise]


def _build_next_url(question: RosterQuery, athlete: RosterAthlete, position: int) -> str:
    place = KeptPlace(position, athlete.summary.person.user_id)
    return question.url_with(kept=format_kept_places(question.kept_places, place))


def _build_card(
    athlete: RosterAthlete, absent: Mapping[UUID, str], viewer: SignalsViewer, next_url: str
) -> QueueCard:
    summary = athlete.summary
    signals = list_story_signals(summary)
    highest_severity = max((signal.severity for signal in signals), key=SEVERITY_RANK.__getitem__)
    return QueueCard(
        address=build_athlete_url(summary.person.public_id),
        severity=highest_severity,
        urgency=URGENCY_LABELS[highest_severity],
        priority_text=describe_priority(summary),
        absence=absent.get(summary.person.user_id, ""),
        groups=", ".join(group.name for group in athlete.membership.groups),
        picture=build_queue_picture(athlete, signals),
        story=build_queue_story(summary, signals, _find_viewer_of(athlete, viewer), next_url),
    )


def _find_viewer_of(athlete: RosterAthlete, viewer: SignalsViewer) -> SignalsViewer:
    """The viewer, who may change the calendars of the athletes who are assigned to them."""
    if athlete.membership.assigned_coach_id != viewer.user_id:
        return viewer
    return replace(viewer, may=replace(viewer.may, schedule=True))


def _build_acknowledged(summary: AthleteSummary, viewer: SignalsViewer) -> AcknowledgedAthlete:
    signals: Iterable[SignalView] = _acknowledged_signals(summary)
    return AcknowledgedAthlete(
        summary.person.name,
        build_athlete_url(summary.person.public_id),
        [build_story_signal(summary, signal, viewer) for signal in signals],
    )


def build_athlete_url(user_id: str) -> str:
    return reverse("athlete-page", args=[user_id])
