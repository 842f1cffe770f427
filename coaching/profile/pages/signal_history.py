"""Page with an athlete's signals of the past: when they were raised and cleared, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from astral.dates.local_time import format_date
from athletes.access.protected_page import OneAthletePage
from coaching.attention import RULES_BY_CODE
from coaching.models import SignalAction
from coaching.profile.pages.signals import URGENCY_LABELS
from coaching.signal_history.history import EpisodeHistory, find_shown_episodes, load_episode_histories

MAX_SHOWN_EPISODES = 100


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode as text. `cleared_text`: for example: after 9 days; empty while the signal is active."""

    description: str
    severity: str
    urgency: str
    raised_on: date
    cleared_on: date | None
    cleared_text: str
    actions: Sequence[str]


class SignalHistoryPage(OneAthletePage):
    template_name = "coaching/signal_history/history.html"

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        episodes = list(find_shown_episodes(self.person, self.athlete)[:MAX_SHOWN_EPISODES])
        histories = load_episode_histories(self.person, episodes)
        return self.page(
            rows=[_build_row(history, self.person.pk) for history in histories],
            max_shown=MAX_SHOWN_EPISODES,
        )


def _build_row(history: EpisodeHistory, viewer_id: Any) -> EpisodeRow:
    episode = history.episode
    cleared_on = episode.cleared_on
    return EpisodeRow(
        description=RULES_BY_CODE[episode.code].description,
        severity=episode.worst_severity,
        urgency=URGENCY_LABELS[episode.worst_severity],
        raised_on=episode.raised_on,
        cleared_on=cleared_on,
        cleared_text=_count_days(episode.raised_on, cleared_on),
        actions=[_describe_action(action, cleared_on, viewer_id) for action in history.actions],
    )


def _describe_action(action: SignalAction, cleared_on: date | None, viewer_id: Any) -> str:
    """For example: Seen by Carl on Fri 12 Jun 2026: a cold. Cleared after 3 days."""
    coach = action.coach
    name = "you" if action.coach_id == viewer_id else coach and (coach.display_name or coach.username)
    by = f" by {name}" if name else ""
    reason = f": {action.reason}" if action.reason else ""
    cleared = f". Cleared {_count_days(action.day, cleared_on)}" if cleared_on else ""
    return f"{action.get_kind_display()}{by} on {format_date(action.day)}{reason}{cleared}"


def _count_days(first: date, cleared_on: date | None) -> str:
    if cleared_on is None:
        return ""
    days = (cleared_on - first).days
    return f"after {days} day{'' if days == 1 else 's'}"
