"""Tool: what is planned and done on each day."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import Field

from astral.http.errors import ApiError
from coaching.assistants.assistant_call import ApiCall, AssistantCall
from coaching.assistants.tool import (
    AssistantTool,
    DataText,
    DayText,
    IdText,
    NameText,
    ToolAnswer,
    ToolArguments,
    ToolOutcome,
)
from coaching.calendar.reader import load_calendar
from coaching.calendar.request_serializers import CalendarQuery
from coaching.calendar.serializers import serialize_calendar

CALENDAR = ApiCall("calendar")
MOST_DAYS = 62


class CalendarArguments(ToolArguments):
    user_id: IdText | None = Field(None, description="The athlete, usr_…. Default: the user.")
    from_date: DayText
    to_date: DayText = Field(description=f"Included; at most {MOST_DAYS} days in all.")


class SessionAnswer(ToolAnswer):
    """A planned session."""

    session_id: str
    date: datetime.date
    sport: str
    title_text: NameText = Field(validation_alias="title")
    description_text: DataText = Field(validation_alias="description")
    target_distance_m: float | None = Field(None, validation_alias="target_distance")
    target_duration_s: float | None = Field(None, validation_alias="target_duration")
    target_load: float | None = None
    is_key: bool
    status: str = Field(description="planned, done, missed or skipped.")
    compliance: float | None = Field(None, description="Per cent of the plan that was done.")
    activity_id: str | None = None
    version: int = Field(description="For the propose_ tools.")


class DoneActivityAnswer(ToolAnswer):
    activity_id: str
    name_text: NameText = Field(validation_alias="name")
    activity_type: str
    distance_m: float | None = Field(None, validation_alias="distance")
    duration_s: float = Field(validation_alias="duration")
    training_load: float | None = None


class CalendarRaceAnswer(ToolAnswer):
    race_id: str
    name_text: NameText = Field(validation_alias="race_name")
    distance_m: float = Field(validation_alias="distance")
    priority: str
    goal_time: str | None = None
    result_time: str | None = None


class CalendarDayAnswer(ToolAnswer):
    date: datetime.date
    sessions: list[SessionAnswer] | None = None
    activities: list[DoneActivityAnswer] | None = None
    races: list[CalendarRaceAnswer] | None = None
    absence: str | None = Field(None, description="injured, ill, holiday or off_season.")
    note_text: DataText | None = None


class CalendarWeekAnswer(ToolAnswer):
    period_start: datetime.date = Field(description="A Monday.")
    planned_distance_m: float = Field(validation_alias="planned_distance")
    done_distance_m: float | None = Field(None, validation_alias="done_distance")
    planned_load: float
    done_load: float | None = None
    compliance: float | None = None


class CalendarAnswer(ToolAnswer):
    user_id: str
    today: datetime.date
    days: list[CalendarDayAnswer] = Field(description="Days on which something is planned, done or said.")
    weeks: list[CalendarWeekAnswer]
    withheld: list[str]


def _read_calendar(call: AssistantCall, arguments: CalendarArguments) -> ToolOutcome:
    permit, athlete = call.find_athlete(CALENDAR, arguments.user_id)
    query = CalendarQuery.parse({"from": arguments.from_date, "to": arguments.to_date})
    first, last = query["from"], query["to"]
    if (last - first).days >= MOST_DAYS:
        raise ApiError("RANGE", f"Ask for at most {MOST_DAYS} days.")
    visibility = call.load_visibility(permit, athlete)
    calendar = load_calendar(athlete, first, last, call.now, visibility)
    content = serialize_calendar(calendar, visibility.withheld)
    days = [found for day in content["days"] if (found := _choose_day_fields(day))]
    answer = CalendarAnswer.model_validate(content | {"user_id": athlete.public_id, "days": days})
    return ToolOutcome(answer, _describe_calendar(answer))


def _choose_day_fields(day: dict[str, Any]) -> dict[str, Any] | None:
    """None for a day without anything."""
    found = {
        **{name: day[name] for name in ("sessions", "activities", "races") if day[name]},
        **({"absence": day["absence"]["kind"]} if day["absence"] else {}),
        **({"note_text": day["note"]} if day["note"] else {}),
    }
    return {"date": day["date"], **found} if found else None


def _describe_calendar(answer: CalendarAnswer) -> str:
    lines = [
        f"- {session.date} {session.sport} “{session.title_text}” {session.status}"
        for day in answer.days
        for session in day.sessions or ()
    ]
    done = sum(len(day.activities or ()) for day in answer.days)
    return "\n".join([f"{len(lines)} sessions and {done} activities; today is {answer.today}.", *lines])


CALENDAR_TOOL = AssistantTool(
    name="get_calendar",
    title="The calendar of an athlete",
    description="Planned sessions, activities, races and absences of each local day, and the sums of each"
    " week. Sessions have the session_id and version that the propose_ tools need.",
    arguments=CalendarArguments,
    answer=CalendarAnswer,
    api_calls=(CALENDAR,),
    run=_read_calendar,
)
