"""The pages of one session of a plan: change it, add one, remove it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from astral.http.errors import ApiError
from astral.http.fields import IdField, StrictSerializer, WholeNumberField
from astral.http.forms import SerializerForm
from astral.http.pages import FormPage
from coaching.models import Plan, PlanSession
from coaching.plans.drafts.draft import (
    DraftContent,
    DraftError,
    DraftSession,
    add_sessions,
    find_session,
    remove_draft_session,
    replace_session,
)
from coaching.plans.editing import PlanChanged, change_sessions, load_draft
from coaching.plans.pages.editor import describe_entry
from coaching.plans.pages.plan_page import EditablePlanPage, PlanChangePage, VersionedRequest
from coaching.plans.pages.session_form import PlanSessionEntryForm
from coaching.plans.session_bodies import build_content


class SessionQuery(StrictSerializer):
    """An existing session, or the day of a new one."""

    session_id = IdField(PlanSession.prefix, required=False, help_text="The session.")
    week = WholeNumberField(default=1, min_value=1, max_value=Plan.MAX_WEEKS, help_text="Of a new one.")
    weekday = WholeNumberField(default=1, min_value=1, max_value=7, help_text="Of a new one.")


class PlanSessionPage(EditablePlanPage, FormPage):
    """The form of a session. Three statements besides those for the user, the club and the plan."""

    template_name = "coaching/plans/session.html"
    takes_revisions = True
    query_serializer_class = SessionQuery

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        try:
            return self.redirect_assigned() or super().get(request, **address)
        except DraftError as error:
            messages.warning(request, str(error))
            return redirect("plan-editor-page", self.plan.public_id)

    def post(self, request: HttpRequest, **address: str) -> HttpResponse:
        try:
            return super().post(request, **address)
        except DraftError:
            return self.render_changed()

    def build_form(self, data: Any = None) -> PlanSessionEntryForm:
        units = self.page_user.units
        query = self.parse_query()
        self.session = DraftSession(query["week"], query["weekday"], DraftContent())
        if "session_id" in query:
            self.session = find_session(load_draft(self.plan), query["session_id"])
        return PlanSessionEntryForm(data, session=self.session, units=units, version=self.plan.version)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        session = DraftSession(
            values["week"], values["weekday"], build_content(values), values.get("session_id")
        )
        try:
            change_sessions(
                self.plan,
                values["version"],
                lambda draft: (
                    replace_session(draft, session) if session.session_id else add_sessions(draft, [session])
                ),
            )
        except PlanChanged:
            return self.render_changed([describe_entry(session, self.page_user.units)])
        except ApiError as refusal:
            messages.warning(self.request, str(refusal.detail))
            return self.redirect_assigned() or redirect(self.build_editor_url(session.week))
        messages.success(self.request, describe_entry(session, self.page_user.units))
        return redirect(self.build_editor_url(session.week))

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.page(form=form, session=self.session, back=self.build_editor_url(self.session.week))


class RemoveSessionRequest(VersionedRequest):
    session_id = IdField(PlanSession.prefix, help_text="The session.")
    week = WholeNumberField(default=1, min_value=1, max_value=Plan.MAX_WEEKS, help_text="The week to show.")


class PlanSessionRemovePage(PlanChangePage):
    serializer_class = RemoveSessionRequest

    def apply_change(self, values: dict[str, Any]) -> str:
        change_sessions(
            self.plan, values["version"], lambda draft: remove_draft_session(draft, values["session_id"])
        )
        messages.success(self.request, "Session removed.")
        return self.build_editor_url(values["week"])
