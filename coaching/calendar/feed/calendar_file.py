"""Write sessions and races as an iCalendar file (RFC 5545). The same rows give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from coaching.calendar.feed.rows import FeedSession
from coaching.calendar.targets import describe_target
from coaching.models import CalendarSession, Race
from coaching.steps.describe import describe_steps
from coaching.steps.reader import read_steps
from metrics.pace_or_speed import format_sport_distance
from metrics.science.pace import hms

PRODUCT = "-//Astral//Training calendar//EN"
NAME = "Training"
REFRESH_INTERVAL = timedelta(hours=6)
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"
FindUrl = Callable[[CalendarSession], str]


def build_calendar_file(
    sessions: Iterable[FeedSession], races: Iterable[Race], units: str, find_url: FindUrl
) -> bytes:
    """`units`: in which the athlete reads distances. `find_url`: the page of a session."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH_INTERVAL)
    for session in sessions:
        calendar.add_component(_build_session_event(session, units, find_url(session.row)))
    for race in races:
        calendar.add_component(_build_race_event(race, units))
    content: bytes = calendar.to_ical()
    return content


def _build_session_event(session: FeedSession, units: str, url: str) -> Event:
    row = session.row
    status = CANCELLED if session.is_cancelled else CONFIRMED
    event = _build_event(row.public_id, row.day, row.title or row.sport.capitalize(), session.changed_at)
    event.add("last-modified", session.changed_at)
    event.add("sequence", session.sequence)
    event.add("status", status)
    event.add("url", url)
    _add_description(event, _describe_session(row, units))
    return event


def _build_race_event(race: Race, units: str) -> Event:
    event = _build_event(race.public_id, race.date, race.name, race.created_at)
    event.add("status", CONFIRMED)
    goal, result = hms(race.goal_time_s), hms(race.result_time_s)
    lines = [f"{format_sport_distance(race.distance_m, 'run', units)}, priority {race.priority}"]
    lines += [f"Goal: {goal}"] if goal else []
    lines += [f"Result: {result}"] if result else []
    _add_description(event, lines)
    return event


def _build_event(identifier: str, day: date, title: str, stamp: datetime) -> Event:
    """An event of a whole local day. `stamp` is no later than the row, so that the bytes stay the same."""
    event = Event()
    event.add("uid", identifier)
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", " ".join(_split_lines(title)))
    event.add("transp", "TRANSPARENT")
    return event


def _describe_session(row: CalendarSession, units: str) -> list[str]:
    target = describe_target(row, units)
    return [target, *describe_steps(read_steps(row.steps), units, row.sport), row.description]


def _add_description(event: Event, texts: Iterable[str]) -> None:
    lines = [line for text in texts for line in _split_lines(text)]
    if lines:
        event.add("description", "\n".join(lines))


def _split_lines(text: str) -> list[str]:
    """The filled lines, without characters that a calendar program may read as an end of a line."""
    lines = (CONTROL_CHARACTERS.sub(" ", line).strip() for line in text.splitlines())
    return [line for line in lines if line]
