"""Apply what was edited in the copy of a plan: what changes, for whom, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework import serializers

from astral.dates.local_time import format_date
from astral.http.fields import ChoiceField, DayField, IdField, StrictSerializer, WholeNumberField
from astral.http.forms import InputField, RadioField, SerializerForm
from astral.http.list_field import ListField
from astral.http.pages import FormPage
from athletes.models import User
from coaching.calendar.changes.apply_revision import (
    RevisionPreview,
    SeenVersions,
    apply_revision,
    load_revision_preview,
)
from coaching.calendar.changes.plan_changes import AssignedPlanChange
from coaching.models import CalendarSession, Plan
from coaching.plans.drafts.differences import SessionDifference
from coaching.plans.drafts.draft import DraftSession
from coaching.plans.drafts.line_text import write_line
from coaching.plans.editing import PlanChanged
from coaching.plans.pages.grid import WEEKDAYS
from coaching.plans.pages.plan_page import EditablePlanPage, VersionedRequest
from coaching.plans.pages.session_form import HiddenField
from coaching.plans.revisions import find_revision

ALL, CHOSEN, NOBODY = "all", "chosen", "none"
MOST_CHOSEN = 500
MOST_DIFFERENCES = 200  # rows on the page
MOST_KEPT = 8  # sessions that the notice names


class ApplyPlanQuery(StrictSerializer):
    version = WholeNumberField(
        required=False, min_value=1, help_text="Compare with this version of the plan, if it is still that."
    )


class ApplyPlanRequest(VersionedRequest):
    revision_version = WholeNumberField(min_value=1, help_text="The version of the copy that was shown.")
    apply_to = ChoiceField(
        [(name, name) for name in (ALL, CHOSEN, NOBODY)], help_text="Whose calendars change with the plan."
    )
    athletes = ListField(
        child=IdField(User.prefix),
        required=False,
        max_length=MOST_CHOSEN,
        help_text="The chosen athletes, usr_….",
    )
    apply_from = DayField(
        required=False, help_text="The first local day that changes; default: each athlete's tomorrow."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["apply_to"] == CHOSEN and not attrs.get("athletes"):
            error = serializers.ErrorDetail("Tick at least one athlete.", "required")
            raise serializers.ValidationError({"apply_to": [error]})
        return attrs


class ApplyPlanForm(SerializerForm):
    """It needs no one-time token: the version of the plan is old once it is saved."""

    serializer_class = ApplyPlanRequest
    is_saved_once = False
    ignores_empty = True
    extra_fields = ("athletes",)
    version = HiddenField()
    revision_version = HiddenField()
    apply_to = RadioField("Whose calendars change", required=True)
    apply_from = InputField(
        "From", hint="Empty: from each athlete’s tomorrow on. Past days never change.", type="date"
    )

    @property
    def ticked(self) -> list[str]:
        return self.sent.getlist("athletes")

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        return fields | ({"athletes": self.ticked} if self.ticked else {})


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A place of the plan; `before` or `after` is empty if there is no session."""

    week: int
    weekday: str
    before: str
    after: str


