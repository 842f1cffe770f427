"""Apply the revision of a plan: whose calendars would change, and the change itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from athletes.models import Athlete, User
from athletes.rights import Category, Right, Viewer
from coaching.calendar.changes.plan_changes import AssignedPlanChange, change_assigned_plan
from coaching.models import CalendarSession, Plan
from coaching.plans.drafts.differences import SessionDifference, list_differences
from coaching.plans.editing import PlanChanged, load_draft, lock_plan
from coaching.plans.revisions import build_weeks


@dataclass(frozen=True, slots=True)
class FollowerPreview:
    """`kept`: how many sessions stay from the athlete's tomorrow on, because they were changed for them."""

    athlete: Athlete
    start_date: date
    kept: int


@dataclass(frozen=True, slots=True)
class RevisionPreview:
    """`followers`: by name, those for whom the viewer may plan, each once."""

    differences: Sequence[SessionDifference]
    followers: Sequence[FollowerPreview]


def load_revision_preview(
    plan: Plan, revision: Plan, viewer: Viewer, right: Right, now: datetime
) -> RevisionPreview:
    """What would change, and for whom. Four statements."""
    differences = list_differences(load_draft(plan), load_draft(revision))
    instances = plan.instances.editable_by(viewer, right, Category.GOALS_AND_PLANS).followed_on(now)
    ordered = instances.order_by("athlete__user__display_name", "athlete_id", "-start_date")
    rows = list(ordered.select_related("athlete__user"))
    first = {row.pk: row.athlete.local_date(now) + timedelta(days=1) for row in rows}
    touched = [pair.before.session_id for pair in differences if pair.before]
    adjusted = CalendarSession.objects.filter(
        instance__in=list(first), plan_session__in=touched, is_adjusted=True, is_removed=False
    )
    kept: dict[UUID, int] = {}
    for session in adjusted.only("athlete_id", "instance_id", "day"):
        if session.instance_id and session.day >= first[session.instance_id]:
            kept[session.athlete_id] = kept.get(session.athlete_id, 0) + 1
    followers = {
        row.athlete_id: FollowerPreview(row.athlete, row.start_date, kept.get(row.athlete_id, 0))
        for row in rows
    }
    return RevisionPreview(differences, [*followers.values()])


@dataclass(frozen=True, slots=True)
class SeenVersions:
    """The versions of a plan and of its revision that somebody looked at before they agreed."""

    plan: int
    revision: int


@transaction.atomic
def apply_revision(
    plan: Plan,
    seen: SeenVersions,
    followers: Iterable[UUID],
    since: date | None,
    author: User,
    now: datetime,
) -> AssignedPlanChange:
    """Give the plan the weeks of its revision, change these calendars as `change_assigned_plan`, and delete
    the revision. Raises PlanChanged if the plan or its revision is not as seen, or the revision is gone.
    """
    locked = lock_plan(plan, seen.plan)
    revision = Plan.everything.select_for_update().filter(revises=locked).first()
    if revision is None or revision.version != seen.revision:
        raise PlanChanged(locked.version)
    weeks = build_weeks(load_draft(revision))
    changed = change_assigned_plan(locked, {"weeks": weeks}, followers, since, author, "", now, seen.plan)
    revision.delete()
    return changed
