"""One plan: look inside before it is given, and keep it in order."""

from __future__ import annotations

import re
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import QueryBooleanField, StrictSerializer
from astral.http.pages import ActionPage, ConfirmedActionPage
from coaching.plans.editing import (
    archive_plan,
    delete_plan,
    duplicate_plan,
    load_draft,
    unarchive_plan,
)
from coaching.plans.listing import find_followers
from coaching.plans.pages.grid import build_grid
from coaching.plans.pages.plan_page import EditablePlanPage, PlanPageBase
from coaching.plans.portable import build_plan_body
from coaching.plans.revisions import find_revision

MAX_FOLLOWERS = 200  # named on the page


class PlanPage(PlanPageBase):
    """Its weeks, and who follows it. At most six statements besides those for the user and the club."""

    template_name = "coaching/plans/plan.html"

    def get(self, request: HttpRequest, plan_id: str) -> HttpResponse:
        plan, now = self.plan, timezone.now()
        found = find_followers(self.permit.viewer, [plan.pk], now).select_related("athlete__user", "group")
        followers = list(found.order_by("start_date", "athlete__user__display_name", "pk")[:MAX_FOLLOWERS])
        self.permit.note_shown({instance.athlete_id for instance in followers})
        return self.page(
            grid=build_grid(plan, load_draft(plan), self.page_user.units),
            followers=followers,
            most_shown=MAX_FOLLOWERS,
            is_assigned=bool(followers) or plan.instances.exists(),
            revision=find_revision(plan) if self.may_edit else None,
            may_edit=self.may_edit,
            may_arrange=self.rights.arrange,
        )


class PlanExportPage(PlanPageBase):
    """The plan as a file, which the import page and the API take."""

    def get(self, request: HttpRequest, plan_id: str) -> HttpResponse:
        content = orjson.dumps(build_plan_body(self.plan), option=orjson.OPT_INDENT_2)
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.plan.name).strip("-").lower() or "plan"
        return HttpResponse(
            content,
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
        )


class PlanDuplicatePage(PlanPageBase, ActionPage):
    """Copies a plan, and opens the copy."""

    def apply_change(self, values: dict[str, Any]) -> str:
        self.copy = duplicate_plan(self.plan, self.author)
        return f"{self.copy} is there. Nobody follows it, so you can change it."

    def build_return_url(self) -> str:
        return reverse("plan-editor-page", args=[self.copy.public_id])


class ArchiveRequest(StrictSerializer):
    archived = QueryBooleanField(help_text="1: archive, 0: offer it again.")


class PlanArchivePage(EditablePlanPage, ActionPage):
    serializer_class = ArchiveRequest

    def apply_change(self, values: dict[str, Any]) -> str:
        if values["archived"]:
            archive_plan(self.plan, timezone.now())
            return f"{self.plan} is archived. Athletes who follow it keep it."
        unarchive_plan(self.plan)
        return f"{self.plan} is offered again."

    def build_return_url(self) -> str:
        return reverse("plan-page", args=[self.plan.public_id])


class PlanDeletePage(EditablePlanPage, ConfirmedActionPage):
    """Asks first. A plan that was given is kept: archive it."""

    template_name = "coaching/plans/delete.html"

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        if self.plan.instances.exists():
            messages.warning(request, "Athletes have this plan, so it cannot be deleted. Archive it instead.")
            return redirect("plan-page", self.plan.public_id)
        return super().get(request, **address)

    def apply_change(self, values: dict[str, Any]) -> str:
        delete_plan(self.plan)
        return f"{self.plan} deleted."

    def build_return_url(self) -> str:
        assert self.plan.organization
        return f"{reverse('plans-page')}?org_id={self.plan.organization.public_id}"
