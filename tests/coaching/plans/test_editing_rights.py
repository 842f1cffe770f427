"""An assistant coach may change and delete only the plans that she made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from athletes.models import Membership, User
from athletes.organizations.api_keys import create_api_key
from athletes.roles import Role
from coaching.models import Plan
from tests.coaching.plan_fixtures import create_test_plan
from tests.support.cast import NOON, ApiClient, Cast, create_member
from tests.support.error_shape import assert_error

pytestmark = pytest.mark.parametrize("method", ["patch", "delete"])


def create_plan_of(cast: Cast, coach: User | None) -> Plan:
    plan = create_test_plan(cast.harbour, {})
    Plan.objects.filter(pk=plan.pk).update(created_by=coach)
    return plan


def send_change(api: Client, method: str, plan: Plan) -> int:
    path, body = f"/api/v1/training_plans/{plan.public_id}", {"name": "Mine"} if method == "patch" else None
    return int(getattr(api, method)(path, body, content_type="application/json").status_code)


@pytest.mark.parametrize("maker", ["hanna", "carl", None])
def test_assistant_reads_but_does_not_change_the_plans_of_others(cast: Cast, method: str, maker: str | None):
    create_member(cast.zora, cast.harbour, Role.ASSISTANT_COACH)
    plan = create_plan_of(cast, getattr(cast, maker) if maker else None)
    api = ApiClient(cast.asha)
    assert api.get(f"/api/v1/training_plans/{plan.public_id}").status_code == 200
    answer = api.send_json(method, f"/api/v1/training_plans/{plan.public_id}", {"name": "Mine"})
    assert_error(answer, 403, "PERMISSION_DENIED")
    assert send_change(ApiClient(cast.zora), method, plan) == 403
    assert Plan.objects.get().name == plan.name


def test_assistant_changes_her_own_plan(cast: Cast, method: str):
    plan = create_plan_of(cast, cast.asha)
    assert send_change(ApiClient(cast.asha), method, plan) == (200 if method == "patch" else 204)


def test_own_plan_of_a_club_that_the_assistant_left_is_out_of_reach(cast: Cast, method: str):
    plan = create_plan_of(cast, cast.asha)
    Membership.objects.filter(user=cast.asha).update(status="left")
    assert send_change(ApiClient(cast.asha), method, plan) == 403


@pytest.mark.parametrize("who", ["carl", "hanna", "stella"])
def test_coaches_and_staff_change_every_plan_of_the_club(cast: Cast, method: str, who: str):
    plan = create_plan_of(cast, cast.asha)
    assert send_change(ApiClient(getattr(cast, who)), method, plan) in (200, 204)


def test_write_key_changes_every_plan_of_its_club(cast: Cast, method: str):
    secret = create_api_key(cast.harbour, "plans", ["write"], NOON + timedelta(days=30_000), cast.hanna)[1]
    plan = create_plan_of(cast, cast.hanna)
    assert send_change(Client(headers={"X-API-Key": secret}), method, plan) in (200, 204)
