"""The plans of a club, and the forms that begin a new one: empty, or from a file."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import IdField, QueryBooleanField, StrictSerializer, TextField, WholeNumberField
from astral.http.forms import InputField, SerializerForm
from astral.http.pages import FormPage
from athletes.models import Organization
from athletes.organizations.pages.choices import roster_permissions
from athletes.organizations.pages.organizations import OrganizationPage
from coaching.models import Plan
from coaching.plans.editing import create_plan
from coaching.plans.listing import load_listed_plans
from coaching.plans.plan_files import MAX_FILE_BYTES, PlanFileError, read_plan_file

PLANS_PER_PAGE = 25


class PlanListQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: the last one opened.")
    search = TextField(required=False, max_length=120, help_text="Part of a plan's name.")
    archived = QueryBooleanField(default=False, help_text="1: the archived plans.")
    page = WholeNumberField(default=1, min_value=1, max_value=100_000, help_text="From 1.")


class NewPlanRequest(StrictSerializer):
    name = TextField(max_length=120, help_text="The name.")
    weeks = WholeNumberField(min_value=1, max_value=Plan.MAX_WEEKS, help_text="Length in weeks.")


class NewPlanForm(SerializerForm):
    serializer_class = NewPlanRequest
    name = InputField("Name", hint="For example: Marathon in 12 weeks.", required=True, max_length=120)
    weeks = InputField(
        "Weeks", hint="You can add weeks later.", type="number", min=1, max=Plan.MAX_WEEKS, required=True
    )


class PlansPage(OrganizationPage, FormPage):
    """The plans by name. Six statements besides those for the user, for any number of plans."""

    template_name = "coaching/plans/plans.html"
    query_serializer_class = PlanListQuery
    club: Organization

    def load_target(self) -> None:
        self.club = self.organization(self.parse_query().get("org_id"))

    def build_form(self, data: Any = None) -> NewPlanForm:
        return NewPlanForm(data, initial={"weeks": "1"})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        weeks = [{"week": values["weeks"], "days": []}]
        plan = create_plan(self.club, self.author, values["name"], "", weeks)
        messages.success(self.request, f"{plan} is there. Now write its first week.")
        return redirect(f"{reverse('plan-editor-page', args=[plan.public_id])}?week=1")

    def render_form(self, form: SerializerForm) -> HttpResponse:
        query = self.parse_query()
        search, page, archived = query.get("search", ""), query["page"], query["archived"]
        plans = Plan.objects.filter(
            organization=self.club, archived_at__isnull=not archived, name__icontains=search
        )
        first, total = (page - 1) * PLANS_PER_PAGE, plans.count()
        shown = list(plans.order_by("name", "pk")[first : first + PLANS_PER_PAGE])
        return self.page(
            section="plans",
            club=self.club,
            plans=load_listed_plans(self.permit.viewer, shown, timezone.now()),
            search=search,
            archived=archived,
            first=first + 1,
            last=first + len(shown),
            total=total,
            previous=self._build_url(query, page - 1) if page > 1 else "",
            next=self._build_url(query, page + 1) if page * PLANS_PER_PAGE < total else "",
            may=roster_permissions(self.page_user, self.person, self.club),
            form=form,
        )

    def _build_url(self, query: dict[str, Any], page: int) -> str:
        named = {"org_id": self.club.public_id, "search": query.get("search"), "page": page}
        flags = {"archived": "1"} if query["archived"] else {}
        return f"?{urlencode({name: value for name, value in (named | flags).items() if value})}"


class PlanImportQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club that gets the plan.")


class PlanImportPage(OrganizationPage):
    """Makes a plan of a file that was downloaded from a plan's page or from the API."""

    template_name = "coaching/plans/import.html"
    query_serializer_class = PlanImportQuery
    max_form_bytes = MAX_FILE_BYTES
    club: Organization

    def load_target(self) -> None:
        self.club = self.organization(self.parse_query().get("org_id"))

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render()

    def post(self, request: HttpRequest) -> HttpResponse:
        file = cast("UploadedFile[bytes] | None", request.FILES.get("file"))
        if file is None:
            return self._render(["Choose a file."])
        if (file.size or 0) > MAX_FILE_BYTES:
            return self._render([f"A plan has at most {MAX_FILE_BYTES // 1_000_000} MB."])
        try:
            body = read_plan_file(file.read())
        except PlanFileError as error:
            return self._render(error.sentences)
        plan = create_plan(self.club, self.author, body["name"], body.get("description", ""), body["weeks"])
        messages.success(request, f"{plan} imported.")
        return redirect("plan-page", plan.public_id)

    def _render(self, errors: list[str] | None = None) -> HttpResponse:
        return self.page(section="plans", club=self.club, errors=errors or [])
