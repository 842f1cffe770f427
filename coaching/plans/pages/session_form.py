"""The form of one session of a plan. Lengths are in the viewer's units, steps are one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from astral.http.fields import IdField, WholeNumberField
from astral.http.forms import CheckboxField, InputField, SelectField, SerializerForm, TextAreaField
from coaching.models import Plan, PlanSession
from coaching.plans.drafts.draft import DraftContent, DraftSession
from coaching.plans.drafts.line_entry import LONGEST_LINE, parse_length, parse_steps
from coaching.plans.drafts.line_text import write_duration, write_steps
from coaching.plans.drafts.line_tokens import LineError
from coaching.plans.pages.grid import SPORT_TITLES, WEEKDAYS
from coaching.plans.serializers import PlanSessionRequest
from metrics.formatting import IMPERIAL, convert_distance
from metrics.unit_input import parse_distance, parse_number

NO_ZONE = ("", "No zone")
ZONE_CHOICES = (
    NO_ZONE,
    ("1", "Zone 1, easy"),
    ("2", "Zone 2, marathon pace"),
    ("3", "Zone 3, threshold"),
    ("4", "Zone 4, intervals"),
    ("5", "Zone 5, fastest"),
)
EMPTY_FIELDS = ("duration", "distance", "training_load", "zone", "steps")  # empty: not given


class HiddenField(InputField):
    """What the page sends along."""

    widget_class: ClassVar[type[forms.Widget]] = forms.HiddenInput


class PlanSessionEntry(PlanSessionRequest):
    """A session with its day, and the version of the plan that the page showed."""

    version = WholeNumberField(min_value=1, help_text="The version of the plan.")
    week = WholeNumberField(min_value=1, max_value=Plan.MAX_WEEKS, help_text="The week, from 1.")
    weekday = WholeNumberField(min_value=1, max_value=7, help_text="1 is Monday, 7 is Sunday.")
    session_id = IdField(
        PlanSession.prefix, required=False, help_text="The session to change; empty: a new one."
    )


class PlanSessionEntryForm(SerializerForm):
    """It needs no one-time token: the version of the plan is old once it is saved."""

    serializer_class = PlanSessionEntry
    is_saved_once = False
    version = HiddenField()
    session_id = HiddenField()
    week = InputField("Week", type="number", min=1, max=Plan.MAX_WEEKS, required=True)
    weekday = SelectField("Day", [(str(number), name) for number, name in enumerate(WEEKDAYS, start=1)])
    sport = SelectField("Sport", tuple(SPORT_TITLES.items()))
    title = InputField("Title", max_length=120, autocomplete="off")
    duration = InputField("Time", hint="Such as 60 min or 1h30.", max_length=20, autocomplete="off")
    distance = InputField("Distance", max_length=12, autocomplete="off")
    zone = SelectField("Zone", ZONE_CHOICES)
    steps = InputField(
        "Steps",
        hint="Such as 15' + 6×1 km Z4 90s + 10'. Without a time and a distance, the steps give the length.",
        max_length=LONGEST_LINE,
        autocomplete="off",
    )
    training_load = InputField("Load", hint="Empty: it is estimated.", max_length=8, autocomplete="off")
    description = TextAreaField("Instructions", max_length=2_000, rows=4)
    is_key = CheckboxField("Key session of the week")

    def __init__(
        self, data: QueryDict | None = None, *, session: DraftSession, units: str, version: int
    ) -> None:
        stored = _describe_session(session, units)
        super().__init__(data, initial=stored | {"version": str(version)})
        self.content, self.units = session.content, units
        unit = "miles" if units == IMPERIAL else "kilometres"
        self.fields["distance"].label = f"Distance, {unit}"

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """Untouched lengths and steps stay exact: their fields show them rounded, or shorter."""
        body: dict[str, Any] = {
            name: value for name, value in fields.items() if value.strip() or name not in EMPTY_FIELDS
        }
        readers = {
            "duration": lambda text: parse_length(text, "duration"),
            "distance": lambda text: parse_distance(text, self.units),
            "training_load": parse_number,
            "steps": parse_steps,
        }
        exact = {
            "duration": self.content.duration_s,
            "distance": self.content.distance_m,
            "steps": list(self.content.steps),
        }
        for name, read in readers.items():
            if name in body:
                is_untouched = name in exact and fields[name] == self.initial[name]
                body[name] = exact[name] if is_untouched else _read_or_keep(read, body[name])
        body["is_key"] = "is_key" in fields
        if not body.get("session_id"):
            body.pop("session_id", None)
        if body.get("steps") != exact["steps"] and _has_length_of_steps(fields, self.initial):
            body.pop("duration", None)
            body.pop("distance", None)
        return body

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        """A fault inside of the steps is beside their field; a line that is no steps says why."""
        name = field.split(".")[0]
        typed = self.data.get(name, "")
        if name == "steps" and typed:
            return name, _explain_line(typed, parse_steps) or text
        if name == "duration" and typed:
            return name, _explain_line(typed, lambda line: parse_length(line, "duration")) or text
        return (name if name in self.fields else field), text


def _has_length_of_steps(fields: Mapping[str, str], initial: Mapping[str, Any]) -> bool:
    """New steps and an untouched length: the length was that of the old steps."""
    untouched = all(fields.get(name, "") == initial[name] for name in ("duration", "distance"))
    return untouched and bool(fields.get("steps", "").strip())


def _read_or_keep(read: Any, text: str) -> Any:
    """The value; text that is none is left to the serializer, which refuses it."""
    try:
        return read(text)
    except LineError:
        return text


def _explain_line(text: str, read: Any) -> str:
    try:
        read(text)
    except LineError as error:
        return str(error)
    return ""


def _describe_session(session: DraftSession, units: str) -> dict[str, str]:
    """The fields of a stored session, or of a new one."""
    content: DraftContent = session.content
    distance = convert_distance(content.distance_m, units)
    identifier = PlanSession(id=session.session_id).public_id if session.session_id else ""
    return {
        "session_id": identifier,
        "week": str(session.week),
        "weekday": str(session.weekday),
        "sport": content.sport,
        "title": content.title,
        "duration": write_duration(content.duration_s) if content.duration_s else "",
        "distance": f"{round(distance, 3):g}" if distance else "",
        "zone": str(content.zone or ""),
        "steps": write_steps(content.steps),
        "training_load": f"{content.load:g}" if content.load else "",
        "description": content.description,
        "is_key": "on" if content.is_key else "",
    }
