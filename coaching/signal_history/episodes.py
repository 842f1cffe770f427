"""Store from when to when signals were active, and tell webhooks and coaches. Called with each assessment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast
from uuid import UUID

from django.db import transaction

from athletes.events.kinds import EventKind
from athletes.events.outbox import EventRow, record_event_rows
from athletes.models import Athlete
from athletes.models.notices import NoticeKind
from athletes.notices.writing import NewNotice, tell_coaches
from coaching.attention.episodes import EpisodeState, RaisedSignal, update_episodes
from coaching.attention.signal import Severity
from coaching.attention.thresholds import LOOK_BACK_D
from coaching.models import SignalEpisode
from coaching.signal_history.shown_codes import list_needed_categories

URGENT = "critical"


class DaySignals(NamedTuple):
    """One athlete's active signals on a local day, without praise. `data_version`: of the data assessed."""

    today: date
    signals: Sequence[RaisedSignal]
    data_version: int


class EpisodeChange(NamedTuple):
    """`before`: None for a new episode. `episode_id`: None until it is stored."""

    athlete_id: UUID
    before: EpisodeState | None
    after: EpisodeState
    episode_id: UUID | None

    @property
    def is_raised(self) -> bool:
        was_open = self.before is not None and self.before.cleared_on is None
        return self.after.cleared_on is None and not was_open

    @property
    def is_cleared(self) -> bool:
        return self.after.cleared_on is not None

    @property
    def is_newly_urgent(self) -> bool:
        was_urgent = self.before is not None and self.before.worst_severity == URGENT
        return self.after.cleared_on is None and self.after.worst_severity == URGENT and not was_urgent


def store_episodes(assessed: Mapping[UUID, DaySignals], now: datetime) -> None:
    """Raise, continue and clear episodes. One statement for any number of athletes; five with changes, and
    three more if a signal gets urgent.

    Storing the same day again changes nothing.
    """
    changing = {change.athlete_id for change in _find_changes(assessed)} if assessed else set()
    if changing:
        _store_changes({pk: day for pk, day in assessed.items() if pk in changing}, now)


@transaction.atomic
def _store_changes(assessed: Mapping[UUID, DaySignals], now: datetime) -> None:
    """Find the changes again under the locks of the athletes: another process may have stored them.

    Athletes who were deleted, or got new data since they were assessed, are skipped. Their next assessment
    does it.
    """
    athletes = Athlete.objects.filter(pk__in=assessed).order_by("pk").select_for_update(no_key=True)
    versions = dict(athletes.values_list("pk", "data_version"))
    current = {pk: assessed[pk] for pk, version in versions.items() if version == assessed[pk].data_version}
    changes = _find_changes(current) if current else []
    if changes:
        _tell_changes(_write_changes(changes), now)


def _find_changes(assessed: Mapping[UUID, DaySignals]) -> list[EpisodeChange]:
    """What the signals change, by athlete. One statement."""
    known = _load_known(assessed.keys(), min(day.today for day in assessed.values()))
    changes = []
    for athlete_id, day in sorted(assessed.items()):
        stored = known.get(athlete_id, {})
        by_key = {(state.code, state.raised_on): state for state in stored}
        for episode in update_episodes(list(stored), day.signals, day.today):
            before = by_key.get((episode.code, episode.raised_on))
            changes.append(EpisodeChange(athlete_id, before, episode, stored[before] if before else None))
    return changes


def _load_known(athlete_ids: Iterable[UUID], today: date) -> dict[UUID, dict[EpisodeState, UUID]]:
    """Open episodes, and those cleared so lately that a signal of today can reach back to them: their ids."""
    rows = SignalEpisode.objects.filter(athlete__in=list(athlete_ids)).order_by()
    found: dict[UUID, dict[EpisodeState, UUID]] = {}
    for row in rows.since(today - timedelta(days=LOOK_BACK_D)):
        severity = cast(Severity, row.worst_severity)
        episode = EpisodeState(row.code, row.raised_on, severity, row.cleared_on)
        found.setdefault(row.athlete_id, {})[episode] = row.pk
    return found


def _write_changes(changes: Collection[EpisodeChange]) -> list[EpisodeChange]:
    """The changes with the ids of their rows. One statement."""
    rows = [
        SignalEpisode(
            **({"id": change.episode_id} if change.episode_id else {}),
            athlete_id=change.athlete_id,
            code=change.after.code,
            worst_severity=change.after.worst_severity,
            raised_on=change.after.raised_on,
            cleared_on=change.after.cleared_on,
        )
        for change in changes
    ]
    stored = SignalEpisode.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["athlete", "code", "raised_on"],
        update_fields=["worst_severity", "cleared_on"],
    )
    return [change._replace(episode_id=row.pk) for change, row in zip(changes, stored, strict=True)]


def _tell_changes(changes: Iterable[EpisodeChange], now: datetime) -> None:
    """Write events for the webhooks, and notices of urgent signals for the coaches."""
    events, notices = [], []
    for change in changes:
        categories = list_needed_categories(change.after.code)
        subject_id = cast(UUID, change.episode_id)
        if change.is_raised or change.is_cleared:
            kind = EventKind.SIGNAL_CLEARED if change.is_cleared else EventKind.SIGNAL_RAISED
            events.append(EventRow(kind, change.athlete_id, subject_id, categories))
        if change.is_newly_urgent:
            notices.append(NewNotice(NoticeKind.SIGNAL, change.athlete_id, subject_id, categories))
    record_event_rows(events, now)
    tell_coaches(notices, now)
