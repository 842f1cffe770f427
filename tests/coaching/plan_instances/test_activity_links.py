"""Manual links between sessions and activities: limits of distance in days, rest sessions, ended plans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import User
from coaching.models import PlanInstance, PlanLink, PlanSession
from metrics.models import Activity
from tests.coaching.plan_fixtures import (
    TODAY,
    bump_data_version,
    create_test_plan,
    follow_plan,
    get_day,
    list_daily_sessions,
)
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

INSTANCES = "/api/v1/plan_instances"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def link(user: User, instance: PlanInstance, activity: Activity, **day: int) -> Any:
    session: PlanSession = instance.plan.sessions.get(**day)
    path = f"{INSTANCES}/{instance.public_id}/sessions/{session.public_id}/activity"
    return ApiClient(user).send_json("put", path, {"activity_id": activity.public_id})


def get_instance(user: User, instance: PlanInstance) -> Any:
    return ApiClient(user).get(f"{INSTANCES}/{instance.public_id}").json()["data"]


def create_past_run(user: User, back: int) -> Activity:
    activity = create_run(user, NOON - timedelta(days=back), source="file")
    bump_data_version(user)
    return activity


def test_activity_up_to_four_weeks_away_can_be_linked(cast: Cast):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()))
    activity = create_past_run(cast.ada, 26)
    assert link(cast.carl, instance, activity, week=1, weekday=1).status_code == 204
    data = get_instance(cast.carl, instance)
    session = data["sessions"][0]
    assert (session["activity_id"], session["became"]) == (activity.public_id, "green")
    assert data["week_progress"]["sessions_completed"] == 1


def test_activity_more_than_four_weeks_away_is_refused(cast: Cast):
    # The plan starts two days ago.
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()))
    assert link(cast.carl, instance, create_past_run(cast.ada, 30), week=1, weekday=1).status_code == 204
    assert_error(
        link(cast.carl, instance, create_past_run(cast.ada, 31), week=1, weekday=1),
        400,
        "TOO_FAR",
        "activity_id",
    )
    assert PlanLink.objects.count() == 1


def test_link_rejects_a_rest_session(cast: Cast):
    rest = {"weekday": 1, "sport": "rest", "duration_s": None}
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, rest, {"weekday": 2}))
    assert_error(
        link(cast.carl, instance, create_past_run(cast.ada, 1), week=1, weekday=1), 400, "NOT_EXPECTED"
    )
    sessions = get_instance(cast.carl, instance)["sessions"]
    assert [session["became"] for session in sessions] == ["rest", "green"]


def test_link_rejects_a_session_before_the_start(cast: Cast):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()), TODAY)
    assert_error(
        link(cast.carl, instance, create_past_run(cast.ada, 1), week=1, weekday=2), 400, "NOT_EXPECTED"
    )


def test_activity_linked_to_an_ended_plan_matches_another_plan(cast: Cast):
    ended = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()))
    activity = create_past_run(cast.ada, 0)
    assert link(cast.carl, ended, activity, week=1, weekday=3).status_code == 204
    path = f"{INSTANCES}/{ended.public_id}"
    assert ApiClient(cast.carl).send_json("patch", path, {"status": "cancelled"}).status_code == 200
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions(), name="Another"))
    data = get_instance(cast.carl, instance)
    assert data["sessions"][2]["activity_id"] == activity.public_id
    assert data["week_progress"]["sessions_completed"] == 1


def test_changing_the_ending_does_not_extend_the_plan(cast: Cast, clock: Any):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()), get_day(-9))
    path = f"{INSTANCES}/{instance.public_id}"
    ApiClient(cast.carl).send_json("patch", path, {"status": "cancelled"})
    clock.move_to(NOON + timedelta(days=5))
    data = ApiClient(cast.carl).send_json("patch", path, {"status": "completed"}).json()["data"]
    assert (data["status"], data["end_date"]) == ("completed", str(get_day(-1)))
