"""The API assigns plans to athletes and groups."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Group, Membership
from athletes.organizations.consent import change_consent
from coaching.models import Plan, PlanInstance
from tests.coaching.plan_fixtures import (
    MONDAY,
    TODAY,
    create_test_plan,
    get_data_version,
    get_day,
)
from tests.support.cast import NOON, ApiClient, Cast, create_member
from tests.support.error_shape import assert_error

INSTANCES = "/api/v1/plan_instances"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def assign_plan(viewer, plan: Plan, **body: Any):
    return ApiClient(viewer).send_json(
        "post", INSTANCES, {"plan_id": plan.public_id, "start_date": str(MONDAY)} | body
    )


def test_plan_is_assigned_to_an_athlete(cast: Cast, plan: Plan):
    answer = assign_plan(cast.carl, plan, user_id=cast.ada.public_id, start_date=str(TODAY))
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


def test_plan_is_assigned_to_the_current_members_of_a_group(cast: Cast, plan: Plan, group: Group):
    data = assign_plan(cast.carl, plan, group_id=group.public_id).json()["data"]
    instances = data["plan_instances"]
    assert {instance["user_id"] for instance in instances} == {cast.ada.public_id, cast.ben.public_id}
    assert {instance["group_id"] for instance in instances} == {group.public_id}
    assert data["without_instance"] == []
    assert (get_data_version(cast.ada), get_data_version(cast.ben)) == (1, 1)


def test_later_group_members_are_listed_but_do_not_get_the_plan(cast: Cast, plan: Plan, group: Group):
    assign_plan(cast.carl, plan, group_id=group.public_id)
    group.members.add(create_member(cast.otto, cast.harbour))
    plans = ApiClient(cast.carl).get(
        f"/api/v1/organizations/{cast.harbour.public_id}/groups/{group.public_id}/plans"
    )
    (data,) = plans.json()["data"]
    assert (data["plan_id"], data["start_date"]) == (plan.public_id, str(MONDAY))
    assert len(data["plan_instance_ids"]) == 2
    assert data["without_instance"] == [{"user_id": cast.otto.public_id, "display_name": "Otto"}]
    assert not PlanInstance.objects.filter(athlete=cast.otto.athlete).exists()


def test_assigning_to_the_group_again_adds_only_missing_members(cast: Cast, plan: Plan, group: Group):
    assign_plan(cast.carl, plan, group_id=group.public_id)
    before = set(PlanInstance.objects.values_list("pk", flat=True))
    group.members.add(create_member(cast.otto, cast.harbour))
    data = assign_plan(cast.carl, plan, group_id=group.public_id).json()["data"]
    assert len(data["plan_instances"]) == 3
    assert before < set(PlanInstance.objects.values_list("pk", flat=True))


def test_assistant_coach_assigns_plans_only_to_athletes_assigned_to_her(cast: Cast, plan: Plan, group: Group):
    Membership.objects.filter(user=cast.ben).update(assigned_coach=cast.asha)
    assert_error(assign_plan(cast.asha, plan, user_id=cast.ada.public_id), 403, "PERMISSION_DENIED")
    assert assign_plan(cast.asha, plan, user_id=cast.ben.public_id).status_code == 201
    data = assign_plan(cast.asha, plan, group_id=group.public_id, start_date=str(get_day(30))).json()["data"]
    assert [instance["user_id"] for instance in data["plan_instances"]] == [cast.ben.public_id]
    assert data["without_instance"] == [{"user_id": cast.ada.public_id, "display_name": "Ada"}]


def test_group_without_permitted_athletes_is_refused(cast: Cast, plan: Plan, group: Group):
    assert_error(assign_plan(cast.asha, plan, group_id=group.public_id), 400, "NOT_A_MEMBER")


@pytest.mark.parametrize(
    ("viewer", "status"),
    [("carl", 201), ("hanna", 201), ("stella", 201)]
    + [(name, 403) for name in ("ada", "asha", "ben", "zora", "otto", "lea")],
)
def test_plan_assignment_checks_permission(cast: Cast, plan: Plan, viewer: str, status: int):
    answer = assign_plan(getattr(cast, viewer), plan, user_id=cast.ada.public_id)
    assert (answer.status_code, PlanInstance.objects.count()) == (status, int(status == 201))


def test_plan_cannot_be_assigned_outside_its_organization(cast: Cast):
    create_member(cast.carl, cast.hill, "coach")
    foreign = create_test_plan(cast.hill)
    assert_error(assign_plan(cast.carl, foreign, user_id=cast.ada.public_id), 400, "NOT_A_MEMBER")
    assert_error(assign_plan(cast.hanna, foreign, user_id=cast.ada.public_id), 403, "PERMISSION_DENIED")


def test_plan_assignment_rejects_a_group_of_another_organization(cast: Cast, plan: Plan):
    foreign = Group.objects.create(organization=cast.hill, name="Hill")
    refused = assign_plan(cast.carl, plan, group_id=foreign.public_id)
    missing = assign_plan(cast.carl, plan, group_id="grp_01h00000000000000000000000")
    assert (refused.status_code, refused.content) == (403, missing.content)


@pytest.mark.parametrize("fields", [(), ("user_id", "group_id")])
def test_assignment_needs_exactly_one_of_user_id_and_group_id(
    cast: Cast, plan: Plan, group: Group, fields: tuple[str, ...]
):
    ids = {"user_id": cast.ada.public_id, "group_id": group.public_id}
    answer = assign_plan(cast.carl, plan, **{name: ids[name] for name in fields})
    assert_error(answer, 400, "REQUIRED", "user_id")


def test_plan_assignment_skips_athletes_who_withhold_goals_and_plans(cast: Cast, plan: Plan, group: Group):
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    assert_error(assign_plan(cast.carl, plan, user_id=cast.ada.public_id), 403, "WITHHELD")
    data = assign_plan(cast.carl, plan, group_id=group.public_id).json()["data"]
    assert [instance["user_id"] for instance in data["plan_instances"]] == [cast.ben.public_id]
    assert data["without_instance"] == []
