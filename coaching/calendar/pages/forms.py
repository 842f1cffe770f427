"""Forms of the calendar: a session on a day, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, ClassVar

from django.http import QueryDict

from astral.http.fields import StrictSerializer
from astral.http.forms import InputField, SelectField, SerializerForm, TextAreaField
from astral.http.pages import MAX_URL_LENGTH
from coaching.calendar.request_serializers import (
    CalendarSessionCreate,
    CalendarSessionUpdate,
    CopyWeekRequest,
    MoveSessionRequest,
    ShiftRequest,
    SkipSessionRequest,
    UnskipSessionRequest,
)
from coaching.models import CalendarSession
from coaching.plans.drafts.line_entry import LONGEST_LINE, parse_length, parse_steps
from coaching.plans.drafts.line_text import write_duration, write_steps
from coaching.plans.drafts.line_tokens import LineError
from coaching.plans.pages.grid import SPORT_TITLES
from coaching.plans.pages.session_form import ZONE_CHOICES, HiddenField
from metrics.formatting import convert_distance, get_distance_unit
from metrics.unit_input import parse_distance, parse_number

API_FIELDS = {
    "target_distance": "distance",
    "target_duration": "duration",
    "target_load": "load",
    "day": "date",
    "from": "first_day",
    "to": "to_week",
}


class SessionVersionField(HiddenField):
    """The version of the session that the page shows. A sent version is never drawn again."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class CalendarForm(SerializerForm):
    """A form that returns to the page `next`."""

    next = HiddenField(max_length=MAX_URL_LENGTH)

    def __init__(self, data: QueryDict | None = None, *, initial: Mapping[str, str], **options: Any) -> None:
        super().__init__(data, initial=initial, **options)
        self.next_url = str(self.sent.get("next", ""))

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if name != "next" and value != ""}

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        return API_FIELDS.get(field, field), text


class SessionActionForm(CalendarForm):
    """A form about one stored session."""

    version = SessionVersionField()


class SessionMoveForm(SessionActionForm):
    serializer_class = MoveSessionRequest
    id_prefix = "move-"
    date = InputField("New day", type="date", required=True)


class SessionDragForm(SessionMoveForm):
    """The form that a script fills and sends when somebody drops a session on a day."""

    id_prefix = "drag-"


class SessionSkipForm(SessionActionForm):
    serializer_class = SkipSessionRequest
    id_prefix = "skip-"
    reason = InputField("Why", max_length=500, hint="May stay empty. Your coach or athlete can read it.")


class SessionUnskipForm(SessionActionForm):
    serializer_class = UnskipSessionRequest
    id_prefix = "unskip-"


class SessionDeleteForm(SessionActionForm):
    serializer_class = UnskipSessionRequest  # a version, nothing else
    id_prefix = "delete-"


class CopySessionRequest(MoveSessionRequest):
    """Copy a session to a day."""


class SessionCopyForm(SessionActionForm):
    serializer_class = CopySessionRequest
    id_prefix = "copy-"
    date = InputField("Day of the copy", type="date", required=True)


