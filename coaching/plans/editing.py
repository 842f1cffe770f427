"""Create plans, and change them until they are assigned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from astral.http.errors import ApiError
from athletes.models import Athlete, Organization, User
from coaching.models import Plan, PlanSession

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
        _refuse_if_assigned(locked)
        changes["total_weeks"] = max(week["week"] for week in weeks)
        locked.sessions.all().delete()
        PlanSession.objects.bulk_create(build_sessions(locked, weeks))
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=changes.keys())
    if "name" in changes:  # responses about the athletes contain the name
        Athlete.objects.filter(plan_instances__plan=locked).bump_version()
    return locked


@transaction.atomic
def delete_plan(plan: Plan) -> None:
    """Delete a plan. Raises ApiError PLAN_ASSIGNED if it is assigned."""
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    _refuse_if_assigned(locked)
    locked.delete()


def _refuse_if_assigned(plan: Plan) -> None:
    if plan.instances.exists():
        raise ApiError(
            "PLAN_ASSIGNED",
            "This plan is assigned, so its sessions cannot change."
            " Create another plan, or delete its instances.",
        )


def build_sessions(plan: Plan, weeks: PlanWeeks) -> Iterable[PlanSession]:
    for week in weeks:
        for day in week["days"]:
            for position, columns in enumerate(day["sessions"]):
                yield PlanSession(
                    plan=plan, week=week["week"], weekday=day["weekday"], position=position, **columns
                )
