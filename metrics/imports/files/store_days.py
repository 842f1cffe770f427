"""Store the days of one file with health data, and remember what they were before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from athletes.models import Athlete
from metrics.health.days import HealthDayUpdate, get_latest_day, store_health_days, validate_export
from metrics.health.imports.days import HealthExport, InvalidRow
from metrics.imports.files.outcomes import FileOutcome, Status
from metrics.models import HealthDay, ImportedDay

DAYS_PER_BATCH = 1_000
NO_DAYS, INVALID_ROWS = "NO_DAYS", "INVALID_ROWS"
NAMED_ROWS = 3  # the reason names only the first wrong rows

DayKey = tuple[date, str]


def store_days(athlete: Athlete, export: HealthExport, now: datetime) -> FileOutcome:
    """Store all valid days. Raises QuotaReached; then nothing is stored."""
    updates, invalid = validate_export(export, export.source, get_latest_day(now))
    return store_day_updates(athlete, updates, invalid)


def store_day_updates(
    athlete: Athlete, updates: Sequence[HealthDayUpdate], invalid: Sequence[InvalidRow]
) -> FileOutcome:
    """Store valid days, and name the rows that are wrong. Raises QuotaReached; then nothing is stored."""
    if not updates:
        if invalid:
            return FileOutcome(Status.REFUSED, INVALID_ROWS, _format_invalid_rows(invalid))
        return FileOutcome(Status.SKIPPED, NO_DAYS, "It contains no reading that Astral stores.")
    Athlete.objects.select_for_update(no_key=True).only("pk").get(pk=athlete.pk)  # before it is read
    days: list[ImportedDay] = []
    stored = 0
    for start in range(0, len(updates), DAYS_PER_BATCH):
        batch = updates[start : start + DAYS_PER_BATCH]
        before = _load_values(athlete.pk, batch)
        stored += store_health_days(athlete.pk, batch).stored
        after = _load_values(athlete.pk, batch)
        days += [_build_day(update, before, after) for update in batch]
    status = Status.STORED if stored else Status.ALREADY_THERE
    reason = _format_invalid_rows(invalid) if invalid else ""
    return FileOutcome(status, INVALID_ROWS if invalid else "", reason, days_stored=stored, days=days)


def read_day_values(day: HealthDay) -> dict[str, Any]:
    """All that a source says of a day, without empty columns."""
    values = {name: getattr(day, name) for name in HealthDay.VALUES}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _load_values(athlete_id: UUID, updates: Sequence[HealthDayUpdate]) -> dict[DayKey, dict[str, Any]]:
    dates = [update.date for update in updates]
    sources = {update.source for update in updates}
    rows = HealthDay.objects.filter(athlete_id=athlete_id, date__in=dates, source__in=sources)
    return {(row.date, row.source): read_day_values(row) for row in rows}


def _build_day(
    update: HealthDayUpdate, before: dict[DayKey, dict[str, Any]], after: dict[DayKey, dict[str, Any]]
) -> ImportedDay:
    key = (update.date, update.source)
    return ImportedDay(
        date=update.date, source=update.source, before=before.get(key), after=after.get(key, {})
    )


def _format_invalid_rows(rows: Iterable[InvalidRow]) -> str:
    listed = [f"line {row.line}: {row.message}" for row in rows]
    more = f"; and {len(listed) - NAMED_ROWS} more" if len(listed) > NAMED_ROWS else ""
    count = f"{len(listed)} row is wrong" if len(listed) == 1 else f"{len(listed)} rows are wrong"
    return f"{count}: {'; '.join(listed[:NAMED_ROWS])}{more}."
