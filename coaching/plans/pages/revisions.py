"""Begin to change a plan that athletes follow, and discard the changes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from astral.http.pages import ActionPage, ConfirmedActionPage
from coaching.plans.pages.plan_page import EditablePlanPage
from coaching.plans.revisions import begin_revision, discard_revision


class PlanRevisePage(EditablePlanPage, ActionPage):
    """Opens the plan's revision in the editor, and makes it first if there is none."""

    def apply_change(self, values: dict[str, Any]) -> str:
        self.revision = begin_revision(self.plan)
        return "Change what you like. Nothing changes for the athletes until you apply it."

    def build_return_url(self) -> str:
        return reverse("plan-editor-page", args=[self.revision.public_id])


class PlanDiscardPage(EditablePlanPage, ConfirmedActionPage):
    """Asks first. The plan itself stays as it is."""

    template_name = "coaching/plans/discard.html"

    def apply_change(self, values: dict[str, Any]) -> str:
        discard_revision(self.plan)
        return f"The changes are discarded. {self.plan} is as it was."

    def build_return_url(self) -> str:
        return reverse("plan-page", args=[self.plan.public_id])
