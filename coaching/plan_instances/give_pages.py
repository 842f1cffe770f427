"""Give a plan to an athlete or a group: the form, what it would mean, and the confirmation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral import ids
from astral.dates.local_time import format_date
from astral.http.errors import ApiError
from astral.http.fields import IdField, StrictSerializer, TextField
from astral.http.forms import SerializerForm
from astral.http.pages import FormPage
from athletes.models import Athlete, Group, Organization, User
from athletes.models.querysets import AthleteQuerySet
from athletes.organizations.pages.organizations import OrganizationPage
from athletes.rights import Category
from coaching.models import Plan, PlanInstance
from coaching.plan_instances.assign import eligible_athletes, find_group_athletes
from coaching.plan_instances.give_form import FROM_START, build_give_form, load_give_choices
from coaching.plan_instances.giving import PlanOverlap, give_plan, replace_plans
from coaching.plan_instances.preview import AssignmentPreview, find_start_before_race, load_preview


class GivePlanQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: the last one opened.")
    plan_id = IdField(Plan.prefix, required=False, help_text="The chosen plan.")
    to = TextField(required=False, max_length=40, help_text="The chosen group or athlete.")


class GivePlanPage(OrganizationPage, FormPage):
    """Shows what it would mean before it gives the plan."""

    template_name = "coaching/plan_instances/give.html"
    query_serializer_class = GivePlanQuery
    club: Organization

    def load_target(self) -> None:
        self.club = self.organization(self.parse_query().get("org_id"))
        self.today = timezone.now().astimezone(self.page_user.zone).date()

    def find_athletes(self) -> AthleteQuerySet:
        """Athletes of the club for whom the viewer may plan, and who share their plans with it."""
        members = self.permit.members(self.club).active().athletes().sharing(Category.GOALS_AND_PLANS)
        return Athlete.objects.filter(pk__in=members.values("user"))

    def build_form(self, data: QueryDict | None = None) -> SerializerForm:
        query = self.parse_query()
        plan_id = query.get("plan_id")
        initial = {
            "plan_id": ids.encode(Plan.prefix, plan_id) if plan_id else "",
            "to": query.get("to", ""),
            "when": FROM_START,
            "day": (self.today + timedelta(days=-self.today.weekday() % 7)).isoformat(),
        }
        return build_give_form(data, initial, load_give_choices(self.club, self.find_athletes(), self.today))

    def save(self, values: dict[str, Any]) -> HttpResponse:
        found = Plan.objects.filter(organization=self.club, pk=values["plan_id"])
        plan = self.permit.get_or_forbidden(found.first())
        group, athletes = self._find_target(values["to"])
        start = _find_start(plan, values)
        preview = load_preview(plan, eligible_athletes(plan, athletes), start)
        self.permit.note_shown(row.athlete.pk for row in preview.athletes)
        if not values["confirmed"]:
            return self._render_preview(preview, group, values)
        try:
            instances = self._give(preview, group, values.get("others", ""))
        except PlanOverlap as refusal:
            messages.warning(self.request, f"Nothing was given. {refusal.named}.")
            return self._render_preview(preview, group, values)
        count = len(instances)
        who = str(preview.athletes[0].athlete.user) if count == 1 else f"{count} athletes"
        verb = "has" if count == 1 else "have"
        messages.success(self.request, f"{who} {verb} {plan} from {format_date(start)}.")
        if group:
            return redirect("group-page", group.public_id)
        return redirect(f"{reverse('athlete-page', args=[preview.athletes[0].athlete.public_id])}#calendar")

    def _give(self, preview: AssignmentPreview, group: Group | None, others: str) -> list[PlanInstance]:
        athletes = [row.athlete.pk for row in preview.athletes]
        if others == "end":
            return replace_plans(self.person, preview.plan, athletes, preview.start_date, group)
        return give_plan(
            preview.plan, athletes, preview.start_date, self.author, group, allow_overlap=others == "keep"
        )

    def _find_target(self, text: str) -> tuple[Group | None, AthleteQuerySet]:
        """A group of the club with its athletes, or one athlete. Raises ApiError for neither."""
        for prefix in (Group.prefix, User.prefix):
            identifier = _decode(prefix, text)
            if identifier is None:
                continue
            if prefix == User.prefix:
                return None, self.find_athletes().filter(pk=identifier)
            if group := Group.objects.of(self.club).filter(pk=identifier).first():
                return group, self.find_athletes().filter(pk__in=find_group_athletes(group))
        raise ApiError("NOT_A_MEMBER", "Choose a group or an athlete of this club.", field="to")

    def _render_preview(
        self, preview: AssignmentPreview, group: Group | None, values: dict[str, Any]
    ) -> HttpResponse:
        kept = {name: self.request.POST.get(name, "") for name in ("plan_id", "to", "when", "day")}
        left_out = 0
        if group:
            left_out = find_group_athletes(group).count() - len(preview.athletes)
        return self.page(
            "coaching/plan_instances/preview.html",
            section="plans",
            club=self.club,
            preview=preview,
            group=group,
            kept={name: value for name, value in kept.items() if value},
            starts_before_today=preview.start_date < self.today,
            left_out=left_out,
        )

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.page(section="plans", club=self.club, form=form)


def _decode(prefix: str, text: str) -> UUID | None:
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId:
        return None


def _find_start(plan: Plan, values: dict[str, Any]) -> date:
    day: date = values["day"]
    return day if values["when"] == FROM_START else find_start_before_race(plan.total_weeks, day)
