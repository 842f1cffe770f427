"""Give health days back the values that they had before an import."""

from __future__ import annotations

from typing import Any

from metrics.health.days import HealthDayUpdate, delete_health_days, store_health_days
from metrics.imports.files.store_days import DayKey, read_day_values
from metrics.models import HealthDay, ImportedDay, ImportFile

EDITED_DAYS = "Some of its days were edited since, or came with another import, too."


def undo_days(file: ImportFile) -> str:
    """Restore the days of one file. Returns why some stay, or nothing."""
    changed = [day for day in file.days.all() if day.before != day.after]
    if not changed:
        return ""
    rows = HealthDay.objects.filter(athlete=file.athlete_id, date__in={day.date for day in changed})
    stored = {(row.date, row.source): row for row in rows}
    again = _find_days_of_others(file, changed)
    left = [day for day in changed if _is_as_imported(day, stored) and (day.date, day.source) not in again]
    new = [stored[day.date, day.source].pk for day in left if day.before is None]
    delete_health_days(HealthDay.objects.filter(athlete=file.athlete_id, pk__in=new))
    updates = [_build_update(day) for day in left if day.before is not None]
    if updates:
        store_health_days(file.athlete_id, updates)
    is_complete = len(left) == sum((day.date, day.source) in stored for day in changed)
    return "" if is_complete else EDITED_DAYS


def _find_days_of_others(file: ImportFile, days: list[ImportedDay]) -> set[DayKey]:
    """Days of which another import brought the same values, too, and that is not undone."""
    others = ImportedDay.objects.filter(athlete=file.athlete_id, date__in={day.date for day in days})
    others = others.exclude(file__parent=file.parent_id).filter(file__undo_outcome="")
    changed = {(day.date, day.source): _list_changed(day) for day in days}
    return {
        (date, source)
        for date, source, values in others.values_list("date", "source", "after")
        if any(name in values for name in changed.get((date, source), ()))
    }


def _is_as_imported(day: ImportedDay, stored: dict[DayKey, HealthDay]) -> bool:
    row = stored.get((day.date, day.source))
    if row is None:
        return False
    current = read_day_values(row)
    return current == day.after if day.before is None else _pick(current, day) == _pick(day.after, day)


def _build_update(day: ImportedDay) -> HealthDayUpdate:
    before = day.before or {}
    blank: dict[str, Any] = {"pain_where": ""}
    readings = {name: before.get(name, blank.get(name)) for name in _list_changed(day)}
    return HealthDayUpdate(day.date, day.source, readings)


def _list_changed(day: ImportedDay) -> list[str]:
    before = day.before or {}
    return [name for name in HealthDay.VALUES if before.get(name) != day.after.get(name)]


def _pick(values: dict[str, Any], day: ImportedDay) -> dict[str, Any]:
    return {name: values.get(name) for name in _list_changed(day)}
