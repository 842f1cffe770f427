"""Plans on dates: sessions by day, and the links between sessions and activities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from coaching.models import PlanInstance, PlanLink, PlanSession
from coaching.models.plans import Plan
from coaching.science.compliance import PlannedSession
from coaching.science.planned_load import expected_load

REST = str(PlanSession.REST)  # comparing with an enumeration member is slow

# One row for each plan, with its sessions as JSON: a fifth of the time of one row for each session.
SESSIONS_SQL = """
SELECT plan_id, json_agg(json_build_array(
           steps, id, 7 * (week - 1) + weekday - 1, sport, duration_s, distance_m, load, zone, is_key)
           ORDER BY week, weekday, position)::text
  FROM coaching_plansession
  JOIN unnest(%(plans)s::uuid[], %(first)s::int[], %(last)s::int[]) AS span(plan_id, first, last)
       USING (plan_id)
 WHERE week BETWEEN first AND last
 GROUP BY plan_id
"""


class SessionRow(NamedTuple):
    """A session of a plan. `offset_d`: days from the Monday of week 1."""

    steps: Sequence[Any]
    id: str
    offset_d: int
    sport: str
    duration_s: float | None
    distance_m: float | None
    load: float | None
    zone: int | None
    is_key: bool

    def to_planned_session(
        self, instance_id: UUID, session_key: str, day: date, threshold_mps: float | None
    ) -> PlannedSession:
        load = self.load
        if load is None and self.sport != REST:
            load = expected_load(
                self.sport, self.duration_s, self.distance_m, self.zone, self.steps, threshold_mps
            )
        return PlannedSession(
            session_key,
            day,
            self.sport,
            self.duration_s,
            self.distance_m,
            load,
            self.is_key,
            is_easy=self.zone == 1 and not self.steps,
            is_rest=self.sport == REST,
            instance_id=instance_id,
        )


@dataclass(frozen=True, slots=True)
class ScheduledPlan:
    """A plan in one athlete's calendar, with its sessions. `links`: session key → activity id."""

    instance: PlanInstance
    rows: Sequence[SessionRow]
    links: dict[str, str] = field(default_factory=dict)

    def sessions(self, first: date, last: date, threshold_mps: float | None = None) -> list[PlannedSession]:
        """Return the planned sessions from `first` to `last`, both included."""
        monday = self.instance.monday.toordinal()
        first, last = max(first, self.instance.start_date), min(last, self.instance.last_day)
        start, end = first.toordinal() - monday, last.toordinal() - monday
        instance_id, text = self.instance.pk, str(self.instance.pk)  # str() of a UUID is slow: do it once
        return [
            row.to_planned_session(
                instance_id,
                build_session_key(text, row.id),
                date.fromordinal(monday + row.offset_d),
                threshold_mps,
            )
            for row in self.rows
            if start <= row.offset_d <= end
        ]


def build_session_key(instance_id: UUID | str, session_id: UUID | str) -> str:
    """Return the session id for the pure functions. It names the instance too: instances share sessions."""
    return f"{instance_id} {session_id}"


def load_schedules(athlete_ids: Iterable[UUID], first: date, last: date) -> dict[UUID, list[ScheduledPlan]]:
    """Load each athlete's plans between these days, with their sessions. Three statements."""
    earliest = first - timedelta(weeks=Plan.MAX_WEEKS)
    started = PlanInstance.objects.filter(athlete_id__in=list(athlete_ids), start_date__gte=earliest)
    rows_by_start = started.select_related("plan").order_by("start_date", "pk")
    instances = [instance for instance in rows_by_start if instance.last_day >= first]
    rows, links = load_session_rows(_weeks_by_plan(instances, first, last)), _load_links(instances)
    found: dict[UUID, list[ScheduledPlan]] = {}
    for instance in instances:
        plan = ScheduledPlan(instance, rows.get(instance.plan_id, ()), links.get(instance.pk, {}))
        found.setdefault(instance.athlete_id, []).append(plan)
    return found


def load_session_rows(weeks: Mapping[UUID, tuple[int, int]]) -> dict[UUID, list[SessionRow]]:
    """Load the sessions of these plans, in order. `weeks`: first and last week by plan id. One statement."""
    if not weeks:
        return {}
    parameters: dict[str, Any] = {
        "plans": list(weeks),
        "first": [first for first, _ in weeks.values()],
        "last": [last for _, last in weeks.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS_SQL, parameters)
        return {
            plan_id: [SessionRow._make(columns) for columns in orjson.loads(sessions)]
            for plan_id, sessions in cursor.fetchall()
        }


def _weeks_by_plan(instances: Sequence[PlanInstance], first: date, last: date) -> dict[UUID, tuple[int, int]]:
    """Return the first and last week of each plan between these days, over all its instances."""
    found: dict[UUID, tuple[int, int]] = {}
    for instance in instances:
        begin, end = ((day - instance.monday).days // 7 + 1 for day in (first, last))
        widest = found.get(instance.plan_id, (begin, end))
        found[instance.plan_id] = min(begin, widest[0]), max(end, widest[1])
    return found


def _load_links(instances: Sequence[PlanInstance]) -> dict[UUID, dict[str, str]]:
    """Load the links of sessions within the instance's days. Activities of other links can match again."""
    found: dict[UUID, dict[str, str]] = {}
    by_id = {instance.pk: instance for instance in instances}
    athlete_ids = {instance.athlete_id for instance in instances}
    rows = PlanLink.objects.filter(athlete_id__in=athlete_ids, instance_id__in=by_id)
    for link in rows.select_related("session").only(
        "instance_id", "activity_id", "session__week", "session__weekday"
    ):
        if by_id[link.instance_id].covers(by_id[link.instance_id].day_of(link.session)):
            key = build_session_key(link.instance_id, link.session_id)
            found.setdefault(link.instance_id, {})[key] = link.activity_id.hex
    return found
