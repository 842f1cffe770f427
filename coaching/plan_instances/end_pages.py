"""Buttons on the pages of an athlete and a group: end, resume and take back plans, with undo."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.dates.local_time import format_date
from astral.http.errors import ApiError
from astral.http.fields import DayField, IdField, StrictSerializer
from astral.http.forms import form_data
from astral.http.pages import Page
from athletes.access.permissions import parse_id
from athletes.access.protected_page import OneAthletePage
from athletes.models import Group, Organization
from athletes.organizations.consent import load_visibilities
from athletes.rights import NOTHING, Category
from coaching.models import Plan, PlanInstance
from coaching.plan_instances.assign import eligible_athletes, end_plan_instance, resume_plan_instance
from coaching.plan_instances.ending import take_back_instance
from coaching.plan_instances.giving import give_plan


class PlanInstancePage(OneAthletePage, Page):
    """Base of the buttons for one plan of one athlete. The notice has an undo if `change` names one."""

    instance: PlanInstance

    def load_target(self) -> None:
        """Raises 403 if the athlete has the plan from a club where the viewer may not plan."""
        identifier = parse_id(PlanInstance.prefix, self.kwargs["plan_instance_id"], "plan_instance_id")
        found = self.permit.get_object(PlanInstance, identifier, "plan", "athlete__user")
        rows = PlanInstance.objects.filter(pk=found.pk)
        editable = rows.editable_by(self.permit.viewer, self.permit.row.right, Category.GOALS_AND_PLANS)
        self.instance = self.permit.get_or_forbidden(found if editable.exists() else None)
        self.athlete = self.instance.athlete

    def post(self, request: HttpRequest, plan_instance_id: str) -> HttpResponse:
        try:
            sentence, undo_url = self.change()
            messages.success(request, sentence, extra_tags=undo_url)
        except ApiError as refusal:
            messages.warning(request, str(refusal.detail))
        return redirect(build_plan_section_url(self.athlete.public_id))

    def change(self) -> tuple[str, str]:
        """Make the change; returns the notice, and the address that undoes it. Raises ApiError."""
        raise NotImplementedError

    def build_url(self, name: str) -> str:
        return reverse(name, args=[self.instance.public_id])


class PlanInstanceEndPage(PlanInstancePage):
    def change(self) -> tuple[str, str]:
        end_plan_instance(self.instance, PlanInstance.Ending.CANCELLED, self.today)
        sentence = (
            f"{self.instance.plan} of {self.athlete.user} has ended: nothing is expected from today on."
        )
        return sentence, self.build_url("plan-instance-resume-page")


class PlanInstanceResumePage(PlanInstancePage):
    def change(self) -> tuple[str, str]:
        resume_plan_instance(self.instance)
        sentence = f"{self.athlete.user} follows {self.instance.plan} again."
        return sentence, self.build_url("plan-instance-end-page")


class PlanInstanceTakeBackPage(PlanInstancePage):
    """Deletes the plan from the calendar, if nothing of it was done."""

    def change(self) -> tuple[str, str]:
        instance, athlete = self.instance, self.athlete
        visibility = load_visibilities(self.permit.viewer, [athlete.pk]).get(athlete.pk, NOTHING)
        query = {"plan_id": instance.plan.public_id, "start_date": instance.start_date.isoformat()}
        if instance.group_id:
            query["group_id"] = Group(id=instance.group_id).public_id
        take_back_instance(instance, timezone.now(), shows_activities=visibility.activities)
        undo_url = f"{reverse('athlete-plan-again-page', args=[athlete.public_id])}?{urlencode(query)}"
        return f"{instance.plan} of {athlete.user} is taken back.", undo_url


class GiveAgainQuery(StrictSerializer):
    plan_id = IdField(Plan.prefix, help_text="The plan that was taken back.")
    start_date = DayField(help_text="Its first day.")
    group_id = IdField(Group.prefix, required=False, help_text="The group that it was given through.")


class AthletePlanAgainPage(OneAthletePage, Page):
    """Undoes that a plan was taken back. It was there before, so other plans do not matter."""

    query_serializer_class = GiveAgainQuery

    def post(self, request: HttpRequest, user_id: str) -> HttpResponse:
        values = GiveAgainQuery.parse(self.given() or form_data(request))
        clubs = Organization.objects.reached_by(self.person, self.permit.row.right)
        plan = self.permit.get_or_forbidden(Plan.objects.among(clubs).filter(pk=values["plan_id"]).first())
        group_id = cast("UUID", values.get("group_id"))
        groups = Group.objects.filter(organization=plan.organization_id, pk=group_id)
        try:
            athlete_ids = eligible_athletes(plan, self.permit.athletes().filter(pk=self.athlete.pk))
            start = values["start_date"]
            give_plan(plan, athlete_ids, start, self.author, groups.first(), allow_overlap=True)
            messages.success(request, f"{self.athlete.user} has {plan} from {format_date(start)} again.")
        except ApiError as refusal:
            messages.warning(request, str(refusal.detail))
        return redirect(build_plan_section_url(self.kwargs["user_id"]))


def build_plan_section_url(user_id: str) -> str:
    return f"{reverse('athlete-page', args=[user_id])}#calendar"
