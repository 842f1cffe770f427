"""Training groups of an organization: who creates and changes them, and their members."""

from __future__ import annotations

import pytest
from rest_framework.exceptions import PermissionDenied

from athletes.models import Group, Membership, Organization
from athletes.organizations.groups import add_to_group
from athletes.organizations.membership import leave_organization
from tests.athletes.organizations.organization_requests import (
    data_version,
    org_url,
    read_names,
    version,
)
from tests.support.cast import ApiClient, Cast
from tests.support.error_shape import assert_error


def test_member_who_leaves_concurrently_is_not_added_to_a_group(cast: Cast):
    group, stale_membership = (
        Group.objects.create(organization=cast.harbour, name="Milers"),
        cast.ada.memberships.get(),
    )
    leave_organization(cast.ada.memberships.get())
    with pytest.raises(PermissionDenied):
        add_to_group(group, stale_membership)
    assert not group.members.exists()


def test_only_the_head_coach_creates_renames_and_deletes_groups(cast: Cast):
    for who in (cast.carl, cast.asha, cast.ada, cast.zora):
        assert (
            ApiClient(who).send_json("post", org_url(cast.harbour, "groups"), {"name": "Milers"}).status_code
            == 403
        )
    api = ApiClient(cast.hanna)
    created = api.send_json("post", org_url(cast.harbour, "groups"), {"name": "Milers"})
    assert created.status_code == 201
    address = org_url(cast.harbour, "groups", created.json()["data"]["group_id"])
    assert api.send_json("patch", address, {"name": "Sprinters"}).json()["data"]["name"] == "Sprinters"
    assert read_names(ApiClient(cast.asha).get(org_url(cast.harbour, "groups"))) == ["Sprinters"]
    assert ApiClient(cast.ada).get(org_url(cast.harbour, "groups")).status_code == 403
    assert api.delete(address).status_code == 204
    assert not Group.objects.exists()


def test_group_name_is_unique_per_organization_ignoring_case(cast: Cast):
    Group.objects.create(organization=cast.harbour, name="Milers")
    other = Group.objects.create(organization=cast.harbour, name="Sprinters")
    taken = ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "groups"), {"name": "MILERS"})
    assert_error(taken, 400, "NAME_TAKEN", "name")
    renamed = ApiClient(cast.hanna).send_json(
        "patch", org_url(cast.harbour, "groups", other.public_id), {"name": "milers"}
    )
    assert_error(renamed, 400, "NAME_TAKEN", "name")
    assert (
        ApiClient(cast.zora).send_json("post", org_url(cast.hill, "groups"), {"name": "Milers"}).status_code
        == 201
    )


@pytest.mark.parametrize(
    ("who", "member_user", "status"),
    [
        ("hanna", "ben", 204),
        ("carl", "ben", 204),
        ("asha", "ben", 403),  # not assigned to her
        ("asha", "sam", 204),  # assigned to her
        ("ada", "ada", 403),
        ("zora", "ada", 403),
        ("hanna", "carl", 403),  # no athlete
        ("hanna", "zoe", 403),
        ("hanna", "lea", 403),
        ("stella", "ben", 204),
        ("stella", "zoe", 404),
    ],
)
def test_group_members_can_be_changed_by_role(cast: Cast, who: str, member_user: str, status: int):
    Membership.objects.filter(user=cast.sam).update(assigned_coach=cast.asha)
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    athlete = getattr(cast, member_user)
    before = data_version(athlete), version(cast.harbour)
    address = org_url(cast.harbour, "groups", group.public_id, "members", athlete.public_id)
    assert ApiClient(getattr(cast, who)).put(address).status_code == status
    changed = status == 204
    assert group.members.filter(user=athlete).exists() == changed
    assert (data_version(athlete), version(cast.harbour)) == (before[0] + changed, before[1] + changed)
    assert ApiClient(getattr(cast, who)).delete(address).status_code == status
    assert not group.members.exists()


def test_foreign_and_missing_groups_give_the_same_answer(cast: Cast):
    foreign = Group.objects.create(organization=cast.hill, name="Milers")
    api = ApiClient(cast.hanna)
    answers = [
        api.get(org_url(cast.harbour, "groups", foreign.public_id)),
        api.get(org_url(cast.harbour, "groups", Group().public_id)),
        api.get(org_url(cast.hill, "groups", foreign.public_id)),
        api.get(org_url(Organization(), "groups", foreign.public_id)),
        api.put(org_url(cast.harbour, "groups", foreign.public_id, "members", cast.ada.public_id)),
        api.get(org_url(cast.harbour, "members"), {"group_id": foreign.public_id}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5 + [200]
    assert len({answer.content for answer in answers[:5]}) == 1
    assert read_names(answers[5]) == []
    assert ApiClient(cast.stella).get(org_url(cast.harbour, "groups", foreign.public_id)).status_code == 404
