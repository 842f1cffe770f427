"""The plans of a group, their progress, and the members who do not have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from astral.dates.local_days import LocalDays
from athletes.models import Athlete, Group
from athletes.models.querysets import MembershipQuerySet
from athletes.rights import READ, Category, Viewer
from coaching.models import PlanInstance

PlanStatus = PlanInstance.Status
Ending = PlanInstance.Ending


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A plan assigned to the group from `start_date`.

    `followed_by`: athletes who have it, not cancelled, and share plans with the viewer.
    """

    plan_id: str
    name: str
    start_date: date
    status: str
    total_weeks: int
    followed_by: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class GroupPlans:
    """Active and scheduled plans, latest start first; `sharing_ids`: members who share their plans."""

    plans: Sequence[GroupPlan]
    sharing_ids: frozenset[UUID]


def load_group_plans(viewer: Viewer, group: Group, members: MembershipQuerySet, now: datetime) -> GroupPlans:
    """`members`: the current athletes of the group. Two statements."""
    sharing = Athlete.objects.reached_by(viewer, READ, Category.GOALS_AND_PLANS).filter(
        pk__in=members.values("user")
    )
    assigned_plans = PlanInstance.objects.filter(group=group).values("plan")
    followed = (
        PlanInstance.objects.among(sharing).filter(plan__in=assigned_plans).exclude(ended_as=Ending.CANCELLED)
    )
    by_start: dict[tuple[date, UUID], list[PlanInstance]] = {}
    followers: dict[
        UUID, set[UUID]
    ] = {}  # by plan, also with another start date or assigned outside the group
    for instance in followed.select_related("plan", "athlete").order_by("-start_date", "plan_id"):
        followers.setdefault(instance.plan_id, set()).add(instance.athlete_id)
        if instance.group_id == group.pk:
            by_start.setdefault((instance.start_date, instance.plan_id), []).append(instance)
    plans = (
        _build_group_plan(instances, followers[plan_id], LocalDays(now))
        for (_, plan_id), instances in by_start.items()
    )
    return GroupPlans([plan for plan in plans if plan], frozenset(sharing.values_list("pk", flat=True)))


def _build_group_plan(
    instances: Sequence[PlanInstance], followers: Iterable[UUID], days: LocalDays
) -> GroupPlan | None:
    """Build one GroupPlan for instances with the same plan and start; None if it is over for all."""
    first = instances[0]
    statuses = {instance.status_on(days[instance.athlete.timezone]) for instance in instances}
    status = next(
        (status for status in (PlanStatus.ACTIVE, PlanStatus.SCHEDULED) if status in statuses), None
    )
    if status is None:
        return None
    return GroupPlan(
        first.plan.public_id,
        first.plan.name,
        first.start_date,
        status.value,
        first.plan.total_weeks,
        frozenset(followers),
    )
