"""Organizations: create, list, rename and hand over."""

from __future__ import annotations

import pytest
from rest_framework.exceptions import PermissionDenied

from athletes.models import Membership, User
from athletes.organizations.membership import hand_over_organization
from athletes.roles import Role
from tests.athletes.organizations.organization_requests import (
    CLUBS,
    data_version,
    org_url,
    patch_member,
    read_names,
    version,
)
from tests.support.cast import NOON, ApiClient, Cast, create_member
from tests.support.error_shape import assert_error


def test_list_contains_organizations_with_active_membership(cast: Cast):
    create_member(cast.ben, cast.hill, Role.COACH)
    assert read_names(ApiClient(cast.ben).get(CLUBS)) == ["Harbour Runners", "Hill Runners"]
    assert (
        read_names(ApiClient(cast.lea).get(CLUBS))
        == read_names(ApiClient(cast.sam).get(CLUBS))
        == read_names(ApiClient(cast.otto).get(CLUBS))
        == []
    )
    assert read_names(ApiClient(cast.stella).get(CLUBS)) == ["Harbour Runners", "Hill Runners"]


def test_founder_becomes_head_coach(cast: Cast):
    answer = ApiClient(cast.otto).send_json("post", CLUBS, {"name": "Heath Runners"})
    assert answer.status_code == 201
    assert answer.json()["data"].keys() == {"org_id", "name", "created_at"}
    membership = cast.otto.memberships.get()
    assert (membership.role, membership.status, membership.organization.name) == (
        "head_coach",
        "active",
        "Heath Runners",
    )


def test_user_can_lead_at_most_10_organizations(cast: Cast):
    api = ApiClient(cast.otto)
    created = [api.send_json("post", CLUBS, {"name": f"Club {number}"}).status_code for number in range(11)]
    assert created == [201] * 10 + [400]


def test_rename_raises_versions_of_organization_and_members(cast: Cast):
    before = version(cast.harbour), data_version(cast.ada)
    answer = ApiClient(cast.hanna).send_json("patch", org_url(cast.harbour), {"name": "Port Runners"})
    assert answer.json()["data"]["name"] == "Port Runners"
    assert (version(cast.harbour), data_version(cast.ada)) == (before[0] + 1, before[1] + 1)
    assert (
        ApiClient(cast.carl).send_json("patch", org_url(cast.harbour), {"name": "Other"}).status_code == 403
    )


@pytest.mark.parametrize("body", [{"role": "coach"}, {"status": "suspended"}])
def test_head_coach_must_hand_over_before_changing_or_leaving(cast: Cast, body: dict[str, str]):
    assert_error(patch_member(cast.hanna, cast.hanna, body, cast.harbour), 400, "HEAD_COACH")
    assert_error(ApiClient(cast.hanna).post(org_url(cast.harbour, "leave")), 400, "HEAD_COACH")
    assert_error(
        ApiClient(cast.hanna).delete(org_url(cast.harbour, "members", cast.hanna.public_id)),
        400,
        "HEAD_COACH",
    )


def test_hand_over_swaps_head_coach_and_coach(cast: Cast):
    assert (
        ApiClient(cast.carl)
        .send_json("post", org_url(cast.harbour, "hand_over"), {"user_id": cast.carl.public_id})
        .status_code
        == 403
    )
    answer = ApiClient(cast.hanna).send_json(
        "post", org_url(cast.harbour, "hand_over"), {"user_id": cast.carl.public_id}
    )
    assert answer.status_code == 204
    assert cast.carl.memberships.get().role == "head_coach"
    assert cast.hanna.memberships.get().role == "coach"
    assert ApiClient(cast.hanna).send_json("patch", org_url(cast.harbour), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("who", ["ada", "zora", "lea", "otto"])
def test_successor_must_be_an_active_coach(cast: Cast, who: str):
    successor = {"user_id": getattr(cast, who).public_id}
    assert_error(
        ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "hand_over"), successor),
        400,
        "NO_COACH",
        "user_id",
    )
    assert cast.hanna.memberships.get().role == "head_coach"


def test_second_of_two_concurrent_hand_overs_is_refused(cast: Cast):
    """Both calls passed the permission check before either changed anything."""
    hand_over_organization(cast.harbour, cast.carl.pk, cast.hanna, NOON)
    with pytest.raises(PermissionDenied):
        hand_over_organization(cast.harbour, cast.asha.pk, cast.hanna, NOON)
    head_coach = Membership.objects.get(organization=cast.harbour, role=Role.HEAD_COACH)
    assert head_coach.user_id == cast.carl.pk


def test_successor_must_have_an_active_account(cast: Cast):
    User.objects.filter(pk=cast.carl.pk).update(is_active=False)
    answer = ApiClient(cast.hanna).post(
        org_url(cast.harbour, "hand_over"), {"user_id": cast.carl.public_id}, "application/json"
    )
    assert_error(answer, 400, "NO_COACH", field="user_id")
