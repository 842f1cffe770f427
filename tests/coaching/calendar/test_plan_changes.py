"""Changing a plan that athletes follow: whose calendars change, and what stays."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from athletes.organizations.consent import change_consent
from coaching.models import CalendarChange, CalendarSession, Plan, PlanSession
from coaching.plans.editing import create_plan
from tests.coaching.calendar.calendar_fixtures import CalendarClient
from tests.coaching.plan_fixtures import HOUR, MONDAY, follow_plan, get_data_version, get_day
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person
from tests.support.error_shape import assert_error


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """An hour on Monday, Thursday and Friday of week 1."""
    return create_weekly_plan(cast, 1, 4, 5)


def create_weekly_plan(cast: Cast, *weekdays: int) -> Plan:
    days = [{"weekday": weekday, "sessions": [{"duration_s": HOUR}]} for weekday in weekdays]
    return create_plan(cast.harbour, cast.carl, "Mile", "", [{"week": 1, "days": days}])


def build_weeks(*minutes_by_weekday: tuple[int, int], week: int = 1) -> list[dict[str, Any]]:
    days = [
        {"weekday": weekday, "sessions": [{"duration": 60 * minutes}]}
        for weekday, minutes in minutes_by_weekday
    ]
    return [{"week": week, "days": days}]


def change_plan(user: Any, plan: Plan, weeks: Any, **more: Any) -> Any:
    path = f"/api/v1/training_plans/{plan.public_id}"
    return ApiClient(user).send_json("patch", path, {"weeks": weeks} | more)


def read_minutes(user: Any) -> dict[str, float]:
    sessions = CalendarClient(user).read_sessions(MONDAY, get_day(20))
    return {session["date"]: session["target_duration"] / 60 for session in sessions}


NEW_WEEKS = build_weeks((1, 30), (4, 30), (6, 30))


def test_change_reaches_all_followers_from_tomorrow_on(cast: Cast, plan: Plan):
    for athlete in (cast.ada, cast.ben):
        follow_plan(athlete, plan)
    data = change_plan(cast.carl, plan, NEW_WEEKS, apply_to="all").json()["data"]
    assert [row["session_count"] for row in data["applied"]] == [3, 3]
    assert data["kept"] == []
    expected = {str(MONDAY): 60, str(get_day(1)): 30, str(get_day(3)): 30}
    assert read_minutes(cast.ada) == read_minutes(cast.ben) == expected
    assert [day["weekday"] for day in data["weeks"][0]["days"]] == [1, 4, 6]
    (change,) = CalendarClient(cast.ada).list_changes()
    assert (change["kind"], change["author_id"]) == ("plan_changed", cast.carl.public_id)
    assert get_data_version(cast.ada) == 2


def test_own_changes_win_and_are_named(cast: Cast, plan: Plan):
    for athlete in (cast.ada, cast.ben):
        follow_plan(athlete, plan)
    api = CalendarClient(cast.ada)
    thursday, friday = api.read_sessions(get_day(1), get_day(2))
    api.change("post", f"sessions/{thursday['session_id']}/move", {"date": str(get_day(4)), "version": 1})
    api.change("patch", f"sessions/{friday['session_id']}", {"target_duration": 600, "version": 1})
    data = change_plan(cast.carl, plan, NEW_WEEKS, apply_to="all").json()["data"]
    (kept,) = data["kept"]
    assert kept["user_id"] == cast.ada.public_id
    assert {*kept["sessions"]} == {thursday["session_id"], friday["session_id"]}
    assert read_minutes(cast.ada) == {
        str(MONDAY): 60, str(get_day(2)): 10, str(get_day(3)): 30, str(get_day(4)): 60,
    }  # fmt: skip


def test_skip_stays_when_the_plan_changes(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan)
    api = CalendarClient(cast.ada)
    (session,) = api.read_sessions(get_day(1))
    api.change("post", f"sessions/{session['session_id']}/skip", {"version": 1})
    change_plan(cast.carl, plan, NEW_WEEKS, apply_to="all")
    (session,) = api.read_sessions(get_day(1))
    assert (session["status"], session["target_duration"]) == ("skipped", 1_800)


def test_change_for_chosen_athletes_or_nobody(cast: Cast, plan: Plan):
    for athlete in (cast.ada, cast.ben):
        follow_plan(athlete, plan)
    before = read_minutes(cast.ada)
    assert change_plan(cast.carl, plan, NEW_WEEKS, apply_to="none").json()["data"]["applied"] == []
    assert read_minutes(cast.ada) == read_minutes(cast.ben) == before
    weeks = build_weeks((1, 30), (4, 45), (6, 30))
    data = change_plan(cast.carl, plan, weeks, apply_to=[cast.ben.public_id]).json()["data"]
    assert [row["user_id"] for row in data["applied"]] == [cast.ben.public_id]
    assert read_minutes(cast.ada) == before
    assert read_minutes(cast.ben)[str(get_day(1))] == 45


def test_without_apply_to_an_assigned_plan_keeps_its_weeks(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan)
    answer = change_plan(cast.carl, plan, NEW_WEEKS)
    assert_error(answer, 400, "PLAN_ASSIGNED")
    assert "apply_to" in answer.json()["error"]
    assert_error(change_plan(cast.carl, plan, NEW_WEEKS, apply_to="some"), 400, "INVALID", "apply_to")


@pytest.mark.parametrize(("since", "changed"), [(-5, 60), (0, 30), (2, 60)])
def test_change_begins_on_a_day_that_is_not_past(cast: Cast, since: int, changed: int):
    plan = create_weekly_plan(cast, 2, 3)
    follow_plan(cast.ada, plan)
    weeks = build_weeks((2, 30), (3, 30))
    change_plan(cast.carl, plan, weeks, apply_to="all", apply_from=str(get_day(since)))
    wednesday = 60 if since == 2 else 30
    assert read_minutes(cast.ada) == {str(get_day(-1)): 60, str(get_day(0)): wednesday}


def test_sessions_keep_their_ids_and_the_change_can_be_undone(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan)
    before = read_minutes(cast.ada)
    ids = {session.weekday: session.pk for session in plan.sessions.all()}
    data = change_plan(cast.carl, plan, NEW_WEEKS, apply_to="all").json()["data"]
    assert {row.weekday: row.pk for row in PlanSession.objects.exclude(weekday=6)} == {1: ids[1], 4: ids[4]}
    assert CalendarClient(cast.ada).undo(data["applied"][0]["change_id"]).status_code == 200
    assert read_minutes(cast.ada) == before


def test_followers_out_of_reach_are_left_alone(cast: Cast, plan: Plan):
    for athlete in (cast.ada, cast.ben, cast.lea):
        follow_plan(athlete, plan)
    change_consent(cast.ben.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    data = change_plan(cast.carl, plan, NEW_WEEKS, apply_to="all").json()["data"]
    assert [row["user_id"] for row in data["applied"]] == [cast.ada.public_id]
    for stranger in (cast.ben, cast.zoe):
        answer = change_plan(cast.carl, plan, NEW_WEEKS, apply_to=[stranger.public_id])
        assert_error(answer, 403, "PERMISSION_DENIED")


def test_ended_plans_and_midweek_starts_get_no_sessions_outside(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan, ended_as="cancelled", ended_on=get_day(-1))
    follow_plan(cast.ben, plan, get_day(2))
    change_plan(cast.carl, plan, build_weeks((1, 30), (2, 30), (5, 30)), apply_to="all")
    assert read_minutes(cast.ada) == {str(MONDAY): 60}
    assert read_minutes(cast.ben) == {str(get_day(2)): 30}


def test_new_week_makes_the_plan_longer(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan)
    weeks = build_weeks((1, 60), (4, 60), (5, 60)) + build_weeks((1, 20), week=2)
    data = change_plan(cast.carl, plan, weeks, apply_to="all", name="Longer").json()["data"]
    assert (data["total_weeks"], data["name"]) == (2, "Longer")
    assert read_minutes(cast.ada)[str(get_day(5))] == 20
    assert CalendarChange.objects.get().rows[0]["before"] is None


@pytest.mark.parametrize("followers", [2, 20])
def test_statements_do_not_grow_with_followers(
    cast: Cast, plan: Plan, django_assert_num_queries: Any, followers: int
):
    for number in range(followers):
        runner = create_person(f"runner{number}")
        create_member(runner, cast.harbour)
        follow_plan(runner, plan)
    api = ApiClient(cast.carl)
    path = f"/api/v1/training_plans/{plan.public_id}"
    api.get(path)
    with django_assert_num_queries(21):
        data = api.send_json("patch", path, {"weeks": NEW_WEEKS, "apply_to": "all"}).json()["data"]
    assert len(data["applied"]) == followers
    assert CalendarSession.objects.filter(duration_s=1_800.0).count() == 2 * followers
