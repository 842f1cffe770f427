"""Revisions: copies of plans that athletes follow, which coaches edit before they apply or discard them."""

from __future__ import annotations

from django.db import transaction

from coaching.models import Plan
from coaching.plans.drafts.draft import PlanDraft
from coaching.plans.editing import CONTENT_COLUMNS, PlanWeeks, copy_plan, lock_plan


@transaction.atomic
def begin_revision(plan: Plan) -> Plan:
    """The plan's revision; a new copy if there is none. It belongs to the maker of the plan."""
    locked = lock_plan(plan)
    return find_revision(locked) or copy_plan(
        locked,
        name=locked.name,
        created_by_id=locked.created_by_id,
        revises=locked,
        revised_version=locked.version,
    )


def find_revision(plan: Plan) -> Plan | None:
    return Plan.everything.filter(revises=plan).first()


def discard_revision(plan: Plan) -> None:
    Plan.everything.filter(revises=plan).delete()


def build_weeks(draft: PlanDraft) -> PlanWeeks:
    """The draft as the weeks that `create_plan` takes. Its last week is there, also without sessions."""
    weeks: dict[int, dict[int, list[dict[str, object]]]] = {draft.total_weeks: {}}
    for session in draft.sessions:
        columns = {name: getattr(session.content, name) for name in CONTENT_COLUMNS}
        columns["steps"] = list(columns["steps"])
        weeks.setdefault(session.week, {}).setdefault(session.weekday, []).append(columns)
    return [
        {"week": week, "days": [{"weekday": day, "sessions": found} for day, found in days.items()]}
        for week, days in sorted(weeks.items())
    ]
