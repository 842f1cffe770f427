"""What coaches did about the signals of one athlete, and when each signal cleared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from athletes.models import Athlete
from athletes.organizations.consent import load_visibilities
from athletes.rights import READ, Viewer
from coaching.models import SignalAction, SignalEpisode
from coaching.models.querysets import SignalEpisodeQuerySet
from coaching.signal_history.shown_codes import list_shown_codes


@dataclass(frozen=True, slots=True)
class EpisodeHistory:
    """An episode with what was done about it, oldest first."""

    episode: SignalEpisode
    actions: Sequence[SignalAction]


def find_shown_episodes(viewer: Viewer, athlete: Athlete) -> SignalEpisodeQuerySet:
    """The episodes that the viewer may see, newest first. One statement for the visibility."""
    visibility = load_visibilities(viewer, [athlete.pk])[athlete.pk]
    return SignalEpisode.objects.filter(athlete=athlete, code__in=list_shown_codes(visibility))


def load_episode_histories(viewer: Viewer, episodes: Sequence[SignalEpisode]) -> list[EpisodeHistory]:
    """`episodes`: of one athlete. The actions are those of the viewer's organizations. One statement."""
    actions = list(_find_actions(viewer, episodes)) if episodes else []
    return [EpisodeHistory(episode, _select_actions(episode, actions)) for episode in episodes]


def _find_actions(viewer: Viewer, episodes: Sequence[SignalEpisode]) -> QuerySet[SignalAction]:
    rows = SignalAction.objects.filter(
        athlete=episodes[0].athlete_id,
        code__in={episode.code for episode in episodes},
        day__gte=min(episode.raised_on for episode in episodes),
        undone_at__isnull=True,
    ).select_related("coach")
    if READ.is_unrestricted_for(viewer):
        return rows
    return rows.filter(organization__in=viewer.organization_ids(READ.roles))


def _select_actions(episode: SignalEpisode, actions: Iterable[SignalAction]) -> list[SignalAction]:
    return [
        action
        for action in actions
        if action.code == episode.code
        and episode.raised_on <= action.day
        and (episode.cleared_on is None or action.day < episode.cleared_on)
    ]
