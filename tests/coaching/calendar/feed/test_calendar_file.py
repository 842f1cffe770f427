"""The file that calendar programs read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from athletes.accounts.updates import change_athlete
from coaching.calendar.feed.calendar_file import build_calendar_file
from coaching.calendar.feed.rows import REMOVED_SHOWN, FeedSession
from coaching.models import CalendarSession, PlanInstance, Race
from coaching.plan_instances.assign import end_plan_instance, resume_plan_instance
from coaching.plan_instances.ending import end_instances, resume_instances
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.calendar.feed.feed_fixtures import CalendarProgram, read_text
from tests.coaching.plan_fixtures import create_race, create_test_plan, follow_plan, get_day
from tests.support.cast import NOON, Cast

STEPS = [{"duration": 900, "zone": 1}, {"repeat": 6, "distance": 1_000, "zone": 4, "recovery": 90}]
FILE_SQL = 3  # the feed with its athlete, the sessions, the races


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def write_session(**fields: Any) -> bytes:
    """A file with one session, without a database."""
    row = CalendarSession(day=get_day(1), **({"duration_s": 3_600.0} | fields))
    return build_calendar_file([FeedSession(row, NOON, False)], [], "metric", lambda row: "https://x.test/")


def read_only_event(content: bytes) -> Any:
    calendar: Any = icalendar.Calendar.from_ical(content)
    (event,) = calendar.subcomponents
    return event


def test_session_is_an_event_of_its_whole_local_day_with_its_steps_in_words(cast: Cast):
    session = create_session(
        cast.ada, get_day(1), title="Tempo", steps=STEPS, distance_m=12_000.0, description="Stay relaxed."
    )
    event = CalendarProgram(cast.ada).read()[session.public_id]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (get_day(1), get_day(2))
    assert (read_text(event, "SUMMARY"), read_text(event, "STATUS")) == ("Tempo", "CONFIRMED")
    assert read_text(event, "DESCRIPTION").splitlines() == [
        "12.0 km in 1 h 00 min", "15 min easy", "6 × 1 km in zone 4, 90 s jog between", "Stay relaxed.",
    ]  # fmt: skip
    page = f"http://testserver/athletes/{cast.ada.public_id}/sessions/{session.public_id}"
    assert (event["SEQUENCE"], read_text(event, "URL")) == (1, page)


def test_distances_are_in_the_athletes_units(cast: Cast):
    session = create_session(cast.ada, get_day(1), duration_s=None, distance_m=16_093.44)
    change_athlete(cast.ada.athlete, {"unit_system": "imperial"}, NOON)
    event = CalendarProgram(cast.ada).read()[session.public_id]
    assert read_text(event, "DESCRIPTION") == "10.0 mi"


def test_race_is_an_event_with_its_goal(cast: Cast):
    race = create_race(cast.ada, 30, goal_time_s=2_488.0, priority="B")
    event = CalendarProgram(cast.ada).read()[race.public_id]
    assert (read_text(event, "SUMMARY"), event["DTSTART"].dt) == ("City run", get_day(30))
    assert read_text(event, "DESCRIPTION") == "10.0 km, priority B\nGoal: 0:41:28"


def test_moved_session_keeps_its_uid_and_raises_its_sequence(cast: Cast, clock: Any):
    session, program = create_session(cast.ada, get_day(1)), CalendarProgram(cast.ada)
    before = program.read()[session.public_id]
    clock.shift(timedelta(hours=2))
    body = {"date": str(get_day(3)), "version": 1}
    CalendarClient(cast.ada).change("post", f"sessions/{session.public_id}/move", body)
    (after,) = program.read().values()
    assert (after["UID"], after["DTSTART"].dt) == (before["UID"], get_day(3))
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt == after["DTSTAMP"].dt == NOON + timedelta(hours=2)


def test_a_proposal_changes_nothing(cast: Cast, clock: Any):
    session, program = create_session(cast.ada, get_day(1)), CalendarProgram(cast.ada)
    before = program.read_bytes()
    clock.shift(timedelta(hours=2))
    body = {"date": str(get_day(3)), "version": 1}
    CalendarClient(cast.ada).change("post", f"sessions/{session.public_id}/move?propose=1", body)
    assert program.read_bytes() == before


def test_skipped_session_is_cancelled_without_its_reason(cast: Cast):
    session, program = create_session(cast.ada, get_day(1)), CalendarProgram(cast.ada)
    body = {"version": 1, "reason": "sore knee"}
    CalendarClient(cast.ada).change("post", f"sessions/{session.public_id}/skip", body)
    assert read_text(program.read()[session.public_id], "STATUS") == "CANCELLED"
    assert b"knee" not in program.read_bytes()


def test_deleted_session_is_cancelled_for_30_days(cast: Cast, clock: Any):
    session, program = create_session(cast.ada, get_day(40)), CalendarProgram(cast.ada)
    CalendarClient(cast.ada).change("delete", f"sessions/{session.public_id}")
    clock.move_to(NOON + REMOVED_SHOWN)
    assert read_text(program.read()[session.public_id], "STATUS") == "CANCELLED"
    clock.shift(timedelta(days=1))
    assert program.read() == {}


def test_sessions_after_the_end_of_a_plan_are_cancelled_for_30_days(cast: Cast, clock: Any):
    plan = create_test_plan(cast.harbour, {"weekday": 1}, {"weekday": 7})
    follow_plan(cast.ada, plan, ended_on=get_day(0), ended_as="cancelled")
    program = CalendarProgram(cast.ada)
    assert [read_text(event, "STATUS") for event in program.read().values()] == ["CONFIRMED", "CANCELLED"]
    clock.move_to(NOON + REMOVED_SHOWN + timedelta(days=1))
    assert [read_text(event, "STATUS") for event in program.read().values()] == ["CONFIRMED"]


def test_file_has_a_year_back_and_ahead_and_only_the_own_calendar(cast: Cast):
    shown = {create_session(cast.ada, get_day(ahead)).public_id for ahead in (-366, 366)}
    for ahead in (-367, 367):
        create_session(cast.ada, get_day(ahead))
        create_race(cast.ada, ahead)
    create_session(cast.ben, get_day(1))
    create_race(cast.ben, 1)
    assert CalendarProgram(cast.ada).read().keys() == shown


def test_unchanged_calendar_has_the_same_bytes(cast: Cast, clock: Any):
    create_session(cast.ada, get_day(1), title="Tempo", steps=STEPS)
    create_race(cast.ada, 9)
    program = CalendarProgram(cast.ada)
    before = program.read_bytes()
    clock.shift(timedelta(hours=5))
    assert program.read_bytes() == before


def test_program_that_has_the_file_gets_304_until_something_changes(cast: Cast):
    session, program = create_session(cast.ada, get_day(1)), CalendarProgram(cast.ada)
    first = program.get()
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = program.get(if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    CalendarClient(cast.ada).change("patch", f"sessions/{session.public_id}", {"title": "New", "version": 1})
    assert program.get(if_none_match=first.headers["ETag"]).status_code == 200


def test_file_makes_a_fixed_number_of_statements(cast: Cast):
    for ahead in range(20):
        create_session(cast.ada, get_day(ahead))
    program = CalendarProgram(cast.ada)
    etag = program.get().headers["ETag"]
    with CaptureQueriesContext(connection) as whole:
        program.get()
    with CaptureQueriesContext(connection) as unchanged:
        program.get(if_none_match=etag)
    with CaptureQueriesContext(connection) as unknown:
        Client().get("/calendar/unknown.ics")
    assert (len(whole), len(unchanged), len(unknown)) == (FILE_SQL, 1, 1)


def test_long_lines_are_folded():
    content = write_session(title="Long " * 24, description="Wörter über Wörter; " * 50)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert read_text(read_only_event(content), "DESCRIPTION").count("Wörter über") == 50


def test_separators_are_escaped():
    content = write_session(title="Hills; steep, long\\short", description="One,\nTwo;")
    assert b"SUMMARY:Hills\\; steep\\, long\\\\short\r\n" in content
    event = read_only_event(content)
    assert read_text(event, "SUMMARY") == "Hills; steep, long\\short"
    assert read_text(event, "DESCRIPTION").splitlines() == ["1 h 00 min", "One,", "Two;"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_title_cannot_add_a_component(end: str):
    alarm = f"Run{end}BEGIN:VALARM{end}ACTION:DISPLAY{end}END:VALARM"
    step = {"duration": 60, "zone": 1, "text": alarm}
    event = read_only_event(write_session(title=alarm, description=alarm, steps=[step]))
    assert event.subcomponents == []
    assert read_text(event, "SUMMARY") == "Run BEGIN:VALARM ACTION:DISPLAY END:VALARM"
    assert "\nBEGIN" not in write_session(title=alarm, steps=[step]).decode().replace("\nBEGIN:VEVENT", "")


@given(title=st.text(min_size=1, max_size=120), description=st.text(max_size=300))
def test_any_text_comes_back_as_one_event(title: str, description: str):
    content = write_session(title=title, description=description)
    event = read_only_event(content)
    assert event.subcomponents == []
    assert (event.name, event["DTSTART"].dt) == ("VEVENT", get_day(1))
    assert "".join(read_text(event, "SUMMARY").split()) == "".join(
        "" if ord(letter) < 32 or 127 <= ord(letter) < 160 else letter for letter in "".join(title.split())
    )


def test_time_of_a_race_is_when_it_was_entered():
    race = Race(name="Mile", date=get_day(1), distance_m=1_609.0, created_at=datetime(2026, 1, 2, tzinfo=UTC))
    event = read_only_event(build_calendar_file([], [race], "metric", lambda row: ""))
    assert event["DTSTAMP"].dt == datetime(2026, 1, 2, tzinfo=UTC)
    assert "LAST-MODIFIED" not in event


def test_sequence_grows_when_a_plan_ends_and_when_it_is_resumed(cast: Cast):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, {"weekday": 7}))
    program, seen = CalendarProgram(cast.ada), []
    for change in (
        lambda: None,
        lambda: end_plan_instance(instance, PlanInstance.Ending.CANCELLED, get_day(0)),
        lambda: resume_plan_instance(instance),
        lambda: end_instances([instance], NOON),
        lambda: resume_instances(PlanInstance.objects.all()),
    ):
        change()
        instance.refresh_from_db()
        (event,) = program.read().values()
        seen.append((event["SEQUENCE"], read_text(event, "STATUS")))
    assert seen == [
        (1, "CONFIRMED"), (2, "CANCELLED"), (3, "CONFIRMED"), (4, "CANCELLED"), (5, "CONFIRMED"),
    ]  # fmt: skip
