"""Bodies and queries of the calendar's calls."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import serializers

from astral.http.fields import (
    DayField,
    FiniteNumberField,
    IdField,
    QueryBooleanField,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from coaching.calendar.changes.selection import MAX_MOVED_D
from coaching.models import CalendarSession, PlanInstance
from coaching.plans.serializers import (
    MAX_LOAD,
    TARGETS,
    PlanSessionRequest,
)
from coaching.plans.step_serializers import MAX_DISTANCE_M, MAX_DURATION_S
from metrics.models import Activity

MAX_CALENDAR_D = 400
MAX_POSITION = 99


def _error(field: str, message: str, code: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [serializers.ErrorDetail(message, code)]})


class CalendarQueryRules(StrictSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first: date = attrs["from"]
        last: date = attrs["to"]
        if last < first:
            raise _error("to", "to must not be before from.", "range")
        if (last - first).days >= MAX_CALENDAR_D:
            raise _error("to", f"Ask for at most {MAX_CALENDAR_D} days.", "range")
        return attrs


# `from` is a word of Python, so it cannot be written as an attribute.
CalendarQuery: type[StrictSerializer] = type(
    "CalendarQuery",
    (CalendarQueryRules,),
    {
        "__doc__": "The days of a calendar.",
        "from": DayField(help_text="The first local day, included."),
        "to": DayField(help_text=f"The last local day, included; at most {MAX_CALENDAR_D} days in all."),
    },
)


class ProposeQuery(StrictSerializer):
    propose = QueryBooleanField(
        default=False,
        help_text="1: propose the change instead of making it. API keys always propose.",
    )


class RemoveQuery(ProposeQuery):
    version = WholeNumberField(
        required=False, min_value=1, help_text="Remove it only if it still has this version."
    )


class ReasonRequest(StrictSerializer):
    reason = TextField(
        required=False, allow_blank=True, max_length=500, help_text="Why; kept with the change."
    )


class VersionRequest(StrictSerializer):
    """The version that the caller has seen."""

    version = WholeNumberField(
        min_value=1, max_value=2**31 - 1, help_text="The session's version that you have seen."
    )


class SkipSessionRequest(VersionRequest, ReasonRequest):
    """Skip a session."""


class UnskipSessionRequest(VersionRequest):
    """Take a skip back."""


def _order_field() -> WholeNumberField:
    return WholeNumberField(
        source="position",
        required=False,
        min_value=0,
        max_value=MAX_POSITION,
        help_text="Its place among the sessions of the day, from 0; default: the last.",
    )


class MoveSessionRequest(VersionRequest, ReasonRequest):
    """Move a session to another day."""

    date = DayField(source="day", help_text=f"The new local date, at most {MAX_MOVED_D} days away.")
    order = _order_field()


class CalendarSessionCreate(PlanSessionRequest, ReasonRequest):
    """A single session on a day; at least one target or steps, unless it is rest."""

    duration = None  # type: ignore[assignment]  # here these have the names of the calendar
    distance = None  # type: ignore[assignment]
    training_load = None  # type: ignore[assignment]
    date = DayField(source="day", help_text="Its local date.")
    order = _order_field()
    description = TextField(
        required=False, allow_blank=True, max_length=2_000, multiline=True, help_text="What to do, in words."
    )
    target_distance = FiniteNumberField(
        source="distance_m",
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_DISTANCE_M,
        help_text="Planned metres.",
    )
    target_duration = FiniteNumberField(
        source="duration_s",
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_DURATION_S,
        help_text="Planned seconds.",
    )
    target_load = FiniteNumberField(
        source="load",
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_LOAD,
        help_text="Planned load; if it is left out, it is estimated from the other fields.",
    )


class CalendarSessionUpdate(CalendarSessionCreate, VersionRequest):
    """Changes of a session. New steps without a target give the session their length."""

    date = None  # type: ignore[assignment]  # a session is moved, not changed
    activity_id = IdField(
        Activity.prefix,
        required=False,
        allow_null=True,
        help_text="The activity of this athlete that was the session, act_…; null removes the link.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        sport = self.fields["sport"]
        sport.default, sport.required = serializers.empty, False

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        session: CalendarSession = self.context["session"]
        known = {name: getattr(session, name) for name in ("sport", "steps", *TARGETS)}
        if attrs.get("steps") and not attrs.keys() & {*TARGETS}:
            known |= dict.fromkeys(TARGETS)
        checked = super().validate({**known, **attrs})
        return {
            name: value
            for name, value in checked.items()
            if name in attrs or (name in TARGETS and value != getattr(session, name))
        }


class ShiftRules(ReasonRequest):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["days"] == 0:
            raise _error("days", "Shift by at least one day.", "range")
        return attrs


ShiftRequest: type[StrictSerializer] = type(
    "ShiftRequest",
    (ShiftRules,),
    {
        "__doc__": "Move all sessions from a day on.",
        "from": DayField(help_text="The first local day whose sessions move."),
        "days": WholeNumberField(
            min_value=-MAX_MOVED_D, max_value=MAX_MOVED_D, help_text="How many days later; negative: earlier."
        ),
        "plan_instance_id": IdField(
            PlanInstance.prefix, required=False, help_text="Only sessions of this plan, pi_…."
        ),
    },
)


class CopyWeekRules(ReasonRequest):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("from", "to"):
            if attrs[name].weekday():
                raise _error(name, "Give a Monday.", "not_monday")
        if attrs["from"] == attrs["to"]:
            raise _error("to", "Give another week.", "range")
        return attrs


CopyWeekRequest: type[StrictSerializer] = type(
    "CopyWeekRequest",
    (CopyWeekRules,),
    {
        "__doc__": "Copy the sessions of a week to another one.",
        "from": DayField(help_text="The Monday of the week to copy."),
        "to": DayField(help_text="The Monday of the week that gets the copies."),
    },
)
