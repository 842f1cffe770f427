"""Restore plans in the calendar, with their sessions.

A plan in an archive belongs to a club, which may be on another server. So the athlete gets an own copy of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from rest_framework.exceptions import ValidationError as InvalidBody

from athletes.models import Athlete
from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    RowRestorer,
    build_valid_row,
    restore_each,
)
from coaching.models import CalendarSession, Plan, PlanInstance, PlanSession
from coaching.plans.editing import build_sessions
from coaching.plans.filling import fill_calendars
from coaching.plans.serializers import MAX_SESSIONS_PER_DAY, PlanCreate

INSTANCE_COLUMNS = ("start_date", "ended_as", "ended_on")
PLAN_FIELDS = ("name", "description")
# The columns of a session, and the fields of the API that know their limits.
FIELD_BY_COLUMN = {
    "sport": "sport", "title": "title", "description": "description",
    "duration_s": "duration", "distance_m": "distance", "load": "training_load",
    "zone": "zone", "steps": "steps", "is_key": "is_key",
}  # fmt: skip
Place = tuple[int, int, int]
InstanceKey = tuple[Any, ...]


def restore_plan_instances(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Store each plan in the calendar, unless one of its name and size begins on that day.

    A row has its plan, and the plan has its sessions.
    """
    known = set(load_instances(target.athlete))

    def restore_row(row: Row) -> PlanInstance | bool:
        built = build_valid_row(PlanInstance, row, INSTANCE_COLUMNS, athlete=target.athlete)
        if bool(built.ended_as) != (built.ended_on is not None):
            raise ValidationError("A plan has an end without a day, or a day without an end.")
        brought = parse_plan(row.get("plan"))
        key = (built.start_date, brought["name"], brought["total_weeks"], len(brought["sessions"]))
        if key in known:
            return False
        known.add(key)
        built.plan = _store_plan(target.athlete, brought)
        built.save(force_insert=True)
        fill_calendars(built.plan, [built])
        return built

    return restore_each(rows, restore_row)


def parse_plan(plan: Any) -> dict[str, Any]:
    """The validated plan of an archive: name, description, total_weeks, sessions by place."""
    if not isinstance(plan, Mapping) or not isinstance(plan.get("sessions"), list):
        raise ValidationError("A plan is not complete.")
    weeks: dict[Any, dict[Any, list[Any]]] = {}
    sessions = [session for session in plan["sessions"] if isinstance(session, Mapping)]
    try:
        sessions.sort(key=read_place)
        total_weeks = max([*(read_place(session)[0] for session in sessions), int(plan["total_weeks"])])
    except (KeyError, TypeError, ValueError):
        raise ValidationError("A plan is not complete.") from None
    for session in sessions:
        fields = {FIELD_BY_COLUMN[name]: session[name] for name in FIELD_BY_COLUMN if name in session}
        week, weekday, _ = read_place(session)
        weeks.setdefault(week, {}).setdefault(weekday, []).append(fields)
    weeks.setdefault(total_weeks, {})
    listed = [
        {"week": week, "days": [{"weekday": day, "sessions": found} for day, found in days.items()]}
        for week, days in weeks.items()
    ]
    try:
        body = PlanCreate.parse({name: plan.get(name) for name in PLAN_FIELDS} | {"weeks": listed})
    except InvalidBody as error:
        raise ValidationError("A plan has impossible values.") from error
    return body | {"total_weeks": total_weeks, "sessions": sessions}


def read_place(session: Mapping[str, Any]) -> Place:
    return int(session["week"]), int(session["weekday"]), int(session["position"])


def remove_plan_instance(instance: PlanInstance) -> None:
    """Delete it, and its plan if that is the athlete's own and nothing else follows it."""
    plan = instance.plan
    instance.delete()
    if plan.athlete_id == instance.athlete_id and not plan.instances.exists():
        plan.delete()


def _store_plan(athlete: Athlete, brought: Mapping[str, Any]) -> Plan:
    plan = Plan.objects.create(
        athlete=athlete,
        name=brought["name"],
        description=brought.get("description", ""),
        total_weeks=brought["total_weeks"],
    )
    PlanSession.objects.bulk_create(build_sessions(plan, brought["weeks"]))
    return plan


def load_instances(athlete: Athlete) -> dict[InstanceKey, PlanInstance]:
    """The plans in the calendar, by first day, name, weeks and number of sessions."""
    rows = PlanInstance.objects.filter(athlete=athlete).select_related("plan", "athlete")
    counted = rows.annotate(session_count=Count("plan__sessions"))
    return {
        (row.start_date, row.plan.name, row.plan.total_weeks, row.session_count): row  # type: ignore[attr-defined]
        for row in counted.order_by("-pk")
    }


def read_instance_key(row: Row) -> InstanceKey:
    found = row.get("instance")
    if not isinstance(found, Mapping):
        raise ValidationError("A row names no plan.")
    built = build_valid_row(PlanInstance, found, ("start_date",))
    name, total_weeks, count = found.get("name"), found.get("total_weeks"), found.get("session_count")
    if not (isinstance(name, str) and isinstance(total_weeks, int) and isinstance(count, int)):
        raise ValidationError("A row names no plan.")
    return (built.start_date, name, total_weeks, count)


def find_plan_session(instance: PlanInstance, row: Row) -> CalendarSession | None:
    """The session that the plan filled in at the row's `place`. Raises ValidationError without a place."""
    try:
        week, weekday, number = read_place(row["place"])
    except (KeyError, TypeError, ValueError):
        raise ValidationError("A row names no session of its plan.") from None
    if not (0 < week <= Plan.MAX_WEEKS and 0 < weekday <= 7 and 0 <= number < MAX_SESSIONS_PER_DAY):
        return None
    of_day = instance.sessions.filter(plan_session__week=week, plan_session__weekday=weekday)
    of_day = of_day.order_by("plan_session__position")
    return next(iter(of_day[number : number + 1]), None)


PLAN_INSTANCE_RESTORER = RowRestorer(
    "plan", "plans", restore_plan_instances, PlanInstance, remove_plan_instance
)
