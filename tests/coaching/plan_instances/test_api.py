"""Plans in calendars: who is given one and who is only told of, what is expected of whom, and how it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Athlete, Group, Membership
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


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """An hour of running every day for four weeks."""
    return create_test_plan(cast.harbour, *list_daily_sessions(zone=1))


@pytest.fixture
def group(cast: Cast) -> Group:
    """Ada and Ben."""
    tempo = Group.objects.create(organization=cast.harbour, name="Tempo")
    tempo.members.set(Membership.objects.filter(user__in=[cast.ada, cast.ben]))
    return tempo


def give(viewer, plan: Plan, **body: Any):
    return ApiClient(viewer).send_json(
        "post", INSTANCES, {"plan_id": plan.public_id, "start_date": str(MONDAY)} | body
    )


def whole(viewer, instance: PlanInstance) -> dict[str, Any]:
    answer = ApiClient(viewer).get(f"{INSTANCES}/{instance.public_id}")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()["data"]
    return told


def withhold(cast: Cast, user, *categories: str) -> None:
    shared = {name: name not in categories for name in ("activities", "health", "goals_and_plans")}
    change_consent(user.athlete, cast.harbour, shared, NOON)


def test_an_athlete_is_given_a_plan(cast: Cast, plan: Plan):
    answer = give(cast.carl, plan, user_id=cast.ada.public_id, start_date=str(TODAY))
    instance = PlanInstance.objects.get()
    assert answer.status_code == 201
    assert answer.json()["data"] == {
        "plan_instances": [
            {
                "plan_instance_id": instance.public_id,
                "user_id": cast.ada.public_id,
                "plan_id": plan.public_id,
                "group_id": None,
                "name": "Ten kilometres",
                "status": "active",
                "start_date": str(TODAY),
                "end_date": str(MONDAY + timedelta(days=27)),
                "current_week": 1,
                "total_weeks": 4,
                "week_progress": {
                    "sessions_completed": 0,
                    "sessions_planned": 5,
                    "load_done": 0.0,
                    "load_planned": 320.0,
                    "compliance": None,
                },
            }
        ],
        "without_instance": [],
    }
    assert (instance.assigned_by, get_data_version(cast.ada)) == (cast.carl, 1)


def test_a_group_is_given_a_plan_for_its_members_of_now(cast: Cast, plan: Plan, group: Group):
    told = give(cast.carl, plan, group_id=group.public_id).json()["data"]
    assert {one["user_id"] for one in told["plan_instances"]} == {cast.ada.public_id, cast.ben.public_id}
    assert {one["group_id"] for one in told["plan_instances"]} == {group.public_id}
    assert told["without_instance"] == []
    assert (get_data_version(cast.ada), get_data_version(cast.ben)) == (1, 1)


def test_later_group_members_are_listed_but_do_not_get_the_plan(cast: Cast, plan: Plan, group: Group):
    give(cast.carl, plan, group_id=group.public_id)
    group.members.add(create_member(cast.otto, cast.harbour))
    plans = ApiClient(cast.carl).get(
        f"/api/v1/organizations/{cast.harbour.public_id}/groups/{group.public_id}/plans"
    )
    (told,) = plans.json()["data"]
    assert (told["plan_id"], told["start_date"], len(told["plan_instance_ids"])) == (
        plan.public_id,
        str(MONDAY),
        2,
    )
    assert told["without_instance"] == [{"user_id": cast.otto.public_id, "display_name": "Otto"}]
    assert not PlanInstance.objects.filter(athlete=cast.otto.athlete).exists()


def test_the_group_again_enrols_who_is_missing_and_leaves_the_others_alone(
    cast: Cast, plan: Plan, group: Group
):
    give(cast.carl, plan, group_id=group.public_id)
    before = set(PlanInstance.objects.values_list("pk", flat=True))
    group.members.add(create_member(cast.otto, cast.harbour))
    told = give(cast.carl, plan, group_id=group.public_id).json()["data"]
    assert len(told["plan_instances"]) == 3
    assert before < set(PlanInstance.objects.values_list("pk", flat=True))


def test_an_assistant_coach_plans_for_her_own_athletes_only(cast: Cast, plan: Plan, group: Group):
    Membership.objects.filter(user=cast.ben).update(assigned_coach=cast.asha)
    assert_error(give(cast.asha, plan, user_id=cast.ada.public_id), 403, "PERMISSION_DENIED")
    assert give(cast.asha, plan, user_id=cast.ben.public_id).status_code == 201
    told = give(cast.asha, plan, group_id=group.public_id, start_date=str(get_day(30))).json()["data"]
    assert [one["user_id"] for one in told["plan_instances"]] == [cast.ben.public_id]
    assert told["without_instance"] == [{"user_id": cast.ada.public_id, "display_name": "Ada"}]


def test_a_group_without_anybody_to_plan_for_is_refused(cast: Cast, plan: Plan, group: Group):
    assert_error(give(cast.asha, plan, group_id=group.public_id), 400, "NOT_A_MEMBER")


@pytest.mark.parametrize(
    ("viewer", "status"),
    [("carl", 201), ("hanna", 201), ("stella", 201)]
    + [(name, 403) for name in ("ada", "asha", "ben", "zora", "otto", "lea")],
)
def test_plan_assignment_checks_permission(cast: Cast, plan: Plan, viewer: str, status: int):
    answer = give(getattr(cast, viewer), plan, user_id=cast.ada.public_id)
    assert (answer.status_code, PlanInstance.objects.count()) == (status, int(status == 201))


def test_a_plan_stays_in_its_organization(cast: Cast):
    create_member(cast.carl, cast.hill, "coach")
    theirs = create_test_plan(cast.hill)
    assert_error(give(cast.carl, theirs, user_id=cast.ada.public_id), 400, "NOT_A_MEMBER")
    assert_error(give(cast.hanna, theirs, user_id=cast.ada.public_id), 403, "PERMISSION_DENIED")


def test_plan_assignment_rejects_a_group_of_another_organization(cast: Cast, plan: Plan):
    theirs = Group.objects.create(organization=cast.hill, name="Hill")
    refused = give(cast.carl, plan, group_id=theirs.public_id)
    missing = give(cast.carl, plan, group_id="grp_01h00000000000000000000000")
    assert (refused.status_code, refused.content) == (403, missing.content)


@pytest.mark.parametrize("both", [{}, {"user_id": 1, "group_id": 1}])
def test_a_plan_is_given_to_an_athlete_or_to_a_group(
    cast: Cast, plan: Plan, group: Group, both: dict[str, int]
):
    ids = {"user_id": cast.ada.public_id, "group_id": group.public_id}
    answer = give(cast.carl, plan, **{name: ids[name] for name in both})
    assert_error(answer, 400, "REQUIRED", "user_id")


def test_plan_assignment_skips_athletes_who_withhold_goals_and_plans(cast: Cast, plan: Plan, group: Group):
    withhold(cast, cast.ada, "goals_and_plans")
    assert_error(give(cast.carl, plan, user_id=cast.ada.public_id), 403, "WITHHELD")
    told = give(cast.carl, plan, group_id=group.public_id).json()["data"]
    assert [one["user_id"] for one in told["plan_instances"]] == [cast.ben.public_id]
    assert told["without_instance"] == []


# What is expected, and what became of it


def test_instance_lists_each_session_with_day_and_outcome(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    yesterdays = create_run(cast.ada, NOON - timedelta(days=1), duration_s=1.3 * HOUR, training_load=80.0)
    told = whole(cast.ada, instance)
    assert [one["date"] for one in told["sessions"]] == [str(MONDAY + timedelta(days=n)) for n in range(28)]
    monday, tuesday, wednesday = told["sessions"][:3]
    assert (monday["became"], monday["activity_id"], monday["ratio"]) == ("missed", None, None)
    assert (tuesday["became"], tuesday["activity_id"], tuesday["ratio"]) == (
        "yellow",
        yesterdays.public_id,
        1.3,
    )
    assert (wednesday["became"], wednesday["week"], wednesday["zone"]) == ("planned", 1, 1)
    assert told["compliance"] == 50.0
    assert told["week_progress"] == {
        "sessions_completed": 1,
        "sessions_planned": 7,
        "load_done": 80.0,
        "load_planned": 448.0,
        "compliance": 50.0,
    }


def test_doing_more_of_one_session_never_repairs_a_missed_one(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    create_run(cast.ada, NOON - timedelta(days=1), duration_s=5 * HOUR)
    create_run(cast.ada, NOON - timedelta(days=1, hours=5), activity_type="bike", duration_s=5 * HOUR)
    told = whole(cast.ada, instance)
    assert told["sessions"][1]["became"] == "orange"
    assert (told["compliance"], told["week_progress"]["compliance"]) == (50.0, 50.0)


def test_what_an_absence_prevents_is_not_missed_and_what_was_done_in_it_counts(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    create_absence(cast.ada, -2, 0)
    create_run(cast.ada, NOON - timedelta(days=1), duration_s=HOUR)
    bump_data_version(cast.ada)
    told = whole(cast.ada, instance)
    assert [one["became"] for one in told["sessions"][:3]] == ["absent", "green", "absent"]
    assert told["compliance"] == 100.0
    progress = told["week_progress"]
    assert (progress["sessions_planned"], progress["sessions_completed"], progress["compliance"]) == (
        5,
        1,
        100.0,
    )


def test_two_plans_at_once_share_no_activity(cast: Cast, plan: Plan):
    second = create_test_plan(cast.harbour, *list_daily_sessions(), name="Second")
    both = [follow_plan(cast.ada, one) for one in (plan, second)]
    create_run(cast.ada, NOON - timedelta(days=2), duration_s=HOUR)
    bump_data_version(cast.ada)
    assert sorted(whole(cast.ada, one)["compliance"] for one in both) == [0.0, 50.0]


def test_nothing_is_expected_before_the_start_in_the_middle_of_a_week(cast: Cast, plan: Plan):
    told = whole(cast.ada, follow_plan(cast.ada, plan, TODAY))
    assert (told["sessions"][0]["date"], told["sessions"][0]["week"], len(told["sessions"])) == (
        str(TODAY),
        1,
        26,
    )


@pytest.mark.parametrize(
    ("start", "status", "week"),
    [(1, "scheduled", 1), (0, "active", 1), (-9, "active", 2), (-60, "completed", 4)],
)
def test_the_local_day_tells_the_status_and_the_filter_agrees(
    cast: Cast, plan: Plan, start: int, status: str, week: int
):
    follow_plan(cast.ada, plan, get_day(start))
    api = ApiClient(cast.ada)
    (told,) = api.get(INSTANCES).json()["data"]
    assert (told["status"], told["current_week"]) == (status, week)
    found = {
        word: api.get(INSTANCES, {"status": word}).json()["pagination"]["total"]
        for word in ("scheduled", "active", "completed", "cancelled")
    }
    assert found == dict.fromkeys(found, 0) | {status: 1}


def test_the_status_changes_at_the_athletes_own_midnight(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan, get_day(1))  # Madrid
    follow_plan(cast.ben, plan, get_day(1))  # Tokyo, where it is tomorrow from 15:00 UTC on
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):
        active = ApiClient(cast.carl).get(INSTANCES, {"status": "active"}).json()["data"]
    assert [one["user_id"] for one in active] == [cast.ben.public_id]


# Ending


def test_a_cancelled_plan_expects_nothing_from_today_on_and_keeps_its_past(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    path = f"{INSTANCES}/{instance.public_id}"
    ended = ApiClient(cast.carl).send_json("patch", path, {"status": "cancelled"}).json()["data"]
    assert (ended["status"], ended["end_date"], ended["week_progress"]) == (
        "cancelled",
        str(get_day(-1)),
        None,
    )
    assert [one["became"] for one in whole(cast.ada, instance)["sessions"]] == ["missed", "missed"]
    resumed = ApiClient(cast.carl).send_json("patch", path, {"status": "active"}).json()["data"]
    assert (resumed["status"], resumed["week_progress"]["sessions_planned"]) == ("active", 7)
    assert get_data_version(cast.ada) == 3


def test_a_plan_can_be_completed_early_and_not_be_set_to_anything_else(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan, get_day(-20))
    path = f"{INSTANCES}/{instance.public_id}"
    assert (
        ApiClient(cast.carl).send_json("patch", path, {"status": "completed"}).json()["data"]["status"]
        == "completed"
    )
    assert_error(
        ApiClient(cast.carl).send_json("patch", path, {"status": "scheduled"}),
        400,
        "INVALID_CHOICE",
        "status",
    )


def test_a_plan_is_taken_out_of_a_calendar(cast: Cast, plan: Plan):
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


def test_an_athlete_says_which_activity_was_the_session(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    ride = create_run(cast.ada, NOON - timedelta(days=1), activity_type="bike", duration_s=HOUR)
    assert whole(cast.ada, instance)["sessions"][0]["became"] == "missed"
    assert link(cast.ada, instance, 0, activity=ride.public_id).status_code == 204
    told = whole(cast.ada, instance)["sessions"][0]
    assert (told["became"], told["activity_id"]) == ("green", ride.public_id)
    assert link(cast.carl, instance, 0, "delete").status_code == 204
    assert whole(cast.ada, instance)["sessions"][0]["became"] == "missed"
    assert get_data_version(cast.ada) == 3


def test_an_activity_that_is_said_to_be_another_session_is_not_the_first_any_more(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    activity = create_run(cast.ada, NOON - timedelta(days=2), duration_s=HOUR).public_id
    link(cast.ada, instance, 0, activity=activity)
    link(cast.ada, instance, 1, activity=activity)
    assert PlanLink.objects.get().session.weekday == 2


def test_a_deleted_activity_takes_its_link_along(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    activity = create_run(cast.ada, NOON - timedelta(days=2), duration_s=HOUR)
    link(cast.ada, instance, 0, activity=activity.public_id)
    assert ApiClient(cast.ada).delete(f"/api/v1/activities/{activity.public_id}").status_code == 204
    assert not PlanLink.objects.exists()
    assert whole(cast.ada, instance)["sessions"][0]["became"] == "missed"


def test_link_rejects_an_activity_of_another_athlete(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    for activity in (create_run(cast.ben), create_run(cast.zoe)):
        assert link(cast.carl, instance, 0, activity=activity.public_id).status_code == 403
    assert not PlanLink.objects.exists()


def test_a_session_of_another_plan_is_no_session_of_this_one(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    other = create_test_plan(cast.harbour, {}).sessions.get()
    path = f"{INSTANCES}/{instance.public_id}/sessions/{other.public_id}/activity"
    answer = ApiClient(cast.ada).send_json("put", path, {"activity_id": create_run(cast.ada).public_id})
    assert_error(answer, 403, "PERMISSION_DENIED")


# Who sees


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


def test_withheld_training_leaves_the_plan_and_hides_what_became_of_it(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    create_run(cast.ada, NOON - timedelta(days=1), duration_s=HOUR)
    bump_data_version(cast.ada)
    withhold(cast, cast.ada, "activities")
    told = whole(cast.carl, instance)
    assert {one["became"] for one in told["sessions"]} == {"withheld"}
    assert {one["activity_id"] for one in told["sessions"]} == {None}
    assert (told["compliance"], told["week_progress"]) == (None, None)
    assert whole(cast.ada, instance)["week_progress"]["sessions_completed"] == 1


def test_withheld_plans_are_not_listed_and_refused_by_name(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    withhold(cast, cast.ada, "goals_and_plans")
    assert ApiClient(cast.carl).get(INSTANCES).json()["data"] == []
    assert_error(ApiClient(cast.carl).get(f"{INSTANCES}/{instance.public_id}"), 403, "WITHHELD")


def test_instances_are_filtered_by_athlete_group_and_plan(cast: Cast, plan: Plan, group: Group):
    mine = follow_plan(cast.ada, plan, group=group)
    other = follow_plan(cast.ben, create_test_plan(cast.harbour, name="Other"), get_day(-7))
    api = ApiClient(cast.carl)

    def listed(**question: str) -> list[str]:
        return [one["plan_instance_id"] for one in api.get(INSTANCES, question).json()["data"]]

    assert listed() == [mine.public_id, other.public_id]
    assert listed(user_id=cast.ben.public_id) == [other.public_id]
    assert listed(group_id=group.public_id) == [mine.public_id]
    assert listed(plan_id=plan.public_id) == [mine.public_id]


@pytest.mark.parametrize("athletes", [3, 30])
def test_a_list_takes_the_same_statements_for_3_athletes_and_30(
    cast: Cast, plan: Plan, django_assert_num_queries, athletes: int
):
    """Token with person, count, page, what is withheld, assessments."""
    for number in range(athletes):
        runner = create_person(f"runner{number}")
        create_member(runner, cast.harbour)
        follow_plan(runner, plan)
    api = ApiClient(cast.carl)
    api.get(INSTANCES)
    with django_assert_num_queries(5):
        assert len(api.get(INSTANCES).json()["data"]) == athletes


@pytest.mark.parametrize("members", [3, 30])
def test_giving_a_plan_to_a_group_takes_the_same_statements_for_3_members_and_30(
    cast: Cast, plan: Plan, group: Group, django_assert_num_queries, members: int
):
    group.members.set(
        [create_member(create_person(f"runner{number}"), cast.harbour) for number in range(members)]
    )
    api, body = (
        ApiClient(cast.carl),
        {"plan_id": plan.public_id, "group_id": group.public_id, "start_date": str(MONDAY)},
    )
    with django_assert_num_queries(29):
        told = api.send_json("post", INSTANCES, body).json()["data"]
    assert len(told["plan_instances"]) == members
    assert Athlete.objects.filter(data_version=1).count() == members


@pytest.mark.parametrize("plans", [1, 9])
def test_the_plans_of_a_group_take_the_same_statements_for_1_plan_and_9(
    cast: Cast, group: Group, django_assert_num_queries, plans: int
):
    """Token with person, organization, group, count, page, members, instances."""
    for number in range(plans):
        follow_plan(cast.ada, create_test_plan(cast.harbour, {}, name=f"Plan {number}"), group=group)
    api, address = (
        ApiClient(cast.carl),
        f"/api/v1/organizations/{cast.harbour.public_id}/groups/{group.public_id}/plans",
    )
    api.get(address)
    with django_assert_num_queries(7):
        told = api.get(address).json()["data"]
    assert [len(one["plan_instance_ids"]) for one in told] == [1] * plans
    assert [[who["display_name"] for who in one["without_instance"]] for one in told] == [["Ben"]] * plans
