"""Load the rows of a calendar: sessions, activities, races, absences and health notes of a range of days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q

from athletes.models import Athlete
from coaching.models import Race
from coaching.plans.schedule import SESSION_COLUMNS, SESSION_TABLES, SessionRow
from coaching.science.compliance import DoneActivity
from metrics.models import Activity, HealthDay

# One athlete. Sessions that were judged on another day, and linked ones, come whatever their day is.
CALENDAR_SQL = f"""
SELECT json_agg(json_build_array({SESSION_COLUMNS}, session.title, session.description, session.position,
           session.is_adjusted, session.is_skipped, session.is_removed, session.skip_reason, session.version,
           plan.name)
           ORDER BY session.day, session.position, session.id)::text
{SESSION_TABLES}
  LEFT JOIN coaching_plan plan ON plan.id = instance.plan_id
 WHERE session.athlete_id = %(athlete)s
   AND (session.day BETWEEN %(first)s AND %(last)s OR session.as_planned IS NOT NULL OR link.id IS NOT NULL)
   AND NOT (session.is_removed AND session.as_planned IS NULL)
"""


class CalendarRow(NamedTuple):
    """A session of a calendar with what people read."""

    planned: SessionRow
    title: str
    description: str
    position: int
    is_adjusted: bool
    is_skipped: bool
    is_removed: bool
    skip_reason: str
    version: int
    plan_name: str | None

    @property
    def is_shown(self) -> bool:
        return not self.is_removed and self.planned.is_due_by_plan()


class CalendarActivity(NamedTuple):
    """An activity on its local day."""

    activity_id: UUID
    day: date
    started_at: datetime
    name: str
    sport: str
    is_race: bool
    duration_s: float
    distance_m: float | None
    load: float | None

    def to_done(self) -> DoneActivity:
        return DoneActivity(
            self.activity_id.hex, self.day, self.sport, self.duration_s, self.distance_m, self.load
        )


def load_calendar_rows(athlete_id: UUID, first: date, last: date) -> list[CalendarRow]:
    """Load the sessions of these days, and all with a link or judged otherwise, by day. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(CALENDAR_SQL, {"athlete": athlete_id, "first": first, "last": last})
        ((content,),) = cursor.fetchall()
    return [CalendarRow(SessionRow._make(columns), *more) for columns, *more in orjson.loads(content or "[]")]


def load_activities(athlete: Athlete, first: date, last: date) -> list[CalendarActivity]:
    """Load the activities of these local days, by start. One statement."""
    zone = athlete.zone
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    columns = (
        "id", "started_at", "name", "activity_type", "is_race", "duration_s", "distance_m", "training_load",
    )  # fmt: skip
    rows = Activity.objects.filter(athlete=athlete).between(start, end).order_by("started_at", "pk")
    return [
        CalendarActivity(pk, at.astimezone(zone).date(), at, *more)
        for pk, at, *more in rows.values_list(*columns)
    ]


def load_races(athlete: Athlete, first: date, last: date) -> dict[date, list[Race]]:
    found: dict[date, list[Race]] = {}
    for race in Race.objects.filter(athlete=athlete, date__range=(first, last)).order_by("date", "pk"):
        found.setdefault(race.date, []).append(race)
    return found


def load_health_notes(athlete_id: UUID, first: date, last: date) -> dict[date, str]:
    """What was said on these days about illness and pain, as a text. One statement."""
    said = Q(is_ill=True) | Q(pain_score__gt=0)
    rows = HealthDay.objects.filter(said, athlete=athlete_id).within(first, last).order_by("date", "source")
    notes: dict[date, list[str]] = {}
    for day, is_ill, score, where in rows.values_list("date", "is_ill", "pain_score", "pain_where"):
        sentences = notes.setdefault(day, [])
        sentences += [text for text in _describe(is_ill, score, where) if text not in sentences]
    return {day: " ".join(sentences) for day, sentences in notes.items()}


def _describe(is_ill: Any, pain_score: int | None, pain_where: str) -> list[str]:
    pain = f"Pain {pain_score} of 10{f': {pain_where}' if pain_where else ''}."
    return (["Ill."] if is_ill else []) + ([pain] if pain_score else [])
