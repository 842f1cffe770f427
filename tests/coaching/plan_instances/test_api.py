"""The API of plan instances: sessions and outcomes, ending, links to activities, and permissions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Athlete, Group
from athletes.organizations.consent import change_consent
from coaching.models import Plan, PlanInstance, PlanLink
from tests.coaching.plan_fixtures import (
    HOUR,
    MONDAY,
    TODAY,
    bump_data_version,
    create_absence,
    create_test_plan,
    follow_plan,
    get_data_version,
    get_day,
    list_daily_sessions,
)
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person, create_run
from tests.support.error_shape import assert_error

INSTANCES = "/api/v1/plan_instances"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def get_instance(viewer, instance: PlanInstance) -> dict[str, Any]:
    answer = ApiClient(viewer).get(f"{INSTANCES}/{instance.public_id}")
    assert answer.status_code == 200, answer.content
    data: dict[str, Any] = answer.json()["data"]
    return data


# Sessions and their outcomes


def test_instance_lists_each_session_with_day_and_outcome(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    run = create_run(cast.ada, NOON - timedelta(days=1), duration_s=1.3 * HOUR, training_load=80.0)
    data = get_instance(cast.ada, instance)
    days = [str(MONDAY + timedelta(days=number)) for number in range(28)]
    assert [session["date"] for session in data["sessions"]] == days
    monday, tuesday, wednesday = data["sessions"][:3]
    assert (monday["became"], monday["activity_id"], monday["ratio"]) == ("missed", None, None)
    assert (tuesday["became"], tuesday["activity_id"], tuesday["ratio"]) == ("yellow", run.public_id, 1.3)
    assert (wednesday["became"], wednesday["week"], wednesday["zone"]) == ("planned", 1, 1)
    assert data["compliance"] == 50.0
    assert data["week_progress"] == {
        "sessions_completed": 1,
        "sessions_planned": 7,
        "load_done": 80.0,
        "load_planned": 448.0,
        "compliance": 50.0,
    }


def test_longer_session_does_not_make_up_for_a_missed_one(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    create_run(cast.ada, NOON - timedelta(days=1), duration_s=5 * HOUR)
    create_run(cast.ada, NOON - timedelta(days=1, hours=5), activity_type="bike", duration_s=5 * HOUR)
    data = get_instance(cast.ada, instance)
    assert data["sessions"][1]["became"] == "orange"
    assert (data["compliance"], data["week_progress"]["compliance"]) == (50.0, 50.0)


def test_session_in_an_absence_is_not_missed_but_counts_when_done(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    create_absence(cast.ada, -2, 0)
    create_run(cast.ada, NOON - timedelta(days=1), duration_s=HOUR)
    bump_data_version(cast.ada)
    data = get_instance(cast.ada, instance)
    assert [session["became"] for session in data["sessions"][:3]] == ["absent", "green", "absent"]
    progress = data["week_progress"]
    assert (data["compliance"], progress["compliance"]) == (100.0, 100.0)
    assert (progress["sessions_planned"], progress["sessions_completed"]) == (5, 1)


def test_activity_counts_for_only_one_of_two_plans(cast: Cast, plan: Plan):
    second = create_test_plan(cast.harbour, *list_daily_sessions(), name="Second")
    instances = [follow_plan(cast.ada, followed) for followed in (plan, second)]
    create_run(cast.ada, NOON - timedelta(days=2), duration_s=HOUR)
    bump_data_version(cast.ada)
    compliance = [get_instance(cast.ada, instance)["compliance"] for instance in instances]
    assert sorted(compliance) == [0.0, 50.0]


def test_plan_started_in_midweek_omits_earlier_sessions(cast: Cast, plan: Plan):
    sessions = get_instance(cast.ada, follow_plan(cast.ada, plan, TODAY))["sessions"]
    assert (sessions[0]["date"], sessions[0]["week"], len(sessions)) == (str(TODAY), 1, 26)


@pytest.mark.parametrize(
    ("start", "status", "week"),
    [(1, "scheduled", 1), (0, "active", 1), (-9, "active", 2), (-60, "completed", 4)],
)
def test_status_follows_the_local_day_and_the_filter_agrees(
    cast: Cast, plan: Plan, start: int, status: str, week: int
):
    follow_plan(cast.ada, plan, get_day(start))
    api = ApiClient(cast.ada)
    (data,) = api.get(INSTANCES).json()["data"]
    assert (data["status"], data["current_week"]) == (status, week)
    found = {
        word: api.get(INSTANCES, {"status": word}).json()["pagination"]["total"]
        for word in ("scheduled", "active", "completed", "cancelled")
    }
    assert found == dict.fromkeys(found, 0) | {status: 1}


def test_status_changes_at_the_athletes_midnight(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan, get_day(1))  # Madrid
    follow_plan(cast.ben, plan, get_day(1))  # Tokyo, where it is tomorrow from 15:00 UTC on
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):
        active = ApiClient(cast.carl).get(INSTANCES, {"status": "active"}).json()["data"]
    assert [instance["user_id"] for instance in active] == [cast.ben.public_id]


# Ending


def test_cancelled_plan_keeps_only_past_sessions(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    path = f"{INSTANCES}/{instance.public_id}"
    ended = ApiClient(cast.carl).send_json("patch", path, {"status": "cancelled"}).json()["data"]
    assert (ended["status"], ended["end_date"]) == ("cancelled", str(get_day(-1)))
    assert ended["week_progress"] is None
    sessions = get_instance(cast.ada, instance)["sessions"]
    assert [session["became"] for session in sessions] == ["missed", "missed"]
    resumed = ApiClient(cast.carl).send_json("patch", path, {"status": "active"}).json()["data"]
    assert (resumed["status"], resumed["week_progress"]["sessions_planned"]) == ("active", 7)
    assert get_data_version(cast.ada) == 3


def test_plan_can_be_completed_early_but_not_scheduled(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan, get_day(-20))
    path = f"{INSTANCES}/{instance.public_id}"
    api = ApiClient(cast.carl)
    completed = api.send_json("patch", path, {"status": "completed"})
    assert completed.json()["data"]["status"] == "completed"
    scheduled = api.send_json("patch", path, {"status": "scheduled"})
    assert_error(scheduled, 400, "INVALID_CHOICE", "status")


def test_coach_can_delete_a_plan_instance(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    path = f"{INSTANCES}/{instance.public_id}"
    assert_error(ApiClient(cast.ada).delete(path), 403, "PERMISSION_DENIED")
    assert ApiClient(cast.carl).delete(path).status_code == 204
    assert (PlanInstance.objects.exists(), get_data_version(cast.ada)) == (False, 2)


# Links


def link(viewer, instance: PlanInstance, number: int, method: str = "put", activity: str | None = None):
    session = instance.plan.sessions.order_by("week", "weekday")[number]
    path = f"{INSTANCES}/{instance.public_id}/sessions/{session.public_id}/activity"
    return ApiClient(viewer).send_json(method, path, {"activity_id": activity} if activity else None)


def test_athlete_links_an_activity_to_a_session(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    ride = create_run(cast.ada, NOON - timedelta(days=1), activity_type="bike", duration_s=HOUR)
    assert get_instance(cast.ada, instance)["sessions"][0]["became"] == "missed"
    assert link(cast.ada, instance, 0, activity=ride.public_id).status_code == 204
    linked = get_instance(cast.ada, instance)["sessions"][0]
    assert (linked["became"], linked["activity_id"]) == ("green", ride.public_id)
    assert link(cast.carl, instance, 0, "delete").status_code == 204
    assert get_instance(cast.ada, instance)["sessions"][0]["became"] == "missed"
    assert get_data_version(cast.ada) == 3


def test_linking_an_activity_to_another_session_removes_the_first_link(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    activity = create_run(cast.ada, NOON - timedelta(days=2), duration_s=HOUR).public_id
    link(cast.ada, instance, 0, activity=activity)
    link(cast.ada, instance, 1, activity=activity)
    assert PlanLink.objects.get().session.day.isoweekday() == 2


def test_link_is_deleted_with_its_activity(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    activity = create_run(cast.ada, NOON - timedelta(days=2), duration_s=HOUR)
    link(cast.ada, instance, 0, activity=activity.public_id)
    assert ApiClient(cast.ada).delete(f"/api/v1/activities/{activity.public_id}").status_code == 204
    assert not PlanLink.objects.exists()
    assert get_instance(cast.ada, instance)["sessions"][0]["became"] == "missed"


def test_link_rejects_an_activity_of_another_athlete(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    for activity in (create_run(cast.ben), create_run(cast.zoe)):
        assert link(cast.carl, instance, 0, activity=activity.public_id).status_code == 403
    assert not PlanLink.objects.exists()


def test_link_rejects_a_session_of_another_plan(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    other = create_test_plan(cast.harbour, {}).sessions.get()
    path = f"{INSTANCES}/{instance.public_id}/sessions/{other.public_id}/activity"
    answer = ApiClient(cast.ada).send_json("put", path, {"activity_id": create_run(cast.ada).public_id})
    assert_error(answer, 403, "PERMISSION_DENIED")


# Permissions and lists


@pytest.mark.parametrize(
    ("viewer", "status"),
    [(name, 200) for name in ("ada", "carl", "hanna", "asha", "stella")]
    + [(name, 403) for name in ("ben", "zora", "otto", "lea")],
)
def test_plan_instance_is_visible_to_viewers_of_the_athlete(cast: Cast, plan: Plan, viewer: str, status: int):
    path = f"{INSTANCES}/{follow_plan(cast.ada, plan).public_id}"
    api = ApiClient(getattr(cast, viewer))
    assert api.get(path).status_code == status
    if status == 403:
        assert api.get(path).content == api.get(f"{INSTANCES}/pi_01h00000000000000000000000").content


def test_withheld_activities_hide_the_outcomes_but_not_the_plan(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    create_run(cast.ada, NOON - timedelta(days=1), duration_s=HOUR)
    bump_data_version(cast.ada)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    data = get_instance(cast.carl, instance)
    assert {session["became"] for session in data["sessions"]} == {"withheld"}
    assert {session["activity_id"] for session in data["sessions"]} == {None}
    assert (data["compliance"], data["week_progress"]) == (None, None)
    assert get_instance(cast.ada, instance)["week_progress"]["sessions_completed"] == 1


def test_withheld_plans_are_not_listed_and_answer_403(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    assert ApiClient(cast.carl).get(INSTANCES).json()["data"] == []
    assert_error(ApiClient(cast.carl).get(f"{INSTANCES}/{instance.public_id}"), 403, "WITHHELD")


def test_instances_are_filtered_by_athlete_group_and_plan(cast: Cast, plan: Plan, group: Group):
    adas = follow_plan(cast.ada, plan, group=group)
    bens = follow_plan(cast.ben, create_test_plan(cast.harbour, name="Other"), get_day(-7))
    api = ApiClient(cast.carl)

    def list_ids(**query: str) -> list[str]:
        return [row["plan_instance_id"] for row in api.get(INSTANCES, query).json()["data"]]

    assert list_ids() == [adas.public_id, bens.public_id]
    assert list_ids(user_id=cast.ben.public_id) == [bens.public_id]
    assert list_ids(group_id=group.public_id) == [adas.public_id]
    assert list_ids(plan_id=plan.public_id) == [adas.public_id]


@pytest.mark.parametrize("athletes", [3, 30])
def test_list_takes_the_same_statements_for_3_and_30_athletes(
    cast: Cast, plan: Plan, django_assert_num_queries, athletes: int
):
    """Token with its user; visible athletes; count; page; consent; assessments."""
    for number in range(athletes):
        runner = create_person(f"runner{number}")
        create_member(runner, cast.harbour)
        follow_plan(runner, plan)
    api = ApiClient(cast.carl)
    api.get(INSTANCES)
    with django_assert_num_queries(6):
        assert len(api.get(INSTANCES).json()["data"]) == athletes


@pytest.mark.parametrize("members", [3, 30])
def test_assigning_to_a_group_takes_the_same_statements_for_3_and_30_members(
    cast: Cast, plan: Plan, group: Group, django_assert_num_queries, members: int
):
    group.members.set(
        [create_member(create_person(f"runner{number}"), cast.harbour) for number in range(members)]
    )
    api = ApiClient(cast.carl)
    body = {"plan_id": plan.public_id, "group_id": group.public_id, "start_date": str(MONDAY)}
    with django_assert_num_queries(43):
        data = api.send_json("post", INSTANCES, body).json()["data"]
    assert len(data["plan_instances"]) == members
    assert Athlete.objects.filter(data_version=1).count() == members


@pytest.mark.parametrize("plans", [1, 9])
def test_plans_of_a_group_take_the_same_statements_for_1_and_9_plans(
    cast: Cast, group: Group, django_assert_num_queries, plans: int
):
    """Token with its user; organization; group; count; page; members; instances."""
    for number in range(plans):
        follow_plan(cast.ada, create_test_plan(cast.harbour, {}, name=f"Plan {number}"), group=group)
    api = ApiClient(cast.carl)
    address = f"/api/v1/organizations/{cast.harbour.public_id}/groups/{group.public_id}/plans"
    api.get(address)
    with django_assert_num_queries(7):
        data = api.get(address).json()["data"]
    for row in data:
        assert len(row["plan_instance_ids"]) == 1
        assert [athlete["display_name"] for athlete in row["without_instance"]] == ["Ben"]
    assert len(data) == plans
