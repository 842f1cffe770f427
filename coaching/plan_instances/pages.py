"""Assign a plan of the athlete's clubs on the athlete's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from astral.dates.local_time import format_date
from astral.http.errors import ApiError
from astral.http.fields import DayField, IdField
from astral.http.pages import NextUrlForm, form_data, safe_redirect_url
from astral.ids import encode
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, Membership, Organization, User
from athletes.rights import ARRANGE, Category, Viewer
from coaching.models import Plan, PlanInstance
from coaching.plan_instances.assign import assign_plan, eligible_athletes


@dataclass(frozen=True, slots=True)
class AssignablePlan:
    plan_id: str
    words: str


@dataclass(frozen=True, slots=True)
class AssignPlanChoices:
    """`plans` by name; `start`: the Monday that is proposed."""

    plans: Sequence[AssignablePlan]
    start: date
    action_url: str


def load_assign_plan_choices(viewer: Viewer, athlete: Athlete, today: date) -> AssignPlanChoices | None:
    """Load plans of clubs where the viewer may plan for the athlete. None without plans. One statement."""
    places = Membership.objects.reached_by(viewer, ARRANGE).active().athletes().filter(user=athlete.pk)
    assignable = Plan.objects.filter(
        organization__in=places.sharing(Category.GOALS_AND_PLANS).values("organization")
    )
    rows = assignable.order_by("name", "pk").values_list("pk", "name", "total_weeks")
    plans = [
        AssignablePlan(encode(Plan.prefix, pk), f"{name} ({_format_weeks(total)})")
        for pk, name, total in rows
    ]
    send_to = reverse("athlete-plans-page", args=[encode(User.prefix, athlete.pk)])
    return AssignPlanChoices(plans, today + timedelta(days=-today.weekday() % 7), send_to) if plans else None


def _format_weeks(total: int) -> str:
    return f"{total} week{'' if total == 1 else 's'}"


class AssignPlanForm(NextUrlForm):
    plan_id = IdField(Plan.prefix, help_text="A plan of a club that the athlete is in.")
    start_date = DayField(help_text="From when; week 1 begins on the Monday of its week.")


class AssignPlanPage(ProtectedPage):
    """Assigns the plan, then returns to the page with the form."""

    def post(self, request: HttpRequest, user_id: str) -> HttpResponse:
        fields, may = AssignPlanForm.parse(form_data(request)), self.permit
        athlete = may.athlete(parse_id(User.prefix, user_id, "user_id"))
        clubs = Organization.objects.reached_by(self.person, may.row.right)
        plan = may.get_or_forbidden(Plan.objects.among(clubs).filter(pk=fields["plan_id"]).first())
        try:
            athlete_ids = eligible_athletes(plan, may.athletes().filter(pk=athlete.pk))
            instances = assign_plan(plan, athlete_ids, fields["start_date"], self.person)
            self._add_result_message(athlete, instances[0])
        except ApiError as refusal:
            messages.warning(request, str(refusal.detail))
        return redirect(
            safe_redirect_url(request, fields.get("next", ""), reverse("athlete-page", args=[user_id]))
        )

    def _add_result_message(self, athlete: Athlete, instance: PlanInstance) -> None:
        start, plan = format_date(instance.start_date), instance.plan
        if instance.ended_as:
            sentence = f"{athlete.user} had {plan} from {start} already, and it was {instance.ended_as}."
            messages.warning(self.request, sentence)
        else:
            messages.success(self.request, f"{athlete.user} has {plan} from {start}.")
