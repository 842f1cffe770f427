"""The name of a plan, and what it is for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from astral.http.fields import TextField
from astral.http.forms import InputField, SerializerForm, TextAreaField
from astral.http.pages import FormPage
from coaching.plans.editing import PlanChanged, update_plan
from coaching.plans.pages.plan_page import EditablePlanPage, VersionedRequest
from coaching.plans.pages.session_form import HiddenField


class PlanDetailsRequest(VersionedRequest):
    name = TextField(max_length=120, help_text="The name.")
    description = TextField(
        required=False, allow_blank=True, max_length=2_000, multiline=True, help_text="What it is for."
    )


class PlanDetailsForm(SerializerForm):
    """It needs no one-time token: its version is old once it is saved."""

    serializer_class = PlanDetailsRequest
    is_saved_once = False
    version = HiddenField()
    name = InputField("Name", required=True, max_length=120)
    description = TextAreaField("What it is for", max_length=2_000, rows=4)


class PlanDetailsPage(EditablePlanPage, FormPage):
    """Name and description; also of a plan that athletes have."""

    template_name = "coaching/plans/details.html"

    def build_form(self, data: Any = None) -> PlanDetailsForm:
        plan = self.plan
        stored = {"name": plan.name, "description": plan.description, "version": str(plan.version)}
        return PlanDetailsForm(data, initial=stored)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        version = values.pop("version")
        try:
            plan = update_plan(self.plan, values, version)
        except PlanChanged:
            return self.render_changed([values["name"], values.get("description", "")])
        messages.success(self.request, f"{plan} saved.")
        return redirect("plan-page", plan.public_id)
