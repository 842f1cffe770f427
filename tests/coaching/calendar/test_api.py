"""The API of the calendar: sessions, operations, stale versions, undo and limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from coaching.models import CalendarChange, CalendarSession, PlanLink
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.plan_fixtures import (
    MONDAY,
    TODAY,
    create_absence,
    create_race,
    create_test_plan,
    follow_plan,
    get_data_version,
    get_day,
    list_daily_sessions,
)
from tests.support.cast import NOON, Cast, create_run
from tests.support.error_shape import assert_error


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_session_is_added_read_changed_and_deleted(cast: Cast):
    api = CalendarClient(cast.ada)
    added = api.add(get_day(1), title="Easy", target_duration=1_800, zone=1, description="Flat.\nSlow.")
    path = f"sessions/{added['session_id']}"
    assert added == api.send("get", path).json()["data"]
    assert added == {
        "session_id": added["session_id"],
        "date": str(get_day(1)),
        "order": 0,
        "sport": "run",
        "title": "Easy",
        "description": "Flat.\nSlow.",
        "target_distance": None,
        "target_duration": 1_800,
        "target_load": 32.0,
        "zone": 1,
        "steps": [],
        "is_key": False,
        "plan_instance_id": None,
        "plan_name": None,
        "is_adjusted": False,
        "status": "planned",
        "skip_reason": "",
        "activity_id": None,
        "compliance": None,
        "version": 1,
    }
    (changed,) = api.change("patch", path, {"title": "Long", "target_duration": 7_200, "version": 1})[
        "sessions"
    ]
    assert (changed["title"], changed["target_duration"], changed["zone"]) == ("Long", 7_200, 1)
    assert (changed["version"], changed["is_adjusted"]) == (2, False)
    assert api.change("delete", path)["sessions"] == []
    assert_error(api.send("get", path), 403, "PERMISSION_DENIED")
    assert [change["kind"] for change in api.list_changes()] == ["remove", "change", "add"]
    assert get_data_version(cast.ada) == 3


def test_steps_give_a_session_its_length(cast: Cast):
    api = CalendarClient(cast.ada)
    session = api.add(get_day(1), steps=[{"repeat": 4, "duration": 300, "zone": 4}])
    assert session["target_duration"] == 1_200
    path = f"sessions/{session['session_id']}"
    (changed,) = api.change("patch", path, {"steps": [{"distance": 5_000}], "version": 1})["sessions"]
    assert (changed["target_duration"], changed["target_distance"]) == (None, 5_000)


def test_session_needs_a_target(cast: Cast):
    api = CalendarClient(cast.ada)
    assert_error(api.send("post", "sessions", {"date": str(TODAY)}), 400, "NO_TARGET")
    session = api.add(TODAY)
    path = f"sessions/{session['session_id']}"
    assert_error(api.send("patch", path, {"target_duration": None, "version": 1}), 400, "NO_TARGET")
    (rest,) = api.change("patch", path, {"sport": "rest", "target_duration": None, "version": 1})["sessions"]
    assert (rest["sport"], rest["status"]) == ("rest", "planned")


def test_move_puts_a_session_last_on_its_new_day(cast: Cast):
    api = CalendarClient(cast.ada)
    first, second = api.add(get_day(1)), api.add(get_day(2))
    path = f"sessions/{first['session_id']}/move"
    data = api.change("post", path, {"date": str(get_day(2)), "version": 1, "reason": "Rain"})
    assert [warning["code"] for warning in data["warnings"]] == ["SAME_DAY"]
    ids = [session["session_id"] for session in api.read_sessions(get_day(2))]
    assert ids == [second["session_id"], first["session_id"]]
    assert api.list_changes()[0]["reason"] == "Rain"


def test_moves_stay_within_400_days_and_the_calendar(cast: Cast):
    api = CalendarClient(cast.ada)
    session = api.add(get_day(1))
    path = f"sessions/{session['session_id']}/move"
    assert api.send("post", path, {"date": str(get_day(401)), "version": 1}).status_code == 200
    assert_error(api.send("post", path, {"date": str(get_day(0)), "version": 2}), 400, "RANGE", "date")
    last = CalendarSession.objects.create(athlete=cast.ada.athlete, day="2099-12-31", duration_s=60)
    shift = {"from": "2099-01-01", "days": 1}
    assert_error(api.send("post", "calendar/shift", shift), 400, "RANGE", "date")
    last.refresh_from_db()
    assert last.version == 1


def test_skip_and_unskip(cast: Cast):
    api = CalendarClient(cast.ada)
    path = f"sessions/{api.add(get_day(1))['session_id']}"
    (skipped,) = api.change("post", f"{path}/skip", {"reason": "Travel", "version": 1})["sessions"]
    assert (skipped["status"], skipped["skip_reason"]) == ("skipped", "Travel")
    (planned,) = api.change("post", f"{path}/unskip", {"version": 2})["sessions"]
    assert (planned["status"], planned["skip_reason"], planned["version"]) == ("planned", "", 3)


@pytest.mark.parametrize(
    ("method", "verb", "body"),
    [
        ("patch", "", {"title": "x"}),
        ("post", "/skip", {}),
        ("post", "/unskip", {}),
        ("post", "/move", {"date": str(get_day(3))}),
        ("delete", "?version=1", None),
    ],
)
def test_stale_version_is_refused_with_the_session_as_it_is_now(
    cast: Cast, method: str, verb: str, body: Any
):
    api = CalendarClient(cast.ada)
    path = f"sessions/{api.add(get_day(1))['session_id']}"
    api.change("patch", path, {"title": "New", "version": 1})
    answer = api.send(method, path + verb, None if body is None else body | {"version": 1})
    assert_error(answer, 409, "STALE_VERSION")
    current = answer.json()["details"]["session"]
    assert (current["title"], current["version"]) == ("New", 2)
    assert len(api.list_changes()) == 2


def test_session_of_a_plan_is_adjusted_or_skipped_but_not_deleted(cast: Cast):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, {"weekday": 5}))
    api = CalendarClient(cast.ada, cast.carl)
    (session,) = api.read_sessions(get_day(2))
    assert (session["plan_instance_id"], session["plan_name"]) == (instance.public_id, "Ten kilometres")
    path = f"sessions/{session['session_id']}"
    assert_error(api.send("delete", path), 400, "PLAN_SESSION")
    (skipped,) = api.change("post", f"{path}/skip", {"version": 1})["sessions"]
    assert not skipped["is_adjusted"]
    (moved,) = api.change("post", f"{path}/move", {"date": str(get_day(3)), "version": 2})["sessions"]
    assert moved["is_adjusted"]


def test_shift_moves_the_sessions_of_one_plan_from_a_day_on(cast: Cast):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()))
    api = CalendarClient(cast.ada, cast.carl)
    own = create_session(cast.ada, get_day(1), title="Own")
    body = {"from": str(get_day(1)), "days": 7, "plan_instance_id": instance.public_id}
    data = api.change("post", "calendar/shift", body)
    assert len(data["sessions"]) == 25
    assert [session["title"] for session in api.read_sessions(get_day(1), get_day(7))] == ["Own"]
    assert len(api.read_sessions(MONDAY, get_day(60))) == 29
    assert api.undo(data["change_id"]).status_code == 200
    assert len(api.read_sessions(get_day(1), get_day(7))) == 8
    own.refresh_from_db()
    assert own.version == 1


def test_copied_week_is_made_of_single_sessions(cast: Cast):
    follow_plan(cast.ada, create_test_plan(cast.harbour, {"weekday": 1, "title": "A"}, {"weekday": 7}))
    api = CalendarClient(cast.ada)
    next_monday = MONDAY + timedelta(days=7)
    data = api.change("post", "calendar/copy_week", {"from": str(MONDAY), "to": str(next_monday)})
    copies = api.read_sessions(next_monday, next_monday + timedelta(days=6))
    assert [(copy["title"], copy["plan_instance_id"]) for copy in copies] == [("A", None), ("", None)]
    assert [copy["date"] for copy in copies] == [str(next_monday), str(next_monday + timedelta(days=6))]
    assert api.undo(data["change_id"]).status_code == 200
    assert api.read_sessions(next_monday, next_monday + timedelta(days=6)) == []


def test_weeks_are_copied_from_monday_to_another_monday(cast: Cast):
    api = CalendarClient(cast.ada)
    for body, field in (
        ({"from": str(TODAY), "to": str(MONDAY)}, "from"),
        ({"from": str(MONDAY), "to": str(TODAY)}, "to"),
        ({"from": str(MONDAY), "to": str(MONDAY)}, "to"),
    ):
        answer = api.send("post", "calendar/copy_week", body)
        assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_day_has_at_most_ten_sessions(cast: Cast):
    api = CalendarClient(cast.ada)
    for _ in range(10):
        api.add(get_day(1))
    body = {"date": str(get_day(1)), "target_duration": 60}
    assert_error(api.send("post", "sessions", body), 400, "TOO_MANY_SESSIONS")
    assert CalendarSession.objects.count() == 10


def test_warnings_name_absences_and_hard_days_in_a_row(cast: Cast):
    create_absence(cast.ada, 1, 2)
    create_session(cast.ada, get_day(2), is_key=True)
    api = CalendarClient(cast.ada)
    body = {"date": str(get_day(1)), "target_duration": 60, "zone": 4}
    warnings = api.change("post", "sessions", body)["warnings"]
    assert [(warning["code"], warning["date"]) for warning in warnings] == [
        ("ABSENT", str(get_day(1))),
        ("HARD_DAYS", str(get_day(1))),
    ]


# Undo


def test_undo_restores_and_its_undo_changes_again(cast: Cast):
    api = CalendarClient(cast.ada)
    session = api.add(get_day(1), title="Old", target_duration=600)
    path = f"sessions/{session['session_id']}"
    changed = api.change("patch", path, {"title": "New", "version": 1})
    undone = api.undo(changed["change_id"]).json()["data"]
    assert [row["title"] for row in undone["sessions"]] == ["Old"]
    assert [change["state"] for change in api.list_changes()] == ["made", "undone", "made"]
    assert_error(api.undo(changed["change_id"]), 409, "NOT_MADE")
    redone = api.undo(undone["change_id"]).json()["data"]
    assert [(row["title"], row["version"]) for row in redone["sessions"]] == [("New", 4)]
    assert api.list_changes(state="made", kind="undo")[0]["undoes"] == undone["change_id"]


def test_undo_is_refused_if_the_session_changed_since(cast: Cast):
    api = CalendarClient(cast.ada)
    session = api.add(get_day(1))
    path = f"sessions/{session['session_id']}"
    changed = api.change("patch", path, {"title": "One", "version": 1})
    api.change("patch", path, {"title": "Two", "version": 2})
    answer = api.undo(changed["change_id"])
    assert_error(answer, 409, "CHANGED_SINCE")
    assert answer.json()["details"]["sessions"] == [session["session_id"]]


def test_undo_of_adding_and_deleting(cast: Cast):
    api = CalendarClient(cast.ada)
    added = api.change("post", "sessions", {"date": str(get_day(1)), "target_duration": 60})
    undone = api.undo(added["change_id"]).json()["data"]
    assert (undone["sessions"], api.read_sessions(get_day(1))) == ([], [])
    api.undo(undone["change_id"])
    (session,) = api.read_sessions(get_day(1))
    deleted = api.change("delete", f"sessions/{session['session_id']}")
    api.undo(deleted["change_id"])
    assert [row["session_id"] for row in api.read_sessions(get_day(1))] == [session["session_id"]]


# Links


def test_link_by_hand_is_set_taken_from_another_session_and_undone(cast: Cast):
    api = CalendarClient(cast.ada)
    one, two = (api.add(get_day(-back), target_duration=600)["session_id"] for back in (3, 4))
    run = create_run(cast.ada, NOON - timedelta(days=1)).public_id

    def read_links() -> list[str | None]:
        return [api.send("get", f"sessions/{pk}").json()["data"]["activity_id"] for pk in (one, two)]

    api.change("patch", f"sessions/{one}", {"activity_id": run, "version": 1})
    assert read_links() == [run, None]
    linked = api.change("patch", f"sessions/{two}", {"activity_id": run, "version": 1, "title": "x"})
    assert read_links() == [None, run]
    assert api.undo(linked["change_id"]).status_code == 200
    assert read_links() == [run, None]
    api.change("patch", f"sessions/{one}", {"activity_id": None, "version": 4})
    assert (read_links(), PlanLink.objects.exists()) == ([None, None], False)


def test_undo_of_an_unlink_is_refused_if_another_session_has_the_activity(cast: Cast):
    api = CalendarClient(cast.ada)
    one, two = (api.add(get_day(-back), target_duration=600)["session_id"] for back in (3, 4))
    run = create_run(cast.ada, NOON - timedelta(days=1)).public_id
    api.change("patch", f"sessions/{one}", {"activity_id": run, "version": 1})
    unlinked = api.change("patch", f"sessions/{one}", {"activity_id": None, "version": 2})
    api.change("patch", f"sessions/{two}", {"activity_id": run, "version": 1})
    answer = api.undo(unlinked["change_id"])
    assert_error(answer, 409, "CHANGED_SINCE")
    assert answer.json()["details"]["sessions"] == [two]


def test_link_needs_an_activity_of_the_athlete_within_four_weeks(cast: Cast):
    api = CalendarClient(cast.ada)
    path = f"sessions/{api.add(get_day(1))['session_id']}"
    foreign = create_run(cast.ben).public_id
    assert_error(api.send("patch", path, {"activity_id": foreign, "version": 1}), 403, "PERMISSION_DENIED")
    old = create_run(cast.ada, NOON - timedelta(days=40)).public_id
    assert_error(api.send("patch", path, {"activity_id": old, "version": 1}), 400, "TOO_FAR", "activity_id")
    assert CalendarChange.objects.count() == 1


# The calendar


def test_calendar_shows_each_day_and_whole_weeks(cast: Cast):
    follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions(zone=1)))
    run = create_run(cast.ada, NOON - timedelta(days=1), name="Morning", training_load=50.0)
    race = create_race(cast.ada, 3)
    absence = create_absence(cast.ada, 2, 2)
    data = CalendarClient(cast.ada).read(get_day(-1), get_day(3))
    assert data["today"] == str(TODAY)
    assert [day["date"] for day in data["days"]] == [str(get_day(ahead)) for ahead in range(-1, 4)]
    assert [day["sessions"][0]["status"] for day in data["days"]] == ["done", *["planned"] * 4]
    yesterday = data["days"][0]
    assert yesterday["sessions"][0]["activity_id"] == run.public_id
    assert yesterday["sessions"][0]["compliance"] == 83.3
    assert [activity["name"] for activity in yesterday["activities"]] == ["Morning"]
    assert data["days"][4]["races"][0]["race_id"] == race.public_id
    assert [day["absence"] and day["absence"]["absence_id"] for day in data["days"]] == [
        None, None, None, absence.public_id, None,
    ]  # fmt: skip
    (week,) = data["weeks"]
    assert week == {
        "period_start": str(MONDAY),
        "planned_distance": 0.0,
        "planned_duration": 7 * 3_600.0,
        "planned_load": 448.0,
        "done_distance": 10_000.0,
        "done_duration": 3_000.0,
        "done_load": 50.0,
        "compliance": 41.7,
    }


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-06-02", "2026-06-01", "to"),
        ("2026-01-01", "2027-02-05", "to"),
        ("1969-12-31", "1970-01-01", "from"),
    ],
)
def test_calendar_has_at_most_400_days(cast: Cast, first: str, last: str, field: str):
    api = CalendarClient(cast.ada)
    answer = api.client.get(f"{api.root}/calendar", {"from": first, "to": last})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


@pytest.mark.parametrize("weeks", [1, 50])
def test_statements_do_not_depend_on_the_range(cast: Cast, weeks: int, django_assert_num_queries: Any):
    """Token with its user; absences, activities, sessions, thresholds, races, health notes."""
    sessions = [
        {"week": week, "weekday": day, "duration_s": 60.0}
        for week in range(1, weeks + 1)
        for day in range(1, 8)
    ]
    follow_plan(cast.ada, create_test_plan(cast.harbour, *sessions, weeks=weeks))
    api = CalendarClient(cast.ada)
    api.read(MONDAY)
    with django_assert_num_queries(7):
        assert len(api.read_sessions(MONDAY, get_day(7 * weeks))) == 7 * weeks


@pytest.mark.parametrize("weeks", [1, 50])
def test_shift_takes_the_same_statements_for_any_number_of_sessions(
    cast: Cast, weeks: int, django_assert_num_queries: Any
):
    sessions = [
        {"week": week, "weekday": day, "duration_s": 60.0}
        for week in range(1, weeks + 1)
        for day in range(1, 8)
    ]
    follow_plan(cast.ada, create_test_plan(cast.harbour, *sessions, weeks=weeks))
    api = CalendarClient(cast.ada, cast.carl)
    api.read(MONDAY)
    with django_assert_num_queries(19):
        data = api.change("post", "calendar/shift", {"from": str(MONDAY), "days": 1})
    assert len(data["sessions"]) == 7 * weeks
