"""The page of one planned session, and the forms on it: change, move, copy, skip, delete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.forms import FORM_TOKEN_LENGTH, SerializerForm, form_data
from astral.http.pages import FormTargetPage, NextUrlFields, safe_redirect_url
from athletes.access.permissions import parse_id
from athletes.rights import SCHEDULE, Category
from coaching.calendar.changes.requests import ChangeRequest
from coaching.calendar.changes.selection import StaleSessionError
from coaching.calendar.pages.change_texts import build_change_lines, load_last_changes
from coaching.calendar.pages.forms import (
    SessionActionForm,
    SessionChangeForm,
    SessionCopyForm,
    SessionDeleteForm,
    SessionMoveForm,
    SessionSkipForm,
    SessionUnskipForm,
    describe_content,
)
from coaching.calendar.pages.week_card import build_card_builder
from coaching.calendar.pages.write_page import CalendarWritePage, add_query
from coaching.calendar.reader import load_calendar
from coaching.calendar.watch.workout import build_calendar_workout
from coaching.comments.panel import build_session_panel
from coaching.models import CalendarChange, CalendarSession

Kind = CalendarChange.Kind
COPIED_COLUMNS = (
    "sport", "title", "description", "duration_s", "distance_m", "load", "zone", "steps", "is_key",
)  # fmt: skip


class SessionPageBase(CalendarWritePage):
    """A page about one session. `gone_text`: why there is no page; empty if there is one."""

    template_name = "coaching/calendar/session.html"
    session: CalendarSession
    gone_text: str = ""

    def load_target(self) -> None:
        super().load_target()
        rows = CalendarSession.objects.filter(athlete=self.athlete)
        if self.permit.row.right == SCHEDULE:
            rows = rows.editable_by(self.person, SCHEDULE, Category.GOALS_AND_PLANS)
        identifier = parse_id(CalendarSession.prefix, self.kwargs["session_id"], "session_id")
        rows = rows.filter(pk=identifier)
        expected = rows.expected().first()
        self.session = expected or self.permit.get_or_forbidden(rows.first())
        if expected is None:
            self.gone_text = f"This session is not in the calendar any more. {self.load_last_change_text()}"

    def load_last_change_text(self) -> str:
        """The last change of this session, with its author and time. One statement."""
        changes = load_last_changes(self.athlete, self.session.pk)
        return self.describe_last_change(changes[0]) if changes else ""

    def get_gone_answer(self) -> HttpResponse:
        messages.warning(self.request, self.gone_text.strip())
        return redirect(self.build_return_url())

    def build_return_url(self) -> str:
        return add_query(super().build_return_url(), day=self.session.day.isoformat())

    def build_session_url(self, next_url: str) -> str:
        address = reverse("session-page", args=[self.athlete.public_id, self.session.public_id])
        return add_query(address, next=next_url)

    def render_session(self, next_url: str, forms: dict[str, SerializerForm]) -> HttpResponse:
        """The session as it is now. `forms`: those that were sent and refused, by name."""
        now, session, units = timezone.now(), self.session, self.page_user.units
        calendar = load_calendar(self.athlete, session.day, session.day, now, self.load_visibility())
        builder = build_card_builder(self.athlete, calendar, now, units)
        entries = [row for row in calendar.days[0].entries if row.row.planned.id == str(session.pk)]
        if not entries:  # somebody moved it a moment ago
            self.permit.get_or_forbidden(None)
        entry = entries[0]
        editable = CalendarSession.objects.editable_by(self.person, SCHEDULE, Category.GOALS_AND_PLANS)
        may_change = editable.filter(pk=session.pk).exists()
        changes = load_last_changes(self.athlete, session.pk)
        workout = build_calendar_workout(
            session, builder.threshold_mps, changes[0].made_at if changes else None
        )
        return self.page(
            card=builder.build(entry),
            session=session,
            changes=build_change_lines(self.athlete, changes, may_change=may_change),
            watch_notes=workout.notes if workout else (),
            may_change=may_change,
            panel=build_session_panel(self.person, session, now),
            forms=self._build_forms(next_url) | forms if may_change else {},
            back_url=safe_redirect_url(self.request, next_url, self.build_return_url()),
        )

    def _build_forms(self, next_url: str) -> dict[str, SerializerForm]:
        """The forms that make sense now, by name."""
        session = self.session
        hidden = {"version": str(session.version), "next": next_url}
        dated = hidden | {"date": session.day.isoformat()}
        units = self.page_user.units
        content = hidden | describe_content(session, units)
        forms: dict[str, SerializerForm] = {
            "move": SessionMoveForm(initial=dated),
            "copy": SessionCopyForm(initial=dated),
            "change": SessionChangeForm(
                initial=content, units=self.page_user.units, context={"session": session}
            ),
        }
        if session.is_skipped:
            forms["unskip"] = SessionUnskipForm(initial=hidden)
        else:
            forms["skip"] = SessionSkipForm(initial=hidden)
        if session.instance_id is None:
            forms["delete"] = SessionDeleteForm(initial=hidden)
        return forms


class SessionActionPage(SessionPageBase, FormTargetPage):
    """Receives a form of the session page. `form_name`: its name there.

    A form with an old version changes nothing: the page says who changed the session, and shows it.
    """

    form_class: ClassVar[type[SessionActionForm]]
    form_name: ClassVar[str]

    def post(self, request: HttpRequest, **address: str) -> HttpResponse:
        if self.gone_text:
            return self.get_gone_answer()
        sent = form_data(request)
        if sent.get("version") != str(self.session.version):
            self.form_token = sent.get("form_token", "")[:FORM_TOKEN_LENGTH]
            return self.save_once(lambda: self.answer_stale(sent.get("next", "")))
        return super().post(request, **address)

    def build_form(self, data: QueryDict | None = None) -> SerializerForm:
        return self.form_class(data, initial={"version": str(self.session.version)})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        next_url = form_data(self.request).get("next", "")
        try:
            made = self.change_calendar(self.build_request(values))
        except StaleSessionError:
            return self.answer_stale(next_url)
        self.session.day = date.fromisoformat(made.change.rows[0]["after"]["day"])
        return self.redirect_to_next(next_url)

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        """The operation that the form asks for."""
        raise NotImplementedError

    def name_session(
        self, kind: CalendarChange.Kind, values: Mapping[str, Any], reason: str = ""
    ) -> ChangeRequest:
        """An operation on this session, in the version that the person saw."""
        pk = self.session.pk
        return ChangeRequest(kind, values, pk, {str(pk): self.session.version}, reason)

    def answer_stale(self, next_url: str) -> HttpResponse:
        texts = (
            "Nothing was saved, because this session changed in the meantime.",
            self.load_last_change_text(),
            "This is how it is now.",
        )
        messages.warning(self.request, " ".join(text for text in texts if text))
        return redirect(self.build_session_url(next_url))

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.render_session(str(form.sent.get("next", "")), {self.form_name: form})


class SessionPage(SessionActionPage):
    """Shows the session. Receives the form that changes what it asks for."""

    query_serializer_class = NextUrlFields
    form_name = "change"

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        if self.gone_text:
            return self.get_gone_answer()
        return self.render_session(self.parse_query().get("next", ""), {})

    def build_form(self, data: QueryDict | None = None) -> SerializerForm:
        initial = {"version": str(self.session.version)} | describe_content(
            self.session, self.page_user.units
        )
        return SessionChangeForm(
            data, initial=initial, units=self.page_user.units, context={"session": self.session}
        )

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        values.pop("version", None)
        return self.name_session(Kind.CHANGE, values)


class MoveSessionPage(SessionActionPage):
    form_class, form_name = SessionMoveForm, "move"

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        return self.name_session(Kind.MOVE, {"day": values["day"].isoformat()})


class CopySessionPage(SessionActionPage):
    """Adds a single session with the same content on another day."""

    form_class, form_name = SessionCopyForm, "copy"

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        columns = {name: getattr(self.session, name) for name in COPIED_COLUMNS}
        return ChangeRequest(Kind.ADD, {"day": values["day"].isoformat(), **columns})


class SkipSessionPage(SessionActionPage):
    form_class, form_name = SessionSkipForm, "skip"

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        reason = values.get("reason", "")
        return self.name_session(Kind.SKIP, {"reason": reason}, reason)


class UnskipSessionPage(SessionActionPage):
    form_class, form_name = SessionUnskipForm, "unskip"

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        return self.name_session(Kind.UNSKIP, {})


class DeleteSessionPage(SessionActionPage):
    form_class, form_name = SessionDeleteForm, "delete"

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        return self.name_session(Kind.REMOVE, {})
