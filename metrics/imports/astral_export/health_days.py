"""Restore health days of all sources, with all columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from athletes.models import Athlete
from athletes.personal_data.restorer import Row, build_valid_row, parse_archived_instant
from metrics.health.days import HealthDayUpdate, get_latest_day
from metrics.health.imports.days import InvalidRow
from metrics.imports.files.outcomes import FileOutcome
from metrics.imports.files.store_days import DayKey, store_day_updates
from metrics.models import HealthDay

DAY_COLUMNS = ("date", "source", *HealthDay.VALUES)


def restore_days(athlete: Athlete, rows: Iterable[Row], now: datetime) -> FileOutcome:
    """Store the days. A new day keeps the instant at which it came. Raises QuotaReached."""
    updates: dict[DayKey, HealthDayUpdate] = {}
    arrivals: dict[DayKey, datetime] = {}
    invalid: list[InvalidRow] = []
    for number, row in enumerate(rows, start=1):
        try:
            update = _build_update(row, get_latest_day(now))
            arrivals[update.date, update.source] = parse_archived_instant(row.get("updated_at"), now)
            updates[update.date, update.source] = update
        except ValidationError as error:
            invalid.append(InvalidRow(number, " ".join(error.messages)))
    outcome = store_day_updates(athlete, list(updates.values()), invalid)
    new = {(day.date, day.source) for day in outcome.days if day.before is None}
    _set_arrivals(athlete, {key: arrivals[key] for key in new})
    return outcome


def _build_update(row: Row, latest: date) -> HealthDayUpdate:
    built = build_valid_row(HealthDay, row, DAY_COLUMNS)
    if built.date > latest:
        raise ValidationError(f"{built.date} is in the future.")
    values: dict[str, Any] = {name: getattr(built, name) for name in HealthDay.VALUES}
    said = {name: value for name, value in values.items() if value not in (None, "")}
    if not said:
        raise ValidationError(f"{built.date} has no reading.")
    return HealthDayUpdate(built.date, built.source, said)


def _set_arrivals(athlete: Athlete, arrivals: dict[DayKey, datetime]) -> None:
    stored = HealthDay.objects.filter(athlete=athlete, date__in={day for day, _ in arrivals})
    changed = [day for day in stored if (day.date, day.source) in arrivals]
    for day in changed:
        day.updated_at = arrivals[day.date, day.source]
    HealthDay.objects.bulk_update(changed, ["updated_at"], batch_size=500)
