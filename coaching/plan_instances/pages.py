"""Assign a plan of the athlete's clubs on the athlete's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

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
from coaching.plan_instances.assign import assign_plan, eligible_athletes


class AssignPlanRequest(NextUrlFields):
    plan_id = IdField(Plan.prefix, help_text="A plan of a club that the athlete is in.")
    start_date = DayField(help_text="The first day; week 1 begins on the Monday of its week.")


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the form on the athlete's page offers. `plans`: ids and names, by name."""

    plans: Sequence[tuple[str, str]]
    next_monday: date
    action_url: str


def load_plan_choices(viewer: Viewer, athlete: Athlete, today: date) -> PlanChoices | None:
    """Load plans of clubs where the viewer may plan for the athlete. None without plans. One statement."""
    places = Membership.objects.reached_by(viewer, ARRANGE).active().athletes().filter(user=athlete.pk)
    assignable = Plan.objects.filter(
        organization__in=places.sharing(Category.GOALS_AND_PLANS).values("organization")
    )
    rows = assignable.order_by("name", "pk").values_list("pk", "name", "total_weeks")
    plans = [(encode(Plan.prefix, pk), f"{name} ({_format_weeks(total)})") for pk, name, total in rows]
    next_monday = today + timedelta(days=-today.weekday() % 7)
    action_url = reverse("athlete-plans-page", args=[encode(User.prefix, athlete.pk)])
    return PlanChoices(plans, next_monday, action_url) if plans else None


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
        instance = assign_plan(plan, athlete_ids, values["start_date"], self.person)[0]
        start = format_date(instance.start_date)
        if instance.ended_as:
            sentence = f"{athlete.user} had {plan} from {start} already, and it was {instance.ended_as}."
            raise ApiError("ENDED_BEFORE", sentence)
        return f"{athlete.user} has {plan} from {start}."

    def build_return_url(self) -> str:
        return reverse("athlete-page", args=[self.kwargs["user_id"]])
