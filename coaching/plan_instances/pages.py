"""Assign a plan of the athlete's clubs on the athlete's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from astral.dates.local_time import format_date
from astral.http.errors import ApiError
from astral.http.fields import DayField, IdField
from astral.http.pages import ActionPage, NextUrlFields
from astral.ids import encode
from athletes.access.protected_page import OneAthletePage
from athletes.models import Athlete, Membership, Organization, User
from athletes.rights import ARRANGE, Category, Viewer
from coaching.models import Plan
from coaching.plan_instances.assign import eligible_athletes
from coaching.plan_instances.giving import PlanOverlap, give_plan


class AssignPlanRequest(NextUrlFields):
    plan_id = IdField(Plan.prefix, help_text="A plan of a club that the athlete is in.")
    start_date = DayField(help_text="The first day; week 1 begins on the Monday of its week.")


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the form on the athlete's page offers. `plans`: ids and names, by name.

    `give_url`: the page that shows first what it would mean.
    """

    plans: Sequence[tuple[str, str]]
    next_monday: date
    action_url: str
    give_url: str


def load_plan_choices(viewer: Viewer, athlete: Athlete, today: date) -> PlanChoices | None:
    """Load plans of clubs where the viewer may plan for the athlete. None without plans. One statement."""
    places = Membership.objects.reached_by(viewer, ARRANGE).active().athletes().filter(user=athlete.pk)
    assignable = Plan.objects.filter(
        archived_at=None, organization__in=places.sharing(Category.GOALS_AND_PLANS).values("organization")
    )
    rows = list(assignable.order_by("name", "pk").only("pk", "name", "total_weeks", "organization_id"))
    if not rows:
        return None
    user_id = encode(User.prefix, athlete.pk)
    club_id = encode(Organization.prefix, cast(UUID, rows[0].organization_id))
    return PlanChoices(
        [(plan.public_id, f"{plan.name} ({_format_weeks(plan.total_weeks)})") for plan in rows],
        today + timedelta(days=-today.weekday() % 7),
        reverse("athlete-plans-page", args=[user_id]),
        f"{reverse('plan-give-page')}?{urlencode({'org_id': club_id, 'to': user_id})}",
    )


def _format_weeks(total: int) -> str:
    return f"{total} week{'' if total == 1 else 's'}"


class AssignPlanPage(OneAthletePage, ActionPage):
    """Assigns the plan, then returns to the page with the form."""

    serializer_class = AssignPlanRequest

    def apply_change(self, values: dict[str, Any]) -> str:
        athlete = self.athlete
        clubs = Organization.objects.reached_by(self.person, self.permit.row.right)
        plan = self.permit.get_or_forbidden(Plan.objects.among(clubs).filter(pk=values["plan_id"]).first())
        athlete_ids = eligible_athletes(plan, self.permit.athletes().filter(pk=athlete.pk))
        try:
            instance = give_plan(plan, athlete_ids, values["start_date"], self.author)[0]
        except PlanOverlap as refusal:
            sentence = f"{refusal.named}. Choose “Look at it first” to have both plans."
            raise ApiError("PLAN_OVERLAP", sentence, 409) from refusal
        start = format_date(instance.start_date)
        if instance.ended_as:
            sentence = f"{athlete.user} had {plan} from {start} already, and it was {instance.ended_as}."
            raise ApiError("ENDED_BEFORE", sentence)
        return f"{athlete.user} has {plan} from {start}."

    def build_return_url(self) -> str:
        return reverse("athlete-page", args=[self.kwargs["user_id"]])
