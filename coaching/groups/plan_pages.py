"""Buttons for a plan of a group: end it for all, undo that, and give it to members who joined later."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import DayField, IdField, StrictSerializer
from astral.http.forms import form_data
from astral.http.pages import Page
from athletes.models import Athlete, Membership
from athletes.rights import Category
from coaching.groups.pages import GroupPageBase
from coaching.models import Plan
from coaching.plan_instances.assign import find_members_without_plan
from coaching.plan_instances.ending import end_instances, find_group_instances, resume_instances
from coaching.plan_instances.giving import PlanOverlap, give_plan


class GroupPlanQuery(StrictSerializer):
    plan_id = IdField(Plan.prefix, help_text="The plan.")
    start_date = DayField(help_text="Its first day.")


class GroupPlanPage(GroupPageBase, Page):
    """Base of the buttons. Their values are in the form, or in the address of an undo."""

    query_serializer_class = GroupPlanQuery

    def post(self, request: HttpRequest, group_id: str) -> HttpResponse:
        values = GroupPlanQuery.parse(self.given() or form_data(request))
        plans = Plan.objects.filter(organization=self.group.organization_id, pk=values["plan_id"])
        try:
            if (plan := plans.first()) is None:
                raise ApiError("NOT_GIVEN", "This group does not have this plan.")
            sentence, undo = self.change(plan, values)
            messages.success(request, sentence, extra_tags=undo)
        except ApiError as refusal:
            messages.warning(request, str(refusal.detail))
        return redirect("group-page", self.group.public_id)

    def change(self, plan: Plan, values: dict[str, Any]) -> tuple[str, str]:
        """Make the change; returns the notice, and the address that undoes it. Raises ApiError."""
        raise NotImplementedError

    def build_url(self, name: str, plan: Plan, values: dict[str, Any]) -> str:
        address = reverse(name, args=[self.group.public_id])
        return f"{address}?plan_id={plan.public_id}&start_date={values['start_date']}"


class GroupPlanEndPage(GroupPlanPage):
    def change(self, plan: Plan, values: dict[str, Any]) -> tuple[str, str]:
        found = find_group_instances(self.person, self.group, plan, values["start_date"])
        ended = end_instances(found.select_related("plan", "athlete"), timezone.now())
        if not ended:
            raise ApiError("NOT_GIVEN", "Nobody of this group follows this plan now, or you may not end it.")
        sentence = f"{plan} has ended for {_count_athletes(ended)}: nothing is expected from today on."
        return sentence, self.build_url("group-plan-resume-page", plan, values)


class GroupPlanResumePage(GroupPlanPage):
    """Undoes the end of a plan, also for those of whom it was ended earlier."""

    def change(self, plan: Plan, values: dict[str, Any]) -> tuple[str, str]:
        found = find_group_instances(self.person, self.group, plan, values["start_date"])
        resumed = resume_instances(found)
        if not resumed:
            raise ApiError(
                "NOT_GIVEN", "Nothing was resumed: nobody has this plan, or you may not change it."
            )
        return f"{plan} goes on for {_count_athletes(resumed)}.", self.build_url(
            "group-plan-end-page", plan, values
        )


class GroupPlanAddPage(GroupPlanPage):
    """Gives the plan to members without it, from the day on which the group began."""

    def change(self, plan: Plan, values: dict[str, Any]) -> tuple[str, str]:
        reached = Membership.objects.reached_by(self.person, self.permit.row.right).active().athletes()
        sharing = reached.filter(organization=self.group.organization_id).sharing(Category.GOALS_AND_PLANS)
        athletes = Athlete.objects.filter(pk__in=sharing.values("user"))
        missing = find_members_without_plan(plan, self.group, athletes)
        if not missing:
            raise ApiError("NOT_GIVEN", "Every member has it, or you may not plan for them.")
        ids = [athlete.pk for athlete in missing]
        try:
            give_plan(plan, ids, values["start_date"], self.author, self.group)
        except PlanOverlap as refusal:
            sentence = f"{refusal.named}. Choose “Give a plan” to have both."
            raise ApiError("PLAN_OVERLAP", sentence) from refusal
        self.permit.note_shown(ids)
        names = ", ".join(str(athlete.user) for athlete in missing)
        return f"{plan} given to {names}.", ""


def _count_athletes(count: int) -> str:
    return "1 athlete" if count == 1 else f"{count} athletes"
