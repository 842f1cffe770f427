"""Who is away today: absences that hold on the local day of each athlete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coaching.models import Absence


@dataclass(frozen=True, slots=True)
class CurrentAbsence:
    """An absence that holds; `kind` as in Absence.Kind, local dates, `last_day` None where its end is open."""

    kind: str
    first_day: date
    last_day: date | None

    def words(self, today: date) -> str:
        """Ill since 22 Nov, end open; Injured until 3 Dec; the year where it is another than today's."""
        kind = Absence.Kind(self.kind).label.capitalize()
        if self.last_day is None:
            return f"{kind} since {_format_short_date(self.first_day, today)}, end open"
        return f"{kind} until {_format_short_date(self.last_day, today)}"


def current_absences(ids_with_today: Mapping[UUID, date]) -> dict[UUID, CurrentAbsence]:
    """Of these athletes, each with their local day, those who are away: one statement, none for nobody.

    Of several that hold the one that lasts longest. Absences are of the category goals_and_plans: ask for those only
    who show it to the viewer.
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


def _format_short_date(day: date, today: date) -> str:
    return f"{day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")