class SessionContentForm(CalendarForm):
    """What a session asks for. Lengths are in the units of the person who types, steps are one line."""

    sport = SelectField("Sport", tuple(SPORT_TITLES.items()))
    title = InputField("Title", max_length=120, autocomplete="off")
    distance = InputField("Distance", max_length=12, autocomplete="off")
    duration = InputField("Time", hint="Such as 60 min or 1h30.", max_length=20, autocomplete="off")
    zone = SelectField("Zone", ZONE_CHOICES)
    steps = InputField(
        "Steps",
        hint="Such as 15' + 6×1 km Z4 90s + 10'. Without a time and a distance, the steps give the length.",
        max_length=LONGEST_LINE,
        autocomplete="off",
    )
    load = InputField("Load", hint="Empty: it is estimated.", max_length=8, autocomplete="off")
    description = TextAreaField("Instructions", max_length=2_000, rows=3)

    def __init__(self, data: QueryDict | None = None, *, units: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.units = units
        self.fields["distance"].label = f"Distance ({get_distance_unit(units)})"

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """The typed fields as the API names them; an empty length, load or zone is null."""
        readers: Mapping[str, tuple[str, Callable[[str], Any]]] = {
            "distance": ("target_distance", lambda text: parse_distance(text, self.units)),
            "duration": ("target_duration", _parse_duration),
            "load": ("target_load", parse_number),
            "zone": ("zone", str),
        }
        sent: dict[str, Any] = {
            name: fields[name] for name in ("date", "sport", "title", "description") if name in fields
        }
        for name, (api_name, read) in readers.items():
            if name in fields:
                text = fields[name].strip()
                sent[api_name] = _read_or_keep(read, text) if text else None
        if "steps" in fields:
            text = fields["steps"].strip()
            sent["steps"] = _read_or_keep(parse_steps, text) if text else []
        return sent

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        """A line that is no steps, or no time, says why."""
        name = field.split(".")[0]
        readers = {"steps": parse_steps, "target_duration": _parse_duration}
        if name in readers:
            typed = self.sent.get(API_FIELDS.get(name, name), "")
            return API_FIELDS.get(name, name), _explain_line(readers[name], typed) or text
        return super().explain_error(name, text)


def _parse_duration(text: str) -> float:
    return parse_length(text, "duration")


def _read_or_keep(read: Callable[[str], Any], text: str) -> Any:
    """The value; the serializer refuses a text that is none."""
    try:
        return read(text)
    except LineError:
        return text


def _explain_line(read: Callable[[str], Any], text: str) -> str:
    try:
        read(text)
    except LineError as error:
        return str(error)
    return ""


class SessionAddForm(SessionContentForm):
    serializer_class = CalendarSessionCreate
    date = InputField("Day", type="date", required=True)
    field_order = ("date",)


class SessionChangeForm(SessionContentForm):
    """Sends only what differs from what the page showed, so that rounded lengths stay exact."""

    serializer_class = CalendarSessionUpdate
    id_prefix = "change-"
    version = SessionVersionField()

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        changed = {name: text for name, text in fields.items() if text != self.initial.get(name, "")}
        return super().to_request_data(changed) | {"version": fields.get("version", "")}


def describe_content(session: CalendarSession, units: str) -> dict[str, str]:
    """The fields of a stored session."""
    distance = convert_distance(session.distance_m, units)
    return {
        "sport": session.sport,
        "title": session.title,
        "distance": "" if distance is None else f"{distance:.2f}".rstrip("0").rstrip("."),
        "duration": write_duration(session.duration_s) if session.duration_s else "",
        "zone": str(session.zone or ""),
        "steps": write_steps(session.steps),
        "load": f"{session.load:g}" if session.load else "",
        "description": session.description,
    }


class ShiftForm(CalendarForm):
    serializer_class: ClassVar[type[StrictSerializer]] = ShiftRequest
    id_prefix = "shift-"
    first_day = InputField("All sessions from", type="date", required=True)
    days = InputField("By how many days", inputmode="text", required=True, hint="−1: a day earlier.")

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        sent = super().to_request_data(fields)
        return {"from": sent.get("first_day", ""), "days": sent.get("days", "").replace("−", "-")}


class CopyWeekForm(CalendarForm):
    serializer_class: ClassVar[type[StrictSerializer]] = CopyWeekRequest
    id_prefix = "copy-week-"
    from_week = InputField("Copy the week of", type="date", required=True)
    to_week = InputField("To the week of", type="date", required=True)

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        sent = super().to_request_data(fields)
        return {"from": _find_monday(sent.get("from_week", "")), "to": _find_monday(sent.get("to_week", ""))}

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        return {"from": "from_week", "to": "to_week"}.get(field, field), text


def _find_monday(text: str) -> str:
    """The Monday of the typed day's week. Other text stays as it is, and the serializer refuses it."""
    with suppress(ValueError):
        day = date.fromisoformat(text)
        return (day - timedelta(day.weekday())).isoformat()
    return text
