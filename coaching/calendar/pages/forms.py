"""Forms of the calendar: a session on a day, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
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
from metrics.formatting import convert_distance, get_distance_unit
from metrics.unit_input import parse_distance, parse_time_parts

SPORT_CHOICES = [(value, str(label).capitalize()) for value, label in CalendarSession.SPORTS]
ZONE_WORDS = ("easy", "steady", "tempo", "hard", "sprint")
ZONE_CHOICES = [("", "–"), *((str(zone), f"{zone} {word}") for zone, word in enumerate(ZONE_WORDS, start=1))]
API_FIELDS = {
    "target_distance": "distance",
    "target_duration": "minutes",
    "day": "date",
    "from": "first_day",
    "to": "to_week",
}


class HiddenField(InputField):
    widget_class = forms.HiddenInput


class VersionField(HiddenField):
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

    version = VersionField()


class MoveForm(SessionActionForm):
    serializer_class = MoveSessionRequest
    id_prefix = "move-"
    date = InputField("New day", type="date", required=True)


class DragForm(MoveForm):
    """The form that a script fills and sends when somebody drops a session on a day."""

    id_prefix = "drag-"


class SkipForm(SessionActionForm):
    serializer_class = SkipSessionRequest
    id_prefix = "skip-"
    reason = InputField("Why", max_length=500, hint="May stay empty. Your coach or athlete can read it.")


class UnskipForm(SessionActionForm):
    serializer_class = UnskipSessionRequest
    id_prefix = "unskip-"


class DeleteForm(SessionActionForm):
    serializer_class = UnskipSessionRequest  # a version, nothing else
    id_prefix = "delete-"


class CopySessionRequest(MoveSessionRequest):
    """Copy a session to a day."""


class CopyForm(SessionActionForm):
    serializer_class = CopySessionRequest
    id_prefix = "copy-"
    date = InputField("Day of the copy", type="date", required=True)


class SessionContentForm(CalendarForm):
    """What a session asks for. `units`: of the person who types."""

    sport = SelectField("Sport", SPORT_CHOICES)
    title = InputField("Title", max_length=120)
    distance = InputField("Distance", max_length=12, inputmode="decimal")
    hours = InputField("Hours", max_length=4, inputmode="numeric")
    minutes = InputField("Minutes", max_length=4, inputmode="numeric")
    zone = SelectField("Zone", ZONE_CHOICES)
    description = TextAreaField("Instructions", max_length=2_000, rows=3)

    def __init__(self, data: QueryDict | None = None, *, units: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.units = units
        self.fields["distance"].label = f"Distance ({get_distance_unit(units)})"

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """The typed fields as the API names them; an empty one is null."""
        sent: dict[str, Any] = {
            name: fields[name] for name in ("date", "sport", "title", "description") if name in fields
        }
        if "distance" in fields:
            sent["target_distance"] = (
                parse_distance(fields["distance"], self.units) if fields["distance"] else None
            )
        if "hours" in fields or "minutes" in fields:
            hours, minutes = fields.get("hours", ""), fields.get("minutes", "")
            sent["target_duration"] = (parse_time_parts(hours, minutes) or None) if hours or minutes else None
        if "zone" in fields:
            sent["zone"] = fields["zone"] or None
        return sent


class AddForm(SessionContentForm):
    serializer_class = CalendarSessionCreate
    date = InputField("Day", type="date", required=True)
    field_order = ("date",)


class ChangeForm(SessionContentForm):
    """Sends only what differs from what the page showed."""

    serializer_class = CalendarSessionUpdate
    id_prefix = "change-"
    version = VersionField()

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        changed = {name: text for name, text in fields.items() if text != self.initial.get(name, "")}
        if {"hours", "minutes"} & changed.keys():
            changed |= {name: fields.get(name, "") for name in ("hours", "minutes")}
        return super().to_request_data(changed) | {"version": fields.get("version", "")}


def describe_content(session: CalendarSession, units: str) -> dict[str, str]:
    """The fields of a stored session."""
    minutes = round((session.duration_s or 0.0) / 60)
    distance = convert_distance(session.distance_m, units)
    return {
        "sport": session.sport,
        "title": session.title,
        "distance": "" if distance is None else f"{distance:.2f}".rstrip("0").rstrip("."),
        "hours": str(minutes // 60) if minutes >= 60 else "",
        "minutes": str(minutes % 60) if minutes else "",
        "zone": str(session.zone or ""),
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
