"""Members of an organization: who sees them, who changes them, and how they leave."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.exceptions import PermissionDenied

from athletes.models import Group, Membership, User
from athletes.organizations.membership import change_membership
from athletes.roles import Role, Status
from tests.athletes.organizations.organization_requests import (
    data_version,
    org_url,
    patch_member,
    read_names,
    version,
)
from tests.support.cast import ApiClient, Cast, create_member
from tests.support.error_shape import assert_error


def test_coach_sees_all_members_but_not_former_ones(cast: Cast):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    answer = ApiClient(cast.carl).get(org_url(cast.harbour, "members"))
    assert set(read_names(answer)) == {"hanna", "carl", "asha", "ada", "ben", "sam"}
    rows = {row["username"]: row for row in answer.json()["data"]}
    assert rows["ada"] == {
        "user_id": cast.ada.public_id,
        "username": "ada",
        "display_name": "Ada",
        "email": "ada@example.test",
        "role": "athlete",
        "status": "active",
        "joined_at": rows["ada"]["joined_at"],
        "groups": [{"group_id": group.public_id, "name": "Milers"}],
        "assigned_coach_id": cast.carl.public_id,
        "level": "",
        "labels": [],
        "notes": "",
    }
    assert rows["sam"]["status"] == "suspended"


def test_athlete_sees_only_the_own_membership_without_fields_for_coaches(cast: Cast):
    Membership.objects.filter(user=cast.ada).update(notes="slow starter", labels=["injury"], level="advanced")
    api = ApiClient(cast.ada)
    [row] = api.get(org_url(cast.harbour, "members")).json()["data"]
    single = api.get(org_url(cast.harbour, "members", cast.ada.public_id)).json()["data"]
    assert row == single
    assert row["user_id"] == cast.ada.public_id
    assert not {"level", "labels", "notes"} & row.keys()
    assert api.get(org_url(cast.harbour, "members", cast.ben.public_id)).status_code == 403


def test_athlete_cannot_filter_by_own_labels(cast: Cast):
    Membership.objects.filter(user=cast.ada).update(labels=["injury"])
    assert read_names(ApiClient(cast.ada).get(org_url(cast.harbour, "members"), {"label": "injury"})) == []
    assert read_names(ApiClient(cast.carl).get(org_url(cast.harbour, "members"), {"label": "injury"})) == [
        "ada"
    ]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"role": "athlete", "status": "active"}, {"ada", "ben"}),
        ({"status": "suspended"}, {"sam"}),
        ({"search": "ÁDA"}, {"ada"}),
        ({"search": "example.test ha"}, {"hanna", "asha"}),
        ({"search": "nobody"}, set()),
    ],
)
def test_members_can_be_filtered(cast: Cast, params: dict[str, str], found: set[str]):
    assert set(read_names(ApiClient(cast.carl).get(org_url(cast.harbour, "members"), params))) == found


def test_members_can_be_filtered_by_group_and_assigned_coach(cast: Cast):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ben.memberships.get())
    api = ApiClient(cast.carl)
    assert read_names(api.get(org_url(cast.harbour, "members"), {"group_id": group.public_id})) == ["ben"]
    assert read_names(
        api.get(org_url(cast.harbour, "members"), {"assigned_coach_id": cast.carl.public_id})
    ) == ["ada"]


@pytest.mark.parametrize(
    "params", [{"status": "left"}, {"role": "boss"}, {"group_id": "x"}, {"unknown": "1"}]
)
def test_invalid_member_filter_is_400(cast: Cast, params: dict[str, str]):
    assert ApiClient(cast.carl).get(org_url(cast.harbour, "members"), params).status_code == 400


@pytest.mark.parametrize("members", [0, 20])
def test_member_list_makes_a_fixed_number_of_statements(
    cast: Cast, django_assert_num_queries: Any, members: int
):
    for number in range(members):
        user = User(email=f"m{number}@example.test")
        user.save()
        create_member(user, cast.harbour)
    api = ApiClient(cast.carl)
    with django_assert_num_queries(5):  # token; organization; COUNT; members with users; their groups
        assert api.get(org_url(cast.harbour, "members")).status_code == 200


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("asha", {"notes": "n", "labels": ["a"]}, 200),
        ("carl", {"notes": "n", "labels": ["a"]}, 200),
        ("asha", {"level": "elite"}, 403),
        ("carl", {"level": "elite"}, 403),
        ("carl", {"notes": "n", "role": "coach"}, 403),
        ("carl", {"status": "suspended"}, 403),
        ("carl", {"assigned_coach_id": None}, 403),
        ("hanna", {"level": "elite", "role": "coach", "status": "suspended", "notes": "a\nb"}, 200),
        ("ada", {"notes": "n"}, 403),
        ("ben", {"notes": "n"}, 403),
        ("zora", {"notes": "n"}, 403),
        ("sam", {"notes": "n"}, 403),
        ("stella", {"level": "elite"}, 200),
    ],
)
def test_member_fields_can_be_changed_by_role(cast: Cast, who: str, body: dict[str, Any], status: int):
    before = Membership.objects.filter(user=cast.ada).values().get()
    versions = version(cast.harbour), data_version(cast.ada)
    assert patch_member(getattr(cast, who), cast.ada, body, cast.harbour).status_code == status
    after: dict[str, Any] = dict(Membership.objects.filter(user=cast.ada).values().get())
    if status == 200:
        assert {name: after[name] for name in body} == body
        assert (version(cast.harbour), data_version(cast.ada)) == (versions[0] + 1, versions[1] + 1)
    else:
        assert after == before
        assert (version(cast.harbour), data_version(cast.ada)) == versions


@pytest.mark.parametrize(("who", "status"), [("asha", 403), ("carl", 403), ("hanna", 200), ("stella", 200)])
@pytest.mark.parametrize("body", [{"notes": "n"}, {"labels": ["a"]}])
def test_only_the_head_coach_changes_notes_about_oneself(
    cast: Cast, who: str, status: int, body: dict[str, Any]
):
    person = getattr(cast, who)
    if who == "stella":
        create_member(person, cast.harbour, Role.COACH)
    Membership.objects.filter(user=person).update(notes="often late")
    assert patch_member(person, person, body, cast.harbour).status_code == status
    assert (Membership.objects.get(user=person).notes == "often late") == (status == 403 or "labels" in body)


@pytest.mark.parametrize(
    "body",
    [
        {"role": "head_coach"},
        {"status": "left"},
        {"status": "invited"},
        {"labels": [""]},
        {"labels": ["x" * 41]},
        {"labels": ["a"] * 21},
        {"labels": "a"},
        {"notes": "a\0b"},
        {"level": "x" * 31},
        {"user_id": "usr_x"},
        {"organization": "x"},
        {"joined_at": 0},
    ],
)
def test_invalid_member_change_is_400(cast: Cast, body: dict[str, Any]):
    before = Membership.objects.filter(user=cast.ada).values().get()
    assert patch_member(cast.hanna, cast.ada, body, cast.harbour).status_code == 400
    assert Membership.objects.filter(user=cast.ada).values().get() == before


def test_assigned_coach_must_be_active_in_the_organization(cast: Cast):
    assert (
        patch_member(
            cast.hanna, cast.ben, {"assigned_coach_id": cast.asha.public_id}, cast.harbour
        ).status_code
        == 200
    )
    assert cast.ben.memberships.get().assigned_coach == cast.asha
    foreign = patch_member(cast.hanna, cast.ben, {"assigned_coach_id": cast.zora.public_id}, cast.harbour)
    missing = patch_member(cast.hanna, cast.ben, {"assigned_coach_id": User().public_id}, cast.harbour)
    assert_error(foreign, 400, "NO_COACH", "assigned_coach_id")
    assert foreign.content == missing.content
    assert (
        patch_member(
            cast.hanna, cast.ben, {"assigned_coach_id": cast.ada.public_id}, cast.harbour
        ).status_code
        == 400
    )
    assert (
        patch_member(
            cast.hanna, cast.carl, {"assigned_coach_id": cast.asha.public_id}, cast.harbour
        ).status_code
        == 400
    )


def test_coach_cannot_be_made_an_athlete(cast: Cast):
    """A coach has not agreed that other coaches see their data."""
    refused = patch_member(cast.hanna, cast.carl, {"role": "athlete"}, cast.harbour)
    assert (refused.status_code, refused.json()["details"]["code"]) == (400, "ACCEPTANCE_NEEDED")
    assert Membership.objects.get(user=cast.carl).role == Role.COACH


@pytest.mark.parametrize("status", [Status.LEFT, Status.INVITED])
def test_former_or_invited_member_cannot_be_activated(cast: Cast, status: str):
    membership = Membership.objects.get(user=cast.ben)
    Membership.objects.filter(pk=membership.pk).update(status=status)
    with pytest.raises(PermissionDenied):
        change_membership(membership, {"status": Status.ACTIVE})
    assert Membership.objects.get(user=cast.ben).status == status


def test_athlete_who_becomes_coach_loses_groups_and_assigned_coach(cast: Cast):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    assert patch_member(cast.hanna, cast.ada, {"role": "coach"}, cast.harbour).status_code == 200
    assert not group.members.exists()
    assert cast.ada.memberships.get().assigned_coach is None


def test_leaving_hides_the_athlete_from_coaches_at_once(cast: Cast):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    before = version(cast.harbour), data_version(cast.ada)
    assert ApiClient(cast.carl).get(f"/api/v1/athletes/{cast.ada.public_id}").status_code == 200
    assert ApiClient(cast.ada).post(org_url(cast.harbour, "leave")).status_code == 204
    assert ApiClient(cast.carl).get(f"/api/v1/athletes/{cast.ada.public_id}").status_code == 403
    assert ApiClient(cast.carl).get(org_url(cast.harbour, "members", cast.ada.public_id)).status_code == 403
    left = cast.ada.memberships.get()
    assert (left.status, left.assigned_coach, list(left.groups.all())) == (Status.LEFT, None, [])
    assert (version(cast.harbour), data_version(cast.ada)) == (before[0] + 1, before[1] + 1)
    assert ApiClient(cast.ada).post(org_url(cast.harbour, "leave")).status_code == 403


def test_only_the_head_coach_removes_members(cast: Cast):
    for who in (cast.carl, cast.asha, cast.ben, cast.zora):
        assert ApiClient(who).delete(org_url(cast.harbour, "members", cast.ada.public_id)).status_code == 403
    assert (
        ApiClient(cast.hanna).delete(org_url(cast.harbour, "members", cast.ada.public_id)).status_code == 204
    )
    assert cast.ada.memberships.get().status == Status.LEFT


def test_suspended_member_can_leave(cast: Cast):
    assert ApiClient(cast.sam).get(org_url(cast.harbour)).status_code == 403
    assert ApiClient(cast.sam).post(org_url(cast.harbour, "leave")).status_code == 204
