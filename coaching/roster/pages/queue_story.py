"""The signals of an athlete in the queue, grouped by cause, as text, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from astral.dates.relative_dates import format_since_date
from coaching.assessments.signal_messages import format_signal_message
from coaching.assessments.values import SignalView
from coaching.attention.causes import CAUSE_TITLES, CauseGroup, SignalCause, group_by_cause
from coaching.profile.pages.action_links import ActionLink, build_action_links
from coaching.profile.pages.signals import (
    URGENCY_LABELS,
    SignalsViewer,
    describe_acknowledgement,
    format_shown_signals,
)
from coaching.profile.summary import AthleteSummary

MAX_LINKS = 3


@dataclass(frozen=True, slots=True)
class StorySignal:
    """A signal as text. `acknowledgement`: until when, by whom and why; empty if it is open."""

    code: str
    severity: str
    urgency: str
    message: str
    since: date
    since_words: str
    acknowledgement: str
    unacknowledge_url: str


@dataclass(frozen=True, slots=True)
class StoryGroup:
    """The signals of one cause, worst first; `title`: empty for a single signal."""

    cause: SignalCause
    title: str
    signals: Sequence[StorySignal]


@dataclass(frozen=True, slots=True)
class QueueStory:
    """One athlete's signals: the worst group first. Never without signals.

    `acknowledgement`: of the worst signal, if nothing is open. `shown`: the field of the form that says what
    the coach saw. `undo_codes`: what Undo takes back. `next_url`: the queue with this athlete in place.
    """

    user_id: str
    name: str
    groups: Sequence[StoryGroup]
    acknowledgement: str
    shown: str
    undo_codes: str
    links: Sequence[ActionLink]
    next_url: str

    @property
    def worst(self) -> StorySignal:
        return self.groups[0].signals[0]

    @property
    def question(self) -> str:
        """Illness or overload? 6 signs; without a number for a single one."""
        return self.groups[0].title or CAUSE_TITLES[self.groups[0].cause]

    @property
    def others(self) -> str:
        """The other groups in short: and 2 more signs."""
        count = sum(len(group.signals) for group in self.groups[1:])
        if not count:
            return ""
        if self.groups[0].title:
            return f"and {count} more"
        return f"and {count} more sign{'' if count == 1 else 's'}"

    @property
    def first_links(self) -> Sequence[ActionLink]:
        """The action that helps most. A form with a day waits in the fold, with the others."""
        return [link for link in self.links[:1] if link.first_day is None]

    @property
    def other_links(self) -> Sequence[ActionLink]:
        return self.links[len(self.first_links) :]

    @property
    def is_single(self) -> bool:
        return len(self.groups) == len(self.groups[0].signals) == 1


def build_queue_story(
    summary: AthleteSummary, signals: Iterable[SignalView], viewer: SignalsViewer, next_url: str
) -> QueueStory:
    """`signals`: the open ones, or the acknowledged ones of an athlete without open ones."""
    groups: list[CauseGroup[SignalView]] = group_by_cause(signals)
    in_order = [signal for group in groups for signal in group.signals]
    user_id = summary.person.public_id
    is_open = in_order[0].is_open
    return QueueStory(
        user_id=user_id,
        name=summary.person.name,
        groups=[
            StoryGroup(
                group.cause,
                group.title,
                [build_story_signal(summary, signal, viewer) for signal in group.signals],
            )
            for group in groups
        ],
        acknowledgement=describe_acknowledgement(in_order[0], viewer.user_id),
        shown=format_shown_signals(in_order),
        undo_codes="" if is_open else ",".join(_find_undo_codes(in_order, summary.today, viewer)),
        links=_build_links(summary, in_order, viewer) if is_open else (),
        next_url=next_url,
    )


def _build_links(
    summary: AthleteSummary, signals: Sequence[SignalView], viewer: SignalsViewer
) -> Sequence[ActionLink]:
    links = build_action_links(
        summary.person.public_id, summary.today, signals, summary.visibility, viewer.may
    )
    return links[:MAX_LINKS]


def build_story_signal(summary: AthleteSummary, signal: SignalView, viewer: SignalsViewer) -> StorySignal:
    return StorySignal(
        code=signal.code,
        severity=signal.severity,
        urgency=URGENCY_LABELS[signal.severity],
        message=format_signal_message(signal, viewer.units),
        since=signal.since,
        since_words=format_since_date(signal.since, summary.today),
        acknowledgement=describe_acknowledgement(signal, viewer.user_id),
        unacknowledge_url=reverse("take-back-page", args=[summary.person.public_id, signal.code]),
    )


def _find_undo_codes(signals: Sequence[SignalView], today: date, viewer: SignalsViewer) -> list[str]:
    """What the viewer acknowledged today; all of them if that is nothing."""
    own = [
        signal.code
        for signal in signals
        if signal.acknowledged_by
        and signal.acknowledged_by.user_id == viewer.user_id
        and signal.acknowledged_on == today
    ]
    return own or [signal.code for signal in signals]
