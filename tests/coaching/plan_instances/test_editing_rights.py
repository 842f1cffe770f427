"""Only coaches of the organization whose plan it is may end or delete a plan instance."""

from __future__ import annotations

from typing import Any

import pytest

from athletes.models import Membership, User
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.models import PlanInstance
from tests.coaching.plan_fixtures import create_test_plan, follow_plan
from tests.support.cast import NOON, ApiClient, Cast, create_member
from tests.support.error_shape import assert_error

pytestmark = pytest.mark.parametrize("method", ["patch", "delete"])


@pytest.fixture
def shared(cast: Cast) -> PlanInstance:
    """Ada is an athlete of Harbour and Hill. She follows a plan of Hill."""
    create_member(cast.ada, cast.hill)
    return follow_plan(cast.ada, create_test_plan(cast.hill, {}))


def send_change(viewer: User, method: str, instance: PlanInstance) -> Any:
    path = f"/api/v1/plan_instances/{instance.public_id}"
    return ApiClient(viewer).send_json(method, path, {"status": "cancelled"} if method == "patch" else None)


def test_coach_of_another_club_reads_but_does_not_change_it(cast: Cast, shared: PlanInstance, method: str):
    for coach in (cast.carl, cast.hanna):
        assert ApiClient(coach).get(f"/api/v1/plan_instances/{shared.public_id}").status_code == 200
        assert_error(send_change(coach, method, shared), 403, "PERMISSION_DENIED")
    assert PlanInstance.objects.get().ended_as == ""


@pytest.mark.parametrize("who", ["zora", "stella"])
def test_coach_of_the_club_and_staff_change_it(cast: Cast, shared: PlanInstance, method: str, who: str):
    assert send_change(getattr(cast, who), method, shared).status_code == (200 if method == "patch" else 204)


def test_assistant_of_the_club_needs_the_athlete_assigned_there(
    cast: Cast, shared: PlanInstance, method: str
):
    """Asha is a coach of Harbour now, and an assistant coach of Hill."""
    Membership.objects.filter(user=cast.asha).update(role=Role.COACH)
    create_member(cast.asha, cast.hill, Role.ASSISTANT_COACH)
    assert_error(send_change(cast.asha, method, shared), 403, "PERMISSION_DENIED")
    Membership.objects.filter(user=cast.ada, organization=cast.hill).update(assigned_coach=cast.asha)
    assert send_change(cast.asha, method, shared).status_code in (200, 204)


def test_consent_to_another_club_is_not_enough(cast: Cast, shared: PlanInstance, method: str):
    """Carl coaches in both clubs. Ada shares her plans only with Harbour."""
    create_member(cast.carl, cast.hill, Role.COACH)
    change_consent(cast.ada.athlete, cast.hill, {"goals_and_plans": False}, NOON)
    assert_error(send_change(cast.carl, method, shared), 403, "PERMISSION_DENIED")


def test_membership_in_the_club_must_be_active(cast: Cast, shared: PlanInstance, method: str):
    """Carl coaches in both clubs. Ada has left Hill."""
    create_member(cast.carl, cast.hill, Role.COACH)
    Membership.objects.filter(user=cast.ada, organization=cast.hill).update(status="left")
    assert_error(send_change(cast.carl, method, shared), 403, "PERMISSION_DENIED")