class PlanApplyPage(EditablePlanPage, FormPage):
    """Six statements besides those for the user, the club and the plan, for any length and any followers."""

    template_name = "coaching/calendar/apply_plan.html"
    query_serializer_class = ApplyPlanQuery
    revision: Plan
    preview: RevisionPreview

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        refusal = self.load_revision()
        if refusal:
            return refusal
        if self.plan.version not in (self.revision.revised_version, self.parse_query().get("version")):
            return self.render_plan_changed()
        return super().get(request, **address)

    def post(self, request: HttpRequest, **address: str) -> HttpResponse:
        return self.load_revision() or super().post(request, **address)

    def load_revision(self) -> HttpResponse | None:
        """Load the copy. Without one, the answer says so. One statement."""
        revision = find_revision(self.plan)
        if revision is None:
            messages.warning(self.request, "There are no changes to apply any more.")
            return redirect("plan-page", self.plan.public_id)
        self.revision = revision
        return None

    def build_form(self, data: QueryDict | None = None) -> ApplyPlanForm:
        now, viewer, right = timezone.now(), self.permit.viewer, self.permit.row.right
        self.preview = load_revision_preview(self.plan, self.revision, viewer, right, now)
        followers = self.preview.followers
        self.permit.note_shown({row.athlete.pk for row in followers})
        choices = [(NOBODY, "Nobody’s: only the plan changes")]
        if followers:
            choices = [(ALL, "All who follow it"), (CHOSEN, "Only those ticked below"), *choices]
        initial = {
            "version": str(self.plan.version),
            "revision_version": str(self.revision.version),
            "apply_to": choices[0][0],
        }
        form = ApplyPlanForm(data, initial=initial)
        form.fields["apply_to"].widget.choices = choices
        return form

    def save(self, values: dict[str, Any]) -> HttpResponse:
        chosen = self.choose_followers(values)
        seen = SeenVersions(values["version"], values["revision_version"])
        try:
            changed = apply_revision(
                self.plan, seen, chosen, values.get("apply_from"), self.author, timezone.now()
            )
        except PlanChanged as refusal:
            if refusal.details["version"] != seen.plan:
                return self.render_plan_changed()
            messages.warning(self.request, "Somebody edited the changes meanwhile. Look at them again.")
            return redirect("plan-apply-page", self.plan.public_id)
        self.add_notices(changed)
        return redirect("plan-page", self.plan.public_id)

    def choose_followers(self, values: dict[str, Any]) -> list[UUID]:
        """Raises 403 (404 for staff) for a chosen athlete who does not follow the plan."""
        reached = [row.athlete.pk for row in self.preview.followers]
        if values["apply_to"] == ALL:
            return reached
        wanted = {*values.get("athletes", ())} if values["apply_to"] == CHOSEN else set()
        if wanted - {*reached}:
            self.permit.get_or_forbidden(None)
        return [pk for pk in reached if pk in wanted]

    def add_notices(self, changed: AssignedPlanChange) -> None:
        count = len(changed.applied)
        calendars = {0: "No calendar changed", 1: "1 calendar changed"}.get(
            count, f"{count} calendars changed"
        )
        messages.success(self.request, f"{changed.plan} changed. {calendars}.")
        kept = [pk for sessions in changed.kept.values() for pk in sessions]
        if kept:
            messages.warning(self.request, describe_kept_sessions(kept))

    def render_plan_changed(self) -> HttpResponse:
        return self.render_changed(revision=self.revision)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        units, differences = self.page_user.units, self.preview.differences
        shown = differences[:MOST_DIFFERENCES]
        return self.page(
            form=form,
            revision=self.revision,
            followers=self.preview.followers,
            differences=[describe_difference(row, units) for row in shown],
            further=len(differences) - len(shown),
            has_changes=bool(differences) or self.plan.total_weeks != self.revision.total_weeks,
        )


def describe_difference(row: SessionDifference, units: str) -> DifferenceRow:
    return DifferenceRow(
        row.week,
        WEEKDAYS[row.weekday - 1],
        _write_session(row.before, units),
        _write_session(row.after, units),
    )


def _write_session(session: DraftSession | None, units: str) -> str:
    return write_line(session.content, units) if session else ""


def describe_kept_sessions(sessions: list[UUID]) -> str:
    """The sessions by athlete and day. One statement."""
    rows = CalendarSession.objects.filter(pk__in=sessions).select_related("athlete__user")
    named = [
        f"{row.athlete.user}, {row.title or row.get_sport_display()} on {format_date(row.day)}"
        for row in rows.order_by("athlete__user__display_name", "day", "pk")[:MOST_KEPT]
    ]
    further = [f"{len(sessions) - len(named)} more"] if len(sessions) > len(named) else []
    return f"These sessions stay, because they were changed for the athlete: {'; '.join([*named, *further])}."
