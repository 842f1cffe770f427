"""The plan editor: weeks and weekdays as a grid. Each button saves, so a draft is a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError, flatten_field_errors
from astral.http.fields import ChoiceField, StrictSerializer, TextField, WholeNumberField
from astral.http.forms import form_data
from astral.http.pages import Page
from coaching.models import Plan
from coaching.plans.drafts.draft import (
    DraftSession,
    PlanDraft,
    add_sessions,
    add_week,
    copy_week,
    delete_week,
    move_week,
)
from coaching.plans.drafts.line_entry import LONGEST_LINE, parse_line
from coaching.plans.drafts.line_text import write_line
from coaching.plans.drafts.line_tokens import LineError
from coaching.plans.drafts.scaling import scale_session
from coaching.plans.drafts.totals import REST
from coaching.plans.editing import PlanChanged, change_sessions, load_draft
from coaching.plans.pages.grid import WEEKDAYS, DayCell, build_grid, describe_length, describe_totals
from coaching.plans.pages.plan_page import EditablePlanPage, PlanChangePage, VersionedRequest
from coaching.plans.session_bodies import complete_content

RAISED = 1.1  # a week of 10 % more


class EditorQuery(StrictSerializer):
    week = WholeNumberField(
        required=False, min_value=1, max_value=Plan.MAX_WEEKS, help_text="The open week; default: the last."
    )


class PlanEditorBase(EditablePlanPage):
    """Shows the grid with one open week, which has a field for each day."""

    takes_revisions = True

    def render_editor(self, week: int | None, cells: Mapping[int, DayCell] | None = None) -> HttpResponse:
        """`cells`: what was typed in the open week, and why it was refused, by weekday."""
        plan = self.plan
        grid = build_grid(plan, load_draft(plan), self.page_user.units)
        opened = grid.weeks[min(week or plan.total_weeks, plan.total_weeks) - 1]
        for day in opened.days:
            if sent := (cells or {}).get(day.weekday):
                day.typed, day.error = sent.typed, sent.error
        return self.page(
            "coaching/plans/editor.html",
            grid=grid,
            opened=opened,
            takes_focus=week is not None and not cells,
            longest_line=LONGEST_LINE,
            other_weeks=[number for number in range(1, plan.total_weeks + 1) if number != opened.week],
            copy_targets=[number for number in range(1, plan.total_weeks + 2) if number != opened.week],
        )


class PlanEditorPage(PlanEditorBase):
    """Three statements besides those for the user, the club and the plan, for any length."""

    query_serializer_class = EditorQuery

    def get(self, request: HttpRequest, plan_id: str) -> HttpResponse:
        return self.redirect_assigned() or self.render_editor(self.parse_query().get("week"))


def _build_entry_field() -> TextField:
    return TextField(
        required=False, allow_blank=True, max_length=LONGEST_LINE, help_text="A session in one line."
    )


class WeekEntryRequest(VersionedRequest):
    """New sessions of one week, one line for each weekday."""

    week = WholeNumberField(min_value=1, max_value=Plan.MAX_WEEKS, help_text="The week, from 1.")

    def get_fields(self) -> dict[str, Any]:
        days = {f"day{weekday}": _build_entry_field() for weekday in range(1, 8)}
        return super().get_fields() | days


class WeekPreviewQuery(WeekEntryRequest):
    """What is typed in the open week, before it is saved."""

    version = None  # type: ignore[assignment]  # a preview changes nothing


class PlanEntriesPage(PlanEditorBase, Page):
    """Adds the typed sessions, all or none. A line that is not understood stays in its field.

    GET is a part of the page: what each typed line says, and what the week adds up to with them.
    """

    query_serializer_class = WeekPreviewQuery

    def parameters(self) -> list[str]:
        return list(WeekPreviewQuery().get_fields())

    def get(self, request: HttpRequest, plan_id: str) -> HttpResponse:
        values, units = self.parse_query(), self.page_user.units
        typed = {day: line for day in range(1, 8) if (line := values.get(f"day{day}", ""))}
        sessions, cells = _read_lines(values["week"], typed)
        lines = [(cell.name, cell.error) for cell in cells.values() if cell.error]
        said = {day.weekday: describe_entry(day, units) for day in sessions}
        week = [*load_draft(self.plan).in_week(values["week"]), *sessions]
        return self.page(
            "coaching/plans/week_preview.html",
            errors=lines,
            entries=list(said.values()),
            total=describe_totals(week, units),
            count=sum(session.content.sport != REST for session in week),
        )

    def post(self, request: HttpRequest, plan_id: str) -> HttpResponse:
        values = WeekEntryRequest.parse(form_data(request))
        lines = {weekday: values.get(f"day{weekday}", "") for weekday in range(1, 8)}
        typed = {weekday: line for weekday, line in lines.items() if line}
        week = values["week"]
        sessions, cells = _read_lines(week, typed)
        if any(cell.error for cell in cells.values()):
            return self.redirect_assigned() or self.render_editor(week, cells)
        try:
            change_sessions(self.plan, values["version"], lambda draft: add_sessions(draft, sessions))
        except PlanChanged:
            return self.render_changed([f"{WEEKDAYS[day - 1]}: {line}" for day, line in typed.items()])
        except ApiError as refusal:
            messages.warning(request, str(refusal.detail))
            return self.redirect_assigned() or self.render_editor(week, cells)
        for session in sessions:
            messages.success(request, describe_entry(session, self.page_user.units))
        return redirect(self.build_editor_url(week))


def describe_entry(session: DraftSession, units: str) -> str:
    """Tuesday: 15 min + 6 × 1 km Z4 90 s + 10 min. That is 1 h 02 min, load 75."""
    said = f"{WEEKDAYS[session.weekday - 1]}: {write_line(session.content, units)}"
    return said if session.content.sport == "rest" else f"{said}. That is {describe_length(session, units)}."


def _read_lines(week: int, typed: Mapping[int, str]) -> tuple[list[DraftSession], dict[int, DayCell]]:
    """The sessions, and a cell for each line, with an error for those that are not understood."""
    sessions: list[DraftSession] = []
    cells = {day: DayCell(day, WEEKDAYS[day - 1], (), "", typed=line) for day, line in typed.items()}
    for day, line in typed.items():
        try:
            sessions.append(DraftSession(week, day, complete_content(parse_line(line))))
        except LineError as refusal:
            cells[day].error = str(refusal)
        except ValidationError as refusal:
            cells[day].error = " ".join(error.message for error in flatten_field_errors(refusal.detail))
    return sessions, cells


class WeeksRequest(VersionedRequest):
    """`week`: the week in question; `to`: where it goes."""

    do = ChoiceField(
        [(name, name) for name in ("add", "repeat", "raise", "copy", "move", "delete")],
        help_text="What to do with the weeks.",
    )
    week = WholeNumberField(required=False, min_value=1, max_value=Plan.MAX_WEEKS, help_text="From 1.")
    to = WholeNumberField(required=False, min_value=1, max_value=Plan.MAX_WEEKS, help_text="From 1.")


class PlanWeeksPage(PlanChangePage):
    """The buttons that add, copy, move and delete weeks."""

    serializer_class = WeeksRequest

    def apply_change(self, values: dict[str, Any]) -> str:
        action, week = values["do"], values.get("week", self.plan.total_weeks)
        to = values.get("to", week)

        def change(draft: PlanDraft) -> PlanDraft:
            following = draft.total_weeks + 1
            if action == "add":
                return add_week(draft)
            if action == "repeat":
                return copy_week(draft, draft.total_weeks, following)
            if action == "raise":
                return copy_week(
                    draft, draft.total_weeks, following, lambda content: scale_session(content, RAISED)
                )
            if action == "copy":
                return copy_week(draft, week, to)
            return move_week(draft, week, to) if action == "move" else delete_week(draft, week)

        plan = change_sessions(self.plan, values["version"], change)
        opened = {"copy": to, "move": to, "delete": min(week, plan.total_weeks)}.get(action, plan.total_weeks)
        messages.success(self.request, _describe_change(action, week, to, plan.total_weeks))
        return self.build_editor_url(opened)

    def build_return_url(self) -> str:
        return self.build_editor_url(self.plan.total_weeks)


def _describe_change(action: str, week: int, to: int, last: int) -> str:
    return {
        "add": f"Week {last} added.",
        "repeat": f"Week {last} repeats week {last - 1}.",
        "raise": f"Week {last} is week {last - 1} with 10 % more.",
        "copy": f"Week {week} copied to week {to}.",
        "move": f"Week {week} is week {to} now.",
        "delete": f"Week {week} deleted.",
    }[action]
