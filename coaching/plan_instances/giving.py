"""Give a plan to athletes, unless another plan of theirs is in the same weeks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from astral.http.errors import ApiError
from athletes.models import Group, User
from athletes.rights import ARRANGE, Category
from coaching.models import Plan, PlanInstance
from coaching.plan_instances.assign import assign_plan
from coaching.plan_instances.ending import end_before
from coaching.plan_instances.preview import find_overlaps

MAX_NAMED = 50  # overlaps in the error
NAMES_IN_SENTENCE = 3


class PlanOverlap(ApiError):
    """409: athletes have other plans in these weeks. `details.overlaps` names them."""

    def __init__(self, overlaps: Sequence[PlanInstance]) -> None:
        named = ", ".join(f"{row.athlete.user} has {row.plan}" for row in overlaps[:NAMES_IN_SENTENCE])
        more = len(overlaps) - NAMES_IN_SENTENCE
        self.named = f"In these weeks {named}{f', and {more} more' if more > 0 else ''}"
        super().__init__(
            "PLAN_OVERLAP",
            f"{self.named}. Send allow_overlap to have both plans.",
            409,
            overlaps=[
                {
                    "user_id": row.athlete.public_id,
                    "display_name": row.athlete.user.display_name,
                    "plan_instance_id": row.public_id,
                    "name": row.plan.name,
                    "start_date": row.start_date.isoformat(),
                    "end_date": row.last_day.isoformat(),
                }
                for row in overlaps[:MAX_NAMED]
            ],
        )


@transaction.atomic
def give_plan(
    plan: Plan,
    athletes: Iterable[UUID],
    start: date,
    coach: User | None,
    group: Group | None = None,
    *,
    allow_overlap: bool = False,
) -> list[PlanInstance]:
    """As `assign_plan`. Raises PlanOverlap if another plan of a new follower is in the same weeks.

    The check comes after the change: `assign_plan` locks the athletes, so nobody gives them a plan meanwhile.
    """
    ids = list(athletes)
    known = set(
        PlanInstance.objects.filter(athlete_id__in=ids, plan=plan, start_date=start).values_list(
            "athlete_id", flat=True
        )
    )
    instances = assign_plan(plan, ids, start, coach, group)
    added = [instance.athlete_id for instance in instances if instance.athlete_id not in known]
    if added and not allow_overlap and (overlaps := find_overlaps(plan, added, start)):
        raise PlanOverlap(overlaps)
    return instances


@transaction.atomic
def replace_plans(
    viewer: User, plan: Plan, athletes: Iterable[UUID], start: date, group: Group | None
) -> list[PlanInstance]:
    """Give a plan, and end the athletes' other plans on the day before.

    Raises PlanOverlap if the viewer may not end one of them, such as the plan of another club.
    """
    author = viewer.acting.staff if viewer.acting else viewer
    instances = give_plan(plan, athletes, start, author, group, allow_overlap=True)
    overlaps = find_overlaps(plan, [instance.athlete_id for instance in instances], start)
    rows = PlanInstance.objects.filter(pk__in=[row.pk for row in overlaps])
    editable = set(rows.editable_by(viewer, ARRANGE, Category.GOALS_AND_PLANS).values_list("pk", flat=True))
    if foreign := [row for row in overlaps if row.pk not in editable]:
        raise PlanOverlap(foreign)
    end_before(overlaps, start)
    return instances
