"""Organizations, members and groups: who may change what, and that organizations stay separate."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.exceptions import PermissionDenied

from athletes.models import Athlete, Group, Membership, Organization, User
from athletes.organizations.groups import add_to_group
from athletes.organizations.membership import change_membership, hand_over_organization, leave_organization
from athletes.roles import Role, Status
from tests.support.cast import ApiClient, Cast, create_member
from tests.support.error_shape import assert_error

CLUBS = "/api/v1/organizations"


def org_url(club: Organization, *rest: str) -> str:
    return "/".join([CLUBS, club.public_id, *rest])


def read_names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row.get("username", row.get("name")) for row in answer.json()["data"]]


def version(club: Organization) -> int:
    return Organization.objects.values_list("version", flat=True).get(pk=club.pk)


def data_version(user: User) -> int:
    return Athlete.objects.values_list("data_version", flat=True).get(pk=user.pk)


def patch_member(who: User, member_user: User, body: dict[str, Any], club: Organization) -> Any:
    return ApiClient(who).send_json("patch", org_url(club, "members", member_user.public_id), body)


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
    hand_over_organization(cast.harbour, cast.carl.pk, cast.hanna)
    with pytest.raises(PermissionDenied):
        hand_over_organization(cast.harbour, cast.asha.pk, cast.hanna)
    head_coach = Membership.objects.get(organization=cast.harbour, role=Role.HEAD_COACH)
    assert head_coach.user_id == cast.carl.pk


def test_member_who_leaves_concurrently_is_not_added_to_a_group(cast: Cast):
    group, stale_membership = (
        Group.objects.create(organization=cast.harbour, name="Milers"),
        cast.ada.memberships.get(),
    )
    leave_organization(cast.ada.memberships.get())
    with pytest.raises(PermissionDenied):
        add_to_group(group, stale_membership)
    assert not group.members.exists()


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


def test_successor_must_have_an_active_account(cast: Cast):
    User.objects.filter(pk=cast.carl.pk).update(is_active=False)
    answer = ApiClient(cast.hanna).post(
        org_url(cast.harbour, "hand_over"), {"user_id": cast.carl.public_id}, "application/json"
    )
    assert_error(answer, 400, "NO_COACH", field="user_id")
