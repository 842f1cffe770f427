"""The plans of a club as a list: how long they are, and how many athletes follow them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from athletes.models import Athlete
from athletes.rights import READ, Category, Viewer
from coaching.models import Plan, PlanInstance, PlanSession
from coaching.models.querysets import PlanInstanceQuerySet
from coaching.plans.drafts.totals import compute_week_totals
from coaching.plans.editing import read_drafts


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """`week_s`: mean seconds of a week. `followers`: athletes who share their plans with the viewer."""

    plan: Plan
    session_count: int
    week_s: float
    followers: int


def load_listed_plans(viewer: Viewer, plans: Sequence[Plan], now: datetime) -> list[ListedPlan]:
    """Two statements for any number of plans."""
    sessions = PlanSession.objects.filter(plan__in=plans).order_by("week", "weekday", "position")
    drafts = read_drafts(plans, sessions)
    counts = _count_followers(viewer, [plan.pk for plan in plans], now)
    listed = []
    for plan in plans:
        totals = compute_week_totals(drafts[plan.pk])
        listed.append(
            ListedPlan(
                plan,
                sum(total.session_count for total in totals),
                sum(total.duration_s for total in totals) / plan.total_weeks,
                counts.get(plan.pk, 0),
            )
        )
    return listed


def find_followers(viewer: Viewer, plans: Iterable[UUID], now: datetime) -> PlanInstanceQuerySet:
    """Active and scheduled instances of these plans, of athletes who share their plans with the viewer."""
    athletes = Athlete.objects.reached_by(viewer, READ, Category.GOALS_AND_PLANS)
    instances = PlanInstance.objects.among(athletes).filter(plan__in=list(plans))
    return instances.followed_on(now)


def _count_followers(viewer: Viewer, plans: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    rows = find_followers(viewer, plans, now).order_by().values("plan")
    return dict(rows.annotate(followers=Count("athlete", distinct=True)).values_list("plan", "followers"))
