"""Absences that are active on each athlete's local day, or cover a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coaching.models import Absence


@dataclass(frozen=True, slots=True)
class CurrentAbsence:
    """An active absence; `kind` as in Absence.Kind, local dates; `last_day` None if open."""

    kind: str
    first_day: date
    last_day: date | None

    def describe(self, today: date) -> str:
        """For example: Ill since 22 Nov, end open; Injured until 3 Dec. Shows another year."""
        kind = Absence.Kind(self.kind).label.capitalize()
        if self.last_day is None:
            return f"{kind} since {_format_short_date(self.first_day, today)}, end open"
        return f"{kind} until {_format_short_date(self.last_day, today)}"


def current_absences(ids_with_today: Mapping[UUID, date]) -> dict[UUID, CurrentAbsence]:
    """Current absences by athlete id, given each athlete's local day: at most one statement.

    If several are current: the one that ends last. Absences are of the category goals_and_plans: pass only
    athletes who share it with the viewer.
    """
    if not ids_with_today:
        return {}
    days = ids_with_today.values()
    rows = Absence.objects.since(min(days)).filter(athlete_id__in=ids_with_today, first_day__lte=max(days))
    found: dict[UUID, CurrentAbsence] = {}
    for row in sorted(rows, key=lambda row: (row.last_day or date.max, -row.first_day.toordinal())):
        today = ids_with_today[row.athlete_id]
        if row.first_day <= today <= (row.last_day or date.max):
            found[row.athlete_id] = CurrentAbsence(row.kind, row.first_day, row.last_day)
    return found


def load_absences(athlete_id: UUID) -> list[Absence]:
    """Load all absences: a session of the range may be judged on a day that is far away."""
    return list(Absence.objects.filter(athlete=athlete_id).order_by("first_day", "pk"))


def find_absence(absences: Sequence[Absence], day: date) -> Absence | None:
    """The latest absence that covers this day."""
    if not absences:  # the usual case: a year asks this a thousand times
        return None
    covering = (row for row in absences if row.first_day <= day <= (row.last_day or date.max))
    return max(covering, key=lambda row: row.first_day, default=None)


def _format_short_date(day: date, today: date) -> str:
    return f"{day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")
