"""Base of the pages of one plan."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError, flatten_field_errors
from astral.http.fields import StrictSerializer, WholeNumberField
from astral.http.forms import form_data
from astral.http.pages import Page
from astral.ids import encode
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Organization
from athletes.organizations.pages.choices import RosterPermissions, roster_permissions
from coaching.models import Plan
from coaching.models.querysets import PlanQuerySet
from coaching.plans.editing import PlanChanged, load_draft
from coaching.plans.pages.grid import build_grid


class PlanPageBase(ProtectedPage):
    """A plan of a club in which the viewer has the right of the page. Its club becomes the current club."""

    plan: Plan
    takes_revisions: ClassVar[bool] = False  # else the address of a revision is refused

    def load_target(self) -> None:
        clubs = Organization.objects.reached_by(self.permit.viewer, self.permit.row.right)
        identifier = parse_id(Plan.prefix, self.kwargs["plan_id"], "plan_id")
        found = Plan.everything if self.takes_revisions else Plan.objects
        plans = self.narrow_plans(found.filter(pk=identifier, organization__in=clubs))
        self.plan = self.permit.get_or_forbidden(plans.first())
        self.plan.organization = self.organization(self.plan.organization_id)

    def narrow_plans(self, plans: PlanQuerySet) -> PlanQuerySet:
        return plans

    @property
    def rights(self) -> RosterPermissions:
        assert self.plan.organization
        return roster_permissions(self.page_user, self.person, self.plan.organization)

    @property
    def may_edit(self) -> bool:
        """Whether the viewer may change this plan; assistant coaches change only their own."""
        is_own = self.plan.created_by_id == self.person.pk
        return self.rights.arrange and (is_own or not self.rights.arrange_assigned)

    def context(self) -> dict[str, Any]:
        return super().context() | {
            "section": "plans",
            "club": self.plan.organization,
            "plan": self.plan,
            "original_id": encode(Plan.prefix, self.plan.revises_id) if self.plan.revises_id else "",
            "here": self.request.get_full_path(),
        }


class EditablePlanPage(PlanPageBase):
    """A plan that the viewer may change."""

    def narrow_plans(self, plans: PlanQuerySet) -> PlanQuerySet:
        return plans.editable_by(self.permit.viewer, self.permit.row.right)

    def redirect_assigned(self) -> HttpResponse | None:
        """To the plan, if somebody follows it: then its sessions cannot change. One statement."""
        if not self.plan.instances.exists():
            return None
        messages.warning(
            self.request, "Athletes have this plan. “Change the sessions” makes a copy to change first."
        )
        return redirect("plan-page", self.plan.public_id)

    def render_changed(self, typed: list[str] | None = None, revision: Plan | None = None) -> HttpResponse:
        """409: the plan as it is now, and what was typed and not saved, or its `revision`."""
        plan = Plan.everything.get(pk=self.plan.pk)
        grid = build_grid(plan, load_draft(plan), self.page_user.units)
        context = {"plan": plan, "grid": grid, "typed": typed or [], "revision": revision}
        answer = self.page("coaching/plans/changed.html", **context)
        answer.status_code = HTTPStatus.CONFLICT
        return answer

    def build_editor_url(self, week: int) -> str:
        return f"{reverse('plan-editor-page', args=[self.plan.public_id])}?week={week}"


class VersionedRequest(StrictSerializer):
    version = WholeNumberField(min_value=1, help_text="The version of the plan that the page showed.")


class PlanChangePage(EditablePlanPage, Page):
    """The button of a plan's page: it changes the plan and returns to a page, or says why it did not.

    An old version leads to the page of a plan that was changed meanwhile.
    """

    takes_revisions = True
    serializer_class: ClassVar[type[StrictSerializer]]

    def post(self, request: HttpRequest, plan_id: str) -> HttpResponse:
        try:
            return redirect(self.apply_change(self.serializer_class.parse(form_data(request))))
        except PlanChanged:
            return self.render_changed()
        except ValidationError as refusal:
            for error in flatten_field_errors(refusal.detail):
                messages.warning(request, f"{error.field}: {error.message}")
        except ApiError as refusal:
            if refusal.status_code != HTTPStatus.BAD_REQUEST:
                raise
            messages.warning(request, str(refusal.detail))
        return redirect(self.build_return_url())

    def apply_change(self, values: dict[str, Any]) -> str:
        """Make the change; returns the address to show. Raises ApiError 400 for a refusal."""
        raise NotImplementedError

    def build_return_url(self) -> str:
        page = "plan-editor-page" if self.plan.revises_id else "plan-page"
        return reverse(page, args=[self.plan.public_id])
