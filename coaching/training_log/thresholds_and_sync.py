"""Load thresholds, the time of the last sync, and the profile facts for the data quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from athletes.models import Athlete, Threshold
from athletes.rights import Visibility
from coaching.attention import ProfileFacts, ThresholdSpeed
from metrics.science.data_quality import SOURCE_WORTH

# Uses the indexes, newest first, and reads only a few rows. The activity with the newest start is nearly
# always the last that arrived; 50 of them cover a late import of an archive.
SYNC_STATE_SQL = """
SELECT athlete.id,
       (SELECT max(created_at) FROM (SELECT created_at FROM metrics_activity
         WHERE athlete_id = athlete.id AND source <> 'manual' ORDER BY started_at DESC LIMIT 50) AS newest),
       (SELECT max(updated_at) FROM (SELECT updated_at FROM metrics_healthday
         WHERE athlete_id = athlete.id AND source <> 'manual' ORDER BY date DESC LIMIT 14) AS newest),
       (SELECT max(local_date) FROM metrics_activity
         WHERE athlete_id = athlete.id AND source = 'manual' AND started_at >= %(since)s),
       (SELECT max(date) FROM metrics_healthday
         WHERE athlete_id = athlete.id AND source = 'manual' AND date >= %(since)s::date),
       (SELECT created_at FROM athletes_user WHERE id = athlete.id)
  FROM unnest(%(ids)s::uuid[]) AS athlete(id)
"""
MANUAL_ENTRIES_D = 40  # manual entries count for a week, on each of the last 28 days
ThresholdKind = Threshold.Kind


@dataclass(frozen=True, slots=True)
class SyncState:
    """When a device or service last sent an activity and a reading; the days of the last manual entries;
    when the account was created.
    """

    activity_at: datetime | None = None
    reading_at: datetime | None = None
    activity_on: date | None = None
    reading_on: date | None = None
    joined_at: datetime | None = None

    @property
    def sync_at(self) -> datetime | None:
        return max((at for at in (self.activity_at, self.reading_at) if at), default=None)

    @property
    def entry_on(self) -> date | None:
        return max((day for day in (self.activity_on, self.reading_on) if day), default=None)

    def restrict_to(self, visibility: Visibility) -> SyncState:
        """The state without the categories that are not visible."""
        return SyncState(
            self.activity_at if visibility.activities else None,
            self.reading_at if visibility.health else None,
            self.activity_on if visibility.activities else None,
            self.reading_on if visibility.health else None,
            self.joined_at,
        )


def load_sync_states(athlete_ids: Sequence[UUID], now: datetime) -> dict[UUID, SyncState]:
    """Load the sync state of each athlete. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            SYNC_STATE_SQL, {"ids": list(athlete_ids), "since": now - timedelta(days=MANUAL_ENTRIES_D)}
        )
        return {pk: SyncState(*columns) for pk, *columns in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class ThresholdHistory:
    """An athlete's thresholds, oldest first."""

    values: Sequence[tuple[str, date, float, str]] = ()  # kind, valid from, value, source

    def restrict_to(self, visibility: Visibility) -> ThresholdHistory:
        """The thresholds without the categories that are not visible."""
        return ThresholdHistory(
            [row for row in self.values if row[0] != ThresholdKind.HR_REST or visibility.health]
        )

    def threshold_speeds(self) -> tuple[ThresholdSpeed, ...]:
        return tuple(
            ThresholdSpeed(day, 1000.0 / value)
            for _, day, value, _ in self._rows_of_kind(ThresholdKind.THRESHOLD_PACE)
        )

    def threshold_speed_on(self, today: date) -> float | None:
        return next(
            (row.speed_mps for row in reversed(self.threshold_speeds()) if row.valid_from <= today), None
        )

    def vdots(self) -> list[tuple[date, float]]:
        return [(day, value) for _, day, value, _ in self._rows_of_kind(ThresholdKind.VDOT)]

    def newest_pace(self) -> tuple[date, str] | None:
        """First valid day and source of the pace zones: from the threshold pace, else from VDOT."""
        return self._newest(ThresholdKind.THRESHOLD_PACE) or self._newest(ThresholdKind.VDOT)

    def newest_hr(self) -> tuple[date, str] | None:
        """First valid day and source of the heart rate zones.

        From the threshold heart rate, or from the older of maximum and resting heart rate; the newer of both.
        """
        highest, lowest = self._newest(ThresholdKind.HR_MAX), self._newest(ThresholdKind.HR_REST)
        known = [self._newest(ThresholdKind.LTHR), min(highest, lowest) if highest and lowest else None]
        return max((entry for entry in known if entry), default=None)

    def newest_vdot(self, races: Sequence[tuple[date, float]]) -> tuple[date, str] | None:
        """First valid day and source of VDOT: a threshold, or a race if it is newer."""
        raced = max(((day, "race") for day, _ in races), default=None)
        return max((entry for entry in (self._newest(ThresholdKind.VDOT), raced) if entry), default=None)

    def _rows_of_kind(self, kind: str) -> list[tuple[str, date, float, str]]:
        return [row for row in self.values if row[0] == kind]

    def _newest(self, kind: str) -> tuple[date, str] | None:
        return next(((day, source) for _, day, _, source in reversed(self._rows_of_kind(kind))), None)


def load_thresholds(athletes: Sequence[Athlete], now: datetime) -> dict[UUID, ThresholdHistory]:
    """Load the thresholds that are or were valid. One statement; uses the index of the unique constraint."""
    todays = {athlete.pk: athlete.local_date(now) for athlete in athletes}
    rows = Threshold.objects.filter(athlete_id__in=list(todays)).order_by("valid_from", "kind")
    found: dict[UUID, list[tuple[str, date, float, str]]] = {}
    for athlete_id, kind, day, value, source in rows.values_list(
        "athlete_id", "kind", "valid_from", "value", "source"
    ):
        if day <= todays[athlete_id]:
            found.setdefault(athlete_id, []).append((kind, day, value, source))
    return {athlete_id: ThresholdHistory(values) for athlete_id, values in found.items()}


def build_profile_facts(
    athlete: Athlete, values: ThresholdHistory, races: Sequence[tuple[date, float]], sync: SyncState
) -> ProfileFacts:
    """The inputs of the data quality. `races`: (local day, VDOT)."""
    pace, heart, vdot = entries = values.newest_pace(), values.newest_hr(), values.newest_vdot(races)
    sources = ["measured" if entry is None or entry[1] not in SOURCE_WORTH else entry[1] for entry in entries]
    return ProfileFacts(
        pace_on=pace[0] if pace else None,
        hr_on=heart[0] if heart else None,
        vdot_on=vdot[0] if vdot else None,
        sources=(sources[0], sources[1], sources[2]),
        timezone_confirmed=athlete.timezone_confirmed,
        units_chosen=athlete.units_confirmed,
        last_entry_on=sync.entry_on,
        joined_on=sync.joined_at.astimezone(athlete.zone).date() if sync.joined_at else None,
    )
