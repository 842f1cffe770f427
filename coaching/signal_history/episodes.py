"""Store from when to when signals were active. Called whenever assessments are stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple, cast
from uuid import UUID

from django.db import IntegrityError

from athletes.models import Athlete
from coaching.attention.episodes import EpisodeState, RaisedSignal, update_episodes
from coaching.attention.signal import Severity
from coaching.attention.thresholds import LOOK_BACK_D
from coaching.models import SignalEpisode


class DaySignals(NamedTuple):
    """One athlete's active signals on a local day, without praise."""

    today: date
    signals: Sequence[RaisedSignal]


def store_episodes(assessed: Mapping[UUID, DaySignals]) -> None:
    """Raise, continue and clear episodes. One statement for any number of athletes, a second for changes.

    Storing the same day again changes nothing. Two processes may do it at the same time: an episode is one
    row for its code and first day.
    """
    if not assessed:
        return
    known = _load_known(assessed.keys(), min(day.today for day in assessed.values()))
    changed = [
        _build_row(athlete_id, episode)
        for athlete_id, day in sorted(assessed.items())  # one order of locks for all processes
        for episode in update_episodes(known.get(athlete_id, ()), day.signals, day.today)
    ]
    if changed:
        _write_rows(changed)


def _load_known(athlete_ids: Iterable[UUID], today: date) -> dict[UUID, list[EpisodeState]]:
    """Open episodes, and those cleared so lately that a signal of today can reach back to them."""
    rows = SignalEpisode.objects.filter(athlete__in=list(athlete_ids)).order_by()
    found: dict[UUID, list[EpisodeState]] = {}
    for row in rows.since(today - timedelta(days=LOOK_BACK_D)):
        severity = cast(Severity, row.worst_severity)
        episode = EpisodeState(row.code, row.raised_on, severity, row.cleared_on)
        found.setdefault(row.athlete_id, []).append(episode)
    return found


def _build_row(athlete_id: UUID, episode: EpisodeState) -> SignalEpisode:
    return SignalEpisode(
        athlete_id=athlete_id,
        code=episode.code,
        worst_severity=episode.worst_severity,
        raised_on=episode.raised_on,
        cleared_on=episode.cleared_on,
    )


def _write_rows(rows: Collection[SignalEpisode]) -> None:
    """One statement. Athletes deleted meanwhile are skipped."""
    try:
        SignalEpisode.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["athlete", "code", "raised_on"],
            update_fields=["worst_severity", "cleared_on"],
        )
    except IntegrityError:
        ids = {row.athlete_id for row in rows}
        existing_ids = set(Athlete.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if existing_ids == ids:
            raise
        _write_rows([row for row in rows if row.athlete_id in existing_ids])
