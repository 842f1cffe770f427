"""Sessions tied to activities by hand, at the edges: far apart, of rest, of plans that have ended."""

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


def tie(user: User, instance: PlanInstance, activity: Activity, **place: int) -> Any:
    session: PlanSession = instance.plan.sessions.get(**place)
    path = f"{INSTANCES}/{instance.public_id}/sessions/{session.public_id}/activity"
    return ApiClient(user).send_json("put", path, {"activity_id": activity.public_id})


def whole(user: User, instance: PlanInstance) -> Any:
    return ApiClient(user).get(f"{INSTANCES}/{instance.public_id}").json()["data"]


def ran(user: User, back: int) -> Activity:
    activity = create_run(user, NOON - timedelta(days=back), source="file")
    bump_data_version(user)
    return activity


def test_an_activity_of_weeks_before_the_plan_was_the_session_in_every_answer(cast: Cast):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()))
    activity = ran(cast.ada, 26)
    assert tie(cast.carl, instance, activity, week=1, weekday=1).status_code == 204
    told = whole(cast.carl, instance)
    assert (told["sessions"][0]["activity_id"], told["sessions"][0]["became"]) == (
        activity.public_id,
        "green",
    )
    assert told["week_progress"]["sessions_completed"] == 1


def test_an_activity_of_another_month_is_refused(cast: Cast):
    instance = follow_plan(
        cast.ada, create_test_plan(cast.harbour, *list_daily_sessions())
    )  # from the day before yesterday on
    assert tie(cast.carl, instance, ran(cast.ada, 30), week=1, weekday=1).status_code == 204
    assert_error(
        tie(cast.carl, instance, ran(cast.ada, 31), week=1, weekday=1), 400, "TOO_FAR", "activity_id"
    )
    assert PlanLink.objects.count() == 1


def test_link_rejects_a_rest_session(cast: Cast):
    rest = {"weekday": 1, "sport": "rest", "duration_s": None}
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, rest, {"weekday": 2}))
    assert_error(tie(cast.carl, instance, ran(cast.ada, 1), week=1, weekday=1), 400, "NOT_EXPECTED")
    assert [one["became"] for one in whole(cast.carl, instance)["sessions"]] == ["rest", "green"]


def test_link_rejects_a_session_before_the_start(cast: Cast):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()), TODAY)
    assert_error(tie(cast.carl, instance, ran(cast.ada, 1), week=1, weekday=2), 400, "NOT_EXPECTED")


def test_activity_linked_to_an_ended_plan_matches_another_plan(cast: Cast):
    ended = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()))
    activity = ran(cast.ada, 0)
    assert tie(cast.carl, ended, activity, week=1, weekday=3).status_code == 204
    path = f"{INSTANCES}/{ended.public_id}"
    assert ApiClient(cast.carl).send_json("patch", path, {"status": "cancelled"}).status_code == 200
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions(), name="Another"))
    told = whole(cast.carl, instance)
    assert told["sessions"][2]["activity_id"] == activity.public_id
    assert told["week_progress"]["sessions_completed"] == 1


def test_changing_the_ending_does_not_extend_the_plan(cast: Cast, clock: Any):
    instance = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()), get_day(-9))
    path = f"{INSTANCES}/{instance.public_id}"
    ApiClient(cast.carl).send_json("patch", path, {"status": "cancelled"})
    clock.move_to(NOON + timedelta(days=5))
    told = ApiClient(cast.carl).send_json("patch", path, {"status": "completed"}).json()["data"]
    assert (told["status"], told["end_date"]) == ("completed", str(get_day(-1)))
