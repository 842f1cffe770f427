"""The API keeps plans in order: archive, copy, export, and two people who change one plan at once."""

from __future__ import annotations

from typing import Any

import pytest

from athletes.roles import Role
from coaching.models import Plan, PlanInstance, PlanSession
from coaching.plans.editing import CONTENT_COLUMNS
from tests.coaching.plan_fixtures import create_test_plan, follow_plan, list_daily_sessions
from tests.support.cast import ApiClient, Cast, create_member
from tests.support.error_shape import assert_error

PLANS = "/api/v1/training_plans"


def path(plan: Plan, action: str = "") -> str:
    return f"{PLANS}/{plan.public_id}{action}"


def change(viewer, plan: Plan, **body: Any) -> Any:
    return ApiClient(viewer).send_json("patch", path(plan), body)


def list_names(viewer, **query: str) -> list[str]:
    return [plan["name"] for plan in ApiClient(viewer).get(PLANS, query).json()["data"]]


def test_archived_plan_is_found_by_its_filter_and_keeps_its_followers(cast: Cast):
    plan = create_test_plan(cast.harbour, {}, name="Old")
    create_test_plan(cast.harbour, {}, name="New")
    instance = follow_plan(cast.ada, plan)
    archived = change(cast.carl, plan, is_archived=True).json()["data"]
    assert (archived["archived_at"] is not None, archived["version"]) == (True, 1)
    assert list_names(cast.carl) == ["New", "Old"]
    assert (list_names(cast.carl, archived="1"), list_names(cast.carl, archived="0")) == (["Old"], ["New"])
    assert PlanInstance.objects.filter(pk=instance.pk, ended_as="").exists()
    assert change(cast.carl, plan, is_archived=False).json()["data"]["archived_at"] is None


def test_plans_are_found_by_a_part_of_their_names(cast: Cast):
    for name in ("Marathon 12", "Spring marathon", "Mile"):
        create_test_plan(cast.harbour, name=name)
    assert list_names(cast.carl, search="maraTHON") == ["Marathon 12", "Spring marathon"]


def test_copy_has_the_same_sessions_and_another_maker(cast: Cast):
    plan = create_test_plan(cast.harbour, *list_daily_sessions(zone=1), name="Ten")
    follow_plan(cast.ada, plan)
    answer = ApiClient(cast.asha).send_json("post", path(plan, "/duplicate"), {})
    copy = Plan.objects.exclude(pk=plan.pk).get()
    assert (answer.status_code, answer.json()["data"]["plan_id"]) == (201, copy.public_id)
    assert (copy.name, copy.created_by, copy.total_weeks) == ("Copy of Ten", cast.asha, 4)
    columns = ("week", "weekday", *CONTENT_COLUMNS)
    assert list(copy.sessions.values_list(*columns)) == list(plan.sessions.values_list(*columns))
    named = ApiClient(cast.carl).send_json("post", path(plan, "/duplicate"), {"name": "Twelve"})
    assert named.json()["data"]["name"] == "Twelve"


def test_export_can_be_posted_again(cast: Cast):
    plan = create_test_plan(
        cast.harbour,
        {"steps": [{"repeat": 2, "distance": 400.0, "zone": 5, "recovery": 60.0}], "description": "Fast."},
        {"week": 2, "is_key": True, "load": 50.0, "title": "Long"},
    )
    body = ApiClient(cast.asha).get(path(plan, "/export")).json()["data"]
    assert "ses_" not in str(body)
    again = ApiClient(cast.carl).send_json("post", PLANS, body | {"name": "Again"})
    assert again.status_code == 201, again.content
    columns = ("week", "weekday", *CONTENT_COLUMNS)
    stored = PlanSession.objects.filter(plan__name="Again").values_list(*columns)
    assert list(stored) == list(plan.sessions.values_list(*columns))


@pytest.mark.parametrize(("method", "action"), [("post", "/duplicate"), ("get", "/export")])
def test_plans_of_other_clubs_are_neither_copied_nor_exported(cast: Cast, method: str, action: str):
    plan = create_test_plan(cast.hill, {})
    assert_error(ApiClient(cast.carl).send_json(method, path(plan, action)), 403, "PERMISSION_DENIED")
    assert Plan.objects.count() == 1


def test_assistant_copies_a_plan_of_others_and_may_change_the_copy(cast: Cast):
    plan = create_test_plan(cast.harbour, {})
    create_member(cast.zora, cast.harbour, Role.ASSISTANT_COACH)
    copied = ApiClient(cast.zora).send_json("post", path(plan, "/duplicate"), {}).json()["data"]
    api = ApiClient(cast.zora)
    assert api.send_json("patch", f"{PLANS}/{copied['plan_id']}", {"name": "Mine"}).status_code == 200
    assert_error(api.send_json("patch", path(plan), {"is_archived": True}), 403, "PERMISSION_DENIED")


def test_change_of_an_old_version_is_refused_and_overwrites_nothing(cast: Cast):
    plan = create_test_plan(cast.harbour, {})
    assert change(cast.carl, plan, version=1, name="First").json()["data"]["version"] == 2
    refused = change(cast.hanna, plan, version=1, name="Second")
    assert_error(refused, 409, "CHANGED_MEANWHILE")
    assert refused.json()["details"]["version"] == 2
    assert Plan.objects.get().name == "First"
    assert change(cast.hanna, plan, name="Third").json()["data"]["version"] == 3
    assert change(cast.hanna, plan, version=3).json()["data"]["version"] == 3


def test_new_plan_takes_neither_version_nor_archive(cast: Cast):
    body = {"name": "x", "weeks": [{"week": 1, "days": []}]}
    for field, value in {"version": 1, "is_archived": True}.items():
        refused = ApiClient(cast.carl).send_json("post", PLANS, body | {field: value})
        assert_error(refused, 400, "UNKNOWN_FIELD", field)
