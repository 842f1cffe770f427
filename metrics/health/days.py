"""Store and delete health days, and validate exports.

Idempotent: a day is one row per athlete, date and source; storing the same readings again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from astral.http.fields import FIRST_DAY
from athletes.models import Athlete
from metrics.health.imports.days import DayRow, HealthExport, InvalidRow, merge_by_day
from metrics.models import HealthDay
from metrics.models.querysets import HealthDayQuerySet
from metrics.storage.quotas import check_health_day_quota

DAY_KEY = ("athlete", "date", "source")


@dataclass(frozen=True, slots=True)
class HealthDayUpdate:
    """What a source says of a day, by column name. An omitted column stays; None deletes it."""

    date: date
    source: str
    readings: Mapping[str, float | str | None]


@dataclass(frozen=True, slots=True)
class StoredDayCounts:
    """How many days are new or changed, and how many were already stored with the same readings."""

    stored: int
    unchanged: int

    def __add__(self, other: StoredDayCounts) -> StoredDayCounts:
        return StoredDayCounts(self.stored + other.stored, self.unchanged + other.unchanged)


@transaction.atomic
def store_health_days(athlete_id: UUID, days: Sequence[HealthDayUpdate]) -> StoredDayCounts:
    """Store valid days, each (date, source) at most once. Raises QuotaReached.

    Five statements; four if no day is new, two if nothing changes.
    """
    # Lock the athlete's row: a second request waits and merges into the result of the first.
    Athlete.objects.select_for_update(no_key=True).only("pk").get(pk=athlete_id)
    rows = HealthDay.objects.filter(athlete_id=athlete_id, date__in={day.date for day in days})
    stored = {(row.date, row.source): row for row in rows}
    merged = [_merge_day(stored.get((day.date, day.source)), athlete_id, day) for day in days]
    changed = [row for row in merged if row is not None]
    added = sum(row._state.adding for row in changed)
    if added:
        check_health_day_quota(athlete_id, added)
    if changed:
        HealthDay.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=DAY_KEY,
            update_fields=[*HealthDay.VALUES, "updated_at"],
        )
        Athlete.objects.filter(pk=athlete_id).bump_version()
    return StoredDayCounts(len(changed), len(days) - len(changed))


def _merge_day(stored: HealthDay | None, athlete_id: UUID, day: HealthDayUpdate) -> HealthDay | None:
    """Return the row with the new readings; None if nothing changes."""
    row = stored or HealthDay(athlete_id=athlete_id, date=day.date, source=day.source)
    changes = {name: value for name, value in day.readings.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    return row if changes else None


@transaction.atomic
def delete_health_days(days: HealthDayQuerySet) -> None:
    """Delete health days. All statistics change at once."""
    athletes = set(days.values_list("athlete_id", flat=True))
    Athlete.objects.filter(pk__in=athletes).bump_versions()
    days.delete()


def get_latest_day(now: datetime) -> date:
    """The latest date to accept: tomorrow in UTC, which covers every time zone."""
    return now.astimezone(UTC).date() + timedelta(days=1)


def validate_export(
    export: HealthExport, source: str, latest: date
) -> tuple[list[HealthDayUpdate], list[InvalidRow]]:
    """Return the valid days of an export, by date, and all invalid rows, by line."""
    errors = {row.line: find_day_error(row, latest) for row in export.rows}
    invalid = [*export.invalid_rows, *(InvalidRow(line, error) for line, error in errors.items() if error)]
    days = merge_by_day(row for row in export.rows if not errors[row.line])
    updates = [HealthDayUpdate(day.date, source, day.values) for day in days]
    return updates, sorted(invalid, key=lambda row: row.line)


def find_day_error(row: DayRow, latest: date) -> str | None:
    """Explain why a row is impossible; None if it is valid."""
    if not FIRST_DAY <= row.date <= latest:
        return f"{row.date} is not between {FIRST_DAY} and {latest}"
    for name, value in row.values.items():
        limits = HealthDay.LIMITS[name]
        if not limits.lowest <= value <= limits.highest:
            return f"{name} {value:g} is not between {limits.lowest:g} and {limits.highest:g} {limits.unit}"
    return None
