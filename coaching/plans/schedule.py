"""What is planned for athletes: their plans, and the sessions of their calendars by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from coaching.models import CalendarSession, PlanInstance
from coaching.models.plans import Plan
from coaching.science.compliance import PlannedSession
from coaching.science.planned_load import expected_load

REST = str(CalendarSession.REST)  # comparing with an enumeration member is slow

# The columns of a SessionRow, in its order. Days are ordinals: the day 1 is 0001-01-01.
SESSION_COLUMNS = """
json_build_array(session.steps, session.id, session.day - date '0001-01-01' + 1, session.sport,
    session.duration_s, session.distance_m, session.load, session.zone, session.is_key,
    NOT (session.is_removed OR session.is_skipped), session.instance_id,
    instance.ended_on - date '0001-01-01' + 1, link.activity_id, session.as_planned)
"""
SESSION_TABLES = """
  FROM coaching_calendarsession session
  LEFT JOIN coaching_planinstance instance ON instance.id = session.instance_id
  LEFT JOIN coaching_planlink link ON link.session_id = session.id
"""

# One row for each athlete, with the sessions as JSON: a fifth of the time of one row for each session.
SESSIONS_SQL = f"""
SELECT session.athlete_id,
       json_agg({SESSION_COLUMNS} ORDER BY session.day, session.position, session.id)::text
{SESSION_TABLES}
 WHERE session.athlete_id = ANY(%(athletes)s)
   AND (session.day BETWEEN %(first)s AND %(last)s OR session.as_planned IS NOT NULL OR link.id IS NOT NULL)
   AND NOT (session.is_removed AND session.as_planned IS NULL)
 GROUP BY session.athlete_id
"""


class SessionRow(NamedTuple):
    """A session of a calendar. `ended`: the last day of its plan instance if somebody ended it.

    Days are ordinals. `as_planned`: the columns with other values on the day before; None if there are none.
    """

    steps: Sequence[Any]
    id: str
    day: int
    sport: str
    duration_s: float | None
    distance_m: float | None
    load: float | None
    zone: int | None
    is_key: bool
    is_planned: bool
    instance_id: str | None
    ended: int | None
    activity_id: str | None
    as_planned: Mapping[str, Any] | None

    def is_expected(self, first: int, last: int) -> bool:
        return self.is_planned and first <= self.day <= last and self.is_due_by_plan()

    def is_due_by_plan(self) -> bool:
        """Whether its plan was not ended before its day."""
        return self.ended is None or self.day <= self.ended

    def as_judged(self) -> SessionRow:
        """The session as compliance judges it: as it stood at the end of the day before."""
        if self.as_planned is None:
            return self
        stood = dict(self.as_planned)
        return self._replace(**stood | {"day": date.fromisoformat(stood["day"]).toordinal()})

    def to_planned_session(self, threshold_mps: float | None) -> PlannedSession:
        load = self.load
        if load is None and self.sport != REST:
            load = expected_load(
                self.sport, self.duration_s, self.distance_m, self.zone, self.steps, threshold_mps
            )
        return PlannedSession(
            self.id,
            date.fromordinal(self.day),
            self.sport,
            self.duration_s,
            self.distance_m,
            load,
            self.is_key,
            is_easy=self.zone == 1 and not self.steps,
            is_rest=self.sport == REST,
            instance_id=self.instance_id,
        )


@dataclass(frozen=True, slots=True)
class Schedule:
    """One athlete's plans by start, and the sessions of the calendar by day."""

    instances: Sequence[PlanInstance] = ()
    rows: Sequence[SessionRow] = ()

    def sessions(self, first: date, last: date, threshold_mps: float | None = None) -> list[PlannedSession]:
        """The sessions from `first` to `last`, both included, as compliance judges them."""
        start, end = first.toordinal(), last.toordinal()
        judged = (row if row.as_planned is None else row.as_judged() for row in self.rows)
        return [row.to_planned_session(threshold_mps) for row in judged if row.is_expected(start, end)]

    def links(self) -> dict[str, str]:
        """Session id → activity id of the links by hand. Activities of other links can match again."""
        return {
            row.id: row.activity_id.replace("-", "")
            for row in self.rows
            if row.activity_id and row.is_due_by_plan()
        }


def load_schedules(athlete_ids: Iterable[UUID], first: date, last: date) -> dict[UUID, Schedule]:
    """Load what is planned for each athlete between these days. Two statements.

    Athletes without a plan or session are left out.
    """
    ids = list(athlete_ids)
    earliest = first - timedelta(weeks=Plan.MAX_WEEKS)
    started = PlanInstance.objects.filter(athlete_id__in=ids, start_date__gte=earliest)
    by_start = started.select_related("plan").order_by("start_date", "pk")
    instances: dict[UUID, list[PlanInstance]] = {}
    for instance in by_start:
        if instance.last_day >= first:
            instances.setdefault(instance.athlete_id, []).append(instance)
    rows = load_session_rows(ids, first, last)
    return {pk: Schedule(instances.get(pk, ()), rows.get(pk, ())) for pk in instances.keys() | rows.keys()}


def load_session_rows(athlete_ids: Sequence[UUID], first: date, last: date) -> dict[UUID, list[SessionRow]]:
    """Load the sessions between these days, by athlete and day, and all with a link or judged otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS_SQL, {"athletes": list(athlete_ids), "first": first, "last": last})
        return {
            athlete_id: [SessionRow._make(columns) for columns in orjson.loads(sessions)]
            for athlete_id, sessions in cursor.fetchall()
        }
