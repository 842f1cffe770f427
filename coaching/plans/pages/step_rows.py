"""The steps of a session as rows of fields, beside the line that the forms send.

The page shows a line as rows, or rows as a line, and what both add up to. It stores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ValidationError

from astral.http.errors import flatten_field_errors
from astral.http.fields import ChoiceField, QueryBooleanField, StrictSerializer, TextField, WholeNumberField
from athletes.access.protected_page import ProtectedPage
from coaching.models import PlanSession
from coaching.plans.drafts.draft import DraftContent, DraftSession
from coaching.plans.drafts.line_entry import LONGEST_LINE, parse_steps
from coaching.plans.drafts.line_tokens import LineError
from coaching.plans.drafts.step_rows import TARGETS, StepRow, list_step_rows, write_row, write_rows
from coaching.plans.pages.grid import describe_totals
from coaching.plans.session_bodies import complete_content
from coaching.steps.describe import describe_steps
from coaching.steps.reader import read_steps

MAX_ROWS = 15
TARGET_TITLES = {
    "": "No target", "zone": "Zone", "pace": "Pace, /km", "heart_rate": "Heart rate, bpm", "effort": "Effort",
}  # fmt: skip
ACTIONS = ("remove", "up")


@dataclass(frozen=True, slots=True)
class RowFields:
    """A row as the page shows it. `number`: from 1; it is part of the names of the fields."""

    number: int
    row: StepRow
    error: str


def _build_row_fields(number: int) -> dict[str, Any]:
    def text(help_text: str, longest: int) -> TextField:
        return TextField(required=False, allow_blank=True, max_length=longest, help_text=help_text)

    return {
        f"times{number}": text("How many times.", 3),
        f"length{number}": text("Such as 1 km or 90 s, or several steps in a bracket.", LONGEST_LINE),
        f"target{number}": ChoiceField(
            [(name, name) for name in TARGETS], required=False, help_text="What the value is."
        ),
        f"value{number}": text("Such as 4, 4:20-4:30 or 150-160.", 20),
        f"pause{number}": text("The length of the pause after each repetition.", 20),
        f"standing{number}": QueryBooleanField(required=False, help_text="Whether the pause is a rest."),
    }


class StepRowsQuery(StrictSerializer):
    """`line`, or rows. `do` and `row`: remove a row, or move it up."""

    line = TextField(required=False, allow_blank=True, max_length=LONGEST_LINE, help_text="The steps.")
    sport = ChoiceField(PlanSession.SPORTS, default="run", help_text="The sport of the session.")
    do = ChoiceField([(name, name) for name in ACTIONS], required=False, help_text="What to do with a row.")
    row = WholeNumberField(default=1, min_value=1, max_value=MAX_ROWS, help_text="Which row, from 1.")

    def get_fields(self) -> dict[str, Any]:
        rows = [_build_row_fields(number) for number in range(1, MAX_ROWS + 1)]
        return super().get_fields() | {name: field for row in rows for name, field in row.items()}


class StepRowsPage(ProtectedPage):
    """A part of a page: rows of fields, and what the steps add up to. No statement for the steps."""

    template_name = "coaching/plans/step_rows.html"
    query_serializer_class = StepRowsQuery

    def parameters(self) -> list[str]:
        return list(StepRowsQuery().get_fields())

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.parse_query()
        if "line" in query:
            line = query["line"]
            reading = read_line(line, query["sport"], self.page_user.units)
            rows = list_step_rows(reading.steps)
        else:
            rows = _change_rows(_read_rows(query), query.get("do"), query["row"])
            line = write_rows(rows)
            reading = read_line(line, query["sport"], self.page_user.units)
        return self.page(
            line=line,
            reading=reading,
            rows=_build_rows(rows),
            target_choices=TARGET_TITLES.items(),
            longest_line=LONGEST_LINE,
            has_rows=not reading.error or "line" not in query,
        )


@dataclass(frozen=True, slots=True)
class LineReading:
    """What a line of steps says: one text for each step and the totals, or why it is none."""

    steps: Sequence[dict[str, Any]] = ()
    texts: Sequence[str] = ()
    totals: str = ""
    error: str = ""


def read_line(line: str, sport: str, units: str) -> LineReading:
    if not line.strip():
        return LineReading()
    try:
        steps = parse_steps(line)
        content = complete_content(DraftContent(sport=sport, steps=steps))
    except LineError as refusal:
        return LineReading(error=str(refusal))
    except ValidationError as refusal:
        return LineReading(error=" ".join(error.message for error in flatten_field_errors(refusal.detail)))
    texts = describe_steps(read_steps(steps), units, sport)
    return LineReading(steps, texts, describe_totals([DraftSession(1, 1, content)], units))


def _read_rows(query: dict[str, Any]) -> list[StepRow]:
    rows = [
        StepRow(
            query.get(f"times{number}", ""),
            query.get(f"length{number}", ""),
            query.get(f"target{number}", ""),
            query.get(f"value{number}", ""),
            query.get(f"pause{number}", ""),
            query.get(f"standing{number}", False),
        )
        for number in range(1, MAX_ROWS + 1)
    ]
    return [row for row in rows if not row.is_empty]


def _change_rows(rows: list[StepRow], action: str | None, number: int) -> list[StepRow]:
    if action is None or number > len(rows):
        return rows
    row, others = rows[number - 1], rows[: number - 1] + rows[number:]
    if action == "up":
        others.insert(max(0, number - 2), row)
    return others


def _build_rows(rows: Sequence[StepRow]) -> list[RowFields]:
    """The rows and an empty one for the next step."""
    shown = [*rows, StepRow()][:MAX_ROWS]
    return [RowFields(number, row, _find_error(row)) for number, row in enumerate(shown, start=1)]


def _find_error(row: StepRow) -> str:
    if row.is_empty:
        return ""
    try:
        parse_steps(write_row(row))
    except LineError as refusal:
        return str(refusal)
    return ""
