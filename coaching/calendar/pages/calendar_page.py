"""The calendar of an athlete: a month or a week, planned against done, for the athlete and for coaches."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from astral.http.fields import ChoiceField, DayField, StrictSerializer
from astral.http.forms import SerializerForm, form_data
from astral.http.pages import FormPage, FormTargetPage, NextUrlFields
from athletes.models import Athlete
from athletes.rights import SCHEDULE, Category
from coaching.calendar.changes.requests import ChangeRequest
from coaching.calendar.pages.calendar_days import (
    FIRST_SHOWN,
    LAST_SHOWN,
    VIEWS,
    CalendarSpan,
    build_calendar_span,
    build_week_rows,
)
from coaching.calendar.pages.change_texts import (
    build_change_lines,
    build_proposal_lines,
    load_last_changes,
    load_proposals,
)
from coaching.calendar.pages.forms import CopyWeekForm, SessionAddForm, SessionDragForm, ShiftForm
from coaching.calendar.pages.week_card import build_card_builder
from coaching.calendar.pages.write_page import CalendarWritePage, add_query
from coaching.calendar.reader import load_calendar
from coaching.models import CalendarChange, CalendarSession

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Kind = CalendarChange.Kind


class CalendarPageQuery(StrictSerializer):
    view = ChoiceField(list(VIEWS), default="month", help_text="month or week.")
    day = DayField(required=False, help_text="A day of the month or week; by default today.")


class CalendarPageBase(CalendarWritePage):
    template_name = "coaching/calendar/calendar.html"

    def render_calendar(self, span: CalendarSpan, forms: dict[str, SerializerForm]) -> HttpResponse:
        """`forms`: those that were sent and refused, by name."""
        athlete, now, visibility = self.athlete, timezone.now(), self.load_visibility()
        calendar = load_calendar(athlete, span.first, span.last, now, visibility)
        may_change = self.may_change()
        editable = self._load_editable(span) if may_change else frozenset()
        builder = build_card_builder(athlete, calendar, now, self.page_user.units, editable)
        here = self.request.get_full_path() if self.request.method == "GET" else self._build_url(span)
        return self.page(
            span=span,
            weeks=build_week_rows(calendar, span, builder),
            weekdays=WEEKDAYS,
            today=calendar.today,
            hides_activities=not visibility.activities,
            may_change=may_change,
            proposals=build_proposal_lines(athlete, load_proposals(athlete), may_change=may_change),
            changes=build_change_lines(athlete, load_last_changes(athlete), may_change=may_change),
            forms=self._build_forms(span, here) | forms if may_change else {},
            links=self._build_links(span, calendar.today),
            here=here,
        )

    def may_change(self) -> bool:
        """Whether the viewer may change this calendar: one statement; none for one's own."""
        if self.own:
            return True
        reached = Athlete.objects.reached_by(self.person, SCHEDULE, Category.GOALS_AND_PLANS)
        return reached.filter(pk=self.athlete.pk).exists()

    def _load_editable(self, span: CalendarSpan) -> frozenset[str]:
        """The sessions of these days that the viewer may change. One statement."""
        rows = CalendarSession.objects.filter(athlete=self.athlete, day__range=(span.first, span.last))
        editable = rows.editable_by(self.person, SCHEDULE, Category.GOALS_AND_PLANS)
        return frozenset(map(str, editable.order_by().values_list("pk", flat=True)))

    def _build_forms(self, span: CalendarSpan, here: str) -> dict[str, SerializerForm]:
        day, first = self.today.isoformat(), span.first.isoformat()
        return {
            "drag": SessionDragForm(initial={"next": here}),
            "shift": ShiftForm(initial={"next": here, "first_day": day}),
            "copy_week": CopyWeekForm(initial={"next": here, "from_week": first}),
        }

    def _build_links(self, span: CalendarSpan, today: date) -> dict[str, Any]:
        other = "week" if span.view == "month" else "month"
        return {
            "previous": self._build_url(span, span.previous),
            "following": self._build_url(span, span.following),
            "today": self._build_url(span, today),
            "views": [
                (view.capitalize(), add_query(self.build_return_url(), view=view, day=span.day.isoformat()))
                for view in VIEWS
            ],
            "other": other,
        }

    def _build_url(self, span: CalendarSpan, day: date | None = None) -> str:
        return add_query(self.build_return_url(), view=span.view, day=(day or span.day).isoformat())


class AthleteCalendarPage(CalendarPageBase):
    query_serializer_class = CalendarPageQuery

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        query = self.parse_query()
        day = min(max(query.get("day", self.today), FIRST_SHOWN), LAST_SHOWN)
        return self.render_calendar(build_calendar_span(query["view"], day), {})


class OwnCalendarPage(AthleteCalendarPage):
    def load_target(self) -> None:
        self.athlete = self.person.athlete


class CalendarToolPage(CalendarPageBase, FormTargetPage):
    """Receives a form about many sessions. A refused one is shown on the calendar page again."""

    form_name: ClassVar[str]

    def build_form(self, data: QueryDict | None = None) -> SerializerForm:
        return self.form_class(data, initial={})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        self.change_calendar(self.build_request(values))
        return self.redirect_to_next(form_data(self.request).get("next", ""))

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        raise NotImplementedError

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.render_calendar(build_calendar_span("month", self.today), {self.form_name: form})


class ShiftSessionsPage(CalendarToolPage):
    form_class, form_name = ShiftForm, "shift"

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        return ChangeRequest(Kind.SHIFT, {"from": values["from"].isoformat(), "days": values["days"]})


class CopyWeekPage(CalendarToolPage):
    form_class, form_name = CopyWeekForm, "copy_week"

    def build_request(self, values: dict[str, Any]) -> ChangeRequest:
        return ChangeRequest(Kind.COPY_WEEK, {name: values[name].isoformat() for name in ("from", "to")})


class AddSessionQuery(NextUrlFields):
    day = DayField(required=False, help_text="The day of the new session; by default today.")


class AddSessionPage(CalendarWritePage, FormPage):
    """The form of a new single session."""

    template_name = "coaching/calendar/add.html"
    query_serializer_class = AddSessionQuery

    def build_form(self, data: QueryDict | None = None) -> SessionAddForm:
        query = self.parse_query()
        day = query.get("day", self.today).isoformat()
        initial = {"date": day, "sport": "run", "next": query.get("next", "")}
        return SessionAddForm(data, initial=initial, units=self.page_user.units)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        values["day"] = values["day"].isoformat()
        made = self.change_calendar(ChangeRequest(Kind.ADD, values))
        next_url = form_data(self.request).get("next", "")
        day = made.change.rows[0]["after"]["day"]
        return self.redirect_to_next(next_url or add_query(self.build_return_url(), day=day))
