"""Create and change plans. Assigned ones change in `coaching.calendar.changes.plan_changes`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from astral.http.errors import ApiError
from athletes.models import Athlete, Organization, User
from coaching.models import Plan, PlanSession
from coaching.plans.filling import COPIED_COLUMNS

# {"week", "days": [{"weekday", "sessions": [columns of a PlanSession]}]}
PlanWeeks = Sequence[dict[str, Any]]


@transaction.atomic
def create_plan(
    organization: Organization, coach: User | None, name: str, description: str, weeks: PlanWeeks
) -> Plan:
    total_weeks = max(week["week"] for week in weeks)
    plan = Plan.objects.create(
        organization=organization,
        name=name,
        description=description,
        total_weeks=total_weeks,
        created_by=coach,
    )
    PlanSession.objects.bulk_create(build_sessions(plan, weeks))
    return plan


@transaction.atomic
def update_plan(plan: Plan, changes: dict[str, Any]) -> Plan:
    """Change a plan. Raises ApiError PLAN_ASSIGNED for new weeks of an assigned plan."""
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    weeks = changes.pop("weeks", None)
    if weeks is not None:
        _refuse_if_assigned(locked, "Send apply_to to change its sessions.")
        changes["total_weeks"] = max(week["week"] for week in weeks)
        delete_plan_sessions(replace_sessions(locked, weeks).gone)
    set_plan_columns(locked, changes)
    if "name" in changes:  # responses about the athletes contain the name
        Athlete.objects.filter(plan_instances__plan=locked).bump_version()
    return locked


def set_plan_columns(plan: Plan, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(plan, name, value)
    plan.save(update_fields=changes.keys())


class SessionEdit(NamedTuple):
    """How the sessions of a plan changed: `gone` are not deleted yet. A session has its id by its place."""

    added: list[PlanSession]
    changed: dict[UUID, PlanSession]
    gone: dict[UUID, PlanSession]


def replace_sessions(plan: Plan, weeks: PlanWeeks) -> SessionEdit:
    """Store the sessions of these weeks. A session that has the place of an earlier one keeps its id.

    Two statements. The caller holds the plan's lock, and deletes the sessions that are gone.
    """
    before = {_get_place(session): session for session in plan.sessions.all()}
    sessions = list(build_sessions(plan, weeks))
    changed: dict[UUID, PlanSession] = {}
    for session in sessions:
        if old := before.get(_get_place(session)):
            session.id = old.id
            if any(getattr(session, name) != getattr(old, name) for name in COPIED_COLUMNS):
                changed[session.id] = session
    kept = {session.id for session in sessions}
    gone = {old.id: old for old in before.values() if old.id not in kept}
    known = {old.id for old in before.values()}
    added = [session for session in sessions if session.id not in known]
    PlanSession.objects.bulk_create(
        [*changed.values(), *added],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=COPIED_COLUMNS,
    )
    return SessionEdit(added, changed, gone)


def delete_plan_sessions(sessions: Iterable[UUID]) -> None:
    PlanSession.objects.filter(pk__in=list(sessions)).delete()


def _get_place(session: PlanSession) -> tuple[int, int, int]:
    return session.week, session.weekday, session.position


@transaction.atomic
def delete_plan(plan: Plan) -> None:
    """Delete a plan. Raises ApiError PLAN_ASSIGNED if it is assigned."""
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    _refuse_if_assigned(locked, "Delete its instances first.")
    locked.delete()


def _refuse_if_assigned(plan: Plan, advice: str) -> None:
    if plan.instances.exists():
        raise ApiError("PLAN_ASSIGNED", f"This plan is assigned. {advice}")


def build_sessions(plan: Plan, weeks: PlanWeeks) -> Iterable[PlanSession]:
    for week in weeks:
        for day in week["days"]:
            for position, columns in enumerate(day["sessions"]):
                yield PlanSession(
                    plan=plan, week=week["week"], weekday=day["weekday"], position=position, **columns
                )
