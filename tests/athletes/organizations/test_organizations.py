"""Organizations, members, groups: who may change what, and that everything stays in its own organization."""

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


def of(club: Organization, *rest: str) -> str:
    return "/".join([CLUBS, club.public_id, *rest])


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row.get("username", row.get("name")) for row in answer.json()["data"]]


def version(club: Organization) -> int:
    return Organization.objects.values_list("version", flat=True).get(pk=club.pk)


def data_version(user: User) -> int:
    return Athlete.objects.values_list("data_version", flat=True).get(pk=user.pk)


def patch(who: User, whom: User, body: dict[str, Any], club: Organization) -> Any:
    return ApiClient(who).send_json("patch", of(club, "members", whom.public_id), body)


def test_you_list_the_organizations_you_are_active_in(cast: Cast):
    create_member(cast.ben, cast.hill, Role.COACH)
    assert names(ApiClient(cast.ben).get(CLUBS)) == ["Harbour Runners", "Hill Runners"]
    assert (
        names(ApiClient(cast.lea).get(CLUBS))
        == names(ApiClient(cast.sam).get(CLUBS))
        == names(ApiClient(cast.otto).get(CLUBS))
        == []
    )
    assert names(ApiClient(cast.stella).get(CLUBS)) == ["Harbour Runners", "Hill Runners"]


def test_who_founds_an_organization_is_its_head_coach(cast: Cast):
    answer = ApiClient(cast.otto).send_json("post", CLUBS, {"name": "Heath Runners"})
    assert answer.status_code == 201
    assert answer.json()["data"].keys() == {"org_id", "name", "created_at"}
    led = cast.otto.memberships.get()
    assert (led.role, led.status, led.organization.name) == ("head_coach", "active", "Heath Runners")


def test_nobody_founds_organizations_without_end(cast: Cast):
    api = ApiClient(cast.otto)
    made = [api.send_json("post", CLUBS, {"name": f"Club {number}"}).status_code for number in range(11)]
    assert made == [201] * 10 + [400]


def test_the_head_coach_renames_it_and_every_members_answers_are_new(cast: Cast):
    before = version(cast.harbour), data_version(cast.ada)
    answer = ApiClient(cast.hanna).send_json("patch", of(cast.harbour), {"name": "Port Runners"})
    assert answer.json()["data"]["name"] == "Port Runners"
    assert (version(cast.harbour), data_version(cast.ada)) == (before[0] + 1, before[1] + 1)
    assert ApiClient(cast.carl).send_json("patch", of(cast.harbour), {"name": "Other"}).status_code == 403


def test_a_coach_sees_every_member_and_not_who_has_left(cast: Cast):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    answer = ApiClient(cast.carl).get(of(cast.harbour, "members"))
    assert set(names(answer)) == {"hanna", "carl", "asha", "ada", "ben", "sam"}
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


def test_an_athlete_sees_the_own_membership_without_what_is_for_coaches(cast: Cast):
    Membership.objects.filter(user=cast.ada).update(notes="slow starter", labels=["injury"], level="advanced")
    api = ApiClient(cast.ada)
    [row] = api.get(of(cast.harbour, "members")).json()["data"]
    one = api.get(of(cast.harbour, "members", cast.ada.public_id)).json()["data"]
    assert row == one
    assert row["user_id"] == cast.ada.public_id
    assert not {"level", "labels", "notes"} & row.keys()
    assert api.get(of(cast.harbour, "members", cast.ben.public_id)).status_code == 403


def test_nobody_finds_out_their_own_labels_by_asking_for_them(cast: Cast):
    Membership.objects.filter(user=cast.ada).update(labels=["injury"])
    assert names(ApiClient(cast.ada).get(of(cast.harbour, "members"), {"label": "injury"})) == []
    assert names(ApiClient(cast.carl).get(of(cast.harbour, "members"), {"label": "injury"})) == ["ada"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"role": "athlete", "status": "active"}, {"ada", "ben"}),
        ({"status": "suspended"}, {"sam"}),
        ({"search": "ÁDA"}, {"ada"}),
        ({"search": "example.test ha"}, {"hanna", "asha"}),
        ({"search": "nobody"}, set()),
    ],
)
def test_members_are_filtered(cast: Cast, asked: dict[str, str], found: set[str]):
    assert set(names(ApiClient(cast.carl).get(of(cast.harbour, "members"), asked))) == found


def test_members_are_filtered_by_group_and_assigned_coach(cast: Cast):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ben.memberships.get())
    api = ApiClient(cast.carl)
    assert names(api.get(of(cast.harbour, "members"), {"group_id": group.public_id})) == ["ben"]
    assert names(api.get(of(cast.harbour, "members"), {"assigned_coach_id": cast.carl.public_id})) == ["ada"]


@pytest.mark.parametrize("asked", [{"status": "left"}, {"role": "boss"}, {"group_id": "x"}, {"unknown": "1"}])
def test_a_filter_that_is_not_as_documented_is_400(cast: Cast, asked: dict[str, str]):
    assert ApiClient(cast.carl).get(of(cast.harbour, "members"), asked).status_code == 400


@pytest.mark.parametrize("members", [0, 20])
def test_a_page_of_members_makes_the_same_statements(
    cast: Cast, django_assert_num_queries: Any, members: int
):
    for number in range(members):
        user = User(email=f"m{number}@example.test")
        user.save()
        create_member(user, cast.harbour)
    api = ApiClient(cast.carl)
    with django_assert_num_queries(
        5
    ):  # token; organization; how many; the page with its people; their groups
        assert api.get(of(cast.harbour, "members")).status_code == 200


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
def test_who_may_change_what_of_a_member(cast: Cast, who: str, body: dict[str, Any], status: int):
    before = Membership.objects.filter(user=cast.ada).values().get()
    versions = version(cast.harbour), data_version(cast.ada)
    assert patch(getattr(cast, who), cast.ada, body, cast.harbour).status_code == status
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
def test_a_change_of_a_member_that_is_not_as_documented_is_400(cast: Cast, body: dict[str, Any]):
    before = Membership.objects.filter(user=cast.ada).values().get()
    assert patch(cast.hanna, cast.ada, body, cast.harbour).status_code == 400
    assert Membership.objects.filter(user=cast.ada).values().get() == before


def test_an_athlete_is_assigned_to_an_active_coach_of_the_organization(cast: Cast):
    assert (
        patch(cast.hanna, cast.ben, {"assigned_coach_id": cast.asha.public_id}, cast.harbour).status_code
        == 200
    )
    assert cast.ben.memberships.get().assigned_coach == cast.asha
    foreign = patch(cast.hanna, cast.ben, {"assigned_coach_id": cast.zora.public_id}, cast.harbour)
    missing = patch(cast.hanna, cast.ben, {"assigned_coach_id": User().public_id}, cast.harbour)
    assert_error(foreign, 400, "NO_COACH", "assigned_coach_id")
    assert foreign.content == missing.content
    assert (
        patch(cast.hanna, cast.ben, {"assigned_coach_id": cast.ada.public_id}, cast.harbour).status_code
        == 400
    )
    assert (
        patch(cast.hanna, cast.carl, {"assigned_coach_id": cast.asha.public_id}, cast.harbour).status_code
        == 400
    )


def test_nobody_becomes_an_athlete_without_accepting_it(cast: Cast):
    """A coach has agreed to see others' data, not to be seen."""
    refused = patch(cast.hanna, cast.carl, {"role": "athlete"}, cast.harbour)
    assert (refused.status_code, refused.json()["details"]["code"]) == (400, "ACCEPTANCE_NEEDED")
    assert Membership.objects.get(user=cast.carl).role == Role.COACH


@pytest.mark.parametrize("status", [Status.LEFT, Status.INVITED])
def test_who_has_left_meanwhile_or_never_came_is_not_made_active(cast: Cast, status: str):
    membership = Membership.objects.get(user=cast.ben)
    Membership.objects.filter(pk=membership.pk).update(status=status)
    with pytest.raises(PermissionDenied):
        change_membership(membership, {"status": Status.ACTIVE})
    assert Membership.objects.get(user=cast.ben).status == status


def test_an_athlete_who_becomes_a_coach_is_in_no_group(cast: Cast):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    assert patch(cast.hanna, cast.ada, {"role": "coach"}, cast.harbour).status_code == 200
    assert not group.members.exists()
    assert cast.ada.memberships.get().assigned_coach is None


@pytest.mark.parametrize("body", [{"role": "coach"}, {"status": "suspended"}])
def test_the_head_coach_hands_over_before_becoming_something_else(cast: Cast, body: dict[str, str]):
    assert_error(patch(cast.hanna, cast.hanna, body, cast.harbour), 400, "HEAD_COACH")
    assert_error(ApiClient(cast.hanna).post(of(cast.harbour, "leave")), 400, "HEAD_COACH")
    assert_error(
        ApiClient(cast.hanna).delete(of(cast.harbour, "members", cast.hanna.public_id)), 400, "HEAD_COACH"
    )


def test_handing_over_makes_one_head_coach_and_one_coach(cast: Cast):
    assert (
        ApiClient(cast.carl)
        .send_json("post", of(cast.harbour, "hand_over"), {"user_id": cast.carl.public_id})
        .status_code
        == 403
    )
    answer = ApiClient(cast.hanna).send_json(
        "post", of(cast.harbour, "hand_over"), {"user_id": cast.carl.public_id}
    )
    assert answer.status_code == 204
    assert cast.carl.memberships.get().role == "head_coach"
    assert cast.hanna.memberships.get().role == "coach"
    assert ApiClient(cast.hanna).send_json("patch", of(cast.harbour), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("who", ["ada", "zora", "lea", "otto"])
def test_only_an_active_coach_takes_over(cast: Cast, who: str):
    successor = {"user_id": getattr(cast, who).public_id}
    assert_error(
        ApiClient(cast.hanna).send_json("post", of(cast.harbour, "hand_over"), successor),
        400,
        "NO_COACH",
        "user_id",
    )
    assert cast.hanna.memberships.get().role == "head_coach"


def test_of_two_handings_over_at_once_the_second_finds_it_handed_over(cast: Cast):
    """Both were permitted before either was done."""
    hand_over_organization(cast.harbour, cast.carl.pk, cast.hanna)
    with pytest.raises(PermissionDenied):
        hand_over_organization(cast.harbour, cast.asha.pk, cast.hanna)
    leads = Membership.objects.get(organization=cast.harbour, role=Role.HEAD_COACH)
    assert leads.user_id == cast.carl.pk


def test_who_leaves_while_being_put_into_a_group_is_in_none(cast: Cast):
    group, in_hand = (
        Group.objects.create(organization=cast.harbour, name="Milers"),
        cast.ada.memberships.get(),
    )
    leave_organization(cast.ada.memberships.get())
    with pytest.raises(PermissionDenied):
        add_to_group(group, in_hand)
    assert not group.members.exists()


def test_who_leaves_is_seen_by_nobody_there_from_the_next_request_on(cast: Cast):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    before = version(cast.harbour), data_version(cast.ada)
    assert ApiClient(cast.carl).get(f"/api/v1/athletes/{cast.ada.public_id}").status_code == 200
    assert ApiClient(cast.ada).post(of(cast.harbour, "leave")).status_code == 204
    assert ApiClient(cast.carl).get(f"/api/v1/athletes/{cast.ada.public_id}").status_code == 403
    assert ApiClient(cast.carl).get(of(cast.harbour, "members", cast.ada.public_id)).status_code == 403
    left = cast.ada.memberships.get()
    assert (left.status, left.assigned_coach, list(left.groups.all())) == (Status.LEFT, None, [])
    assert (version(cast.harbour), data_version(cast.ada)) == (before[0] + 1, before[1] + 1)
    assert ApiClient(cast.ada).post(of(cast.harbour, "leave")).status_code == 403


def test_the_head_coach_removes_a_member_and_nobody_else_does(cast: Cast):
    for who in (cast.carl, cast.asha, cast.ben, cast.zora):
        assert ApiClient(who).delete(of(cast.harbour, "members", cast.ada.public_id)).status_code == 403
    assert ApiClient(cast.hanna).delete(of(cast.harbour, "members", cast.ada.public_id)).status_code == 204
    assert cast.ada.memberships.get().status == Status.LEFT


def test_who_is_suspended_may_leave(cast: Cast):
    assert ApiClient(cast.sam).get(of(cast.harbour)).status_code == 403
    assert ApiClient(cast.sam).post(of(cast.harbour, "leave")).status_code == 204


def test_groups_are_made_named_and_deleted_by_the_head_coach(cast: Cast):
    for who in (cast.carl, cast.asha, cast.ada, cast.zora):
        assert (
            ApiClient(who).send_json("post", of(cast.harbour, "groups"), {"name": "Milers"}).status_code
            == 403
        )
    api = ApiClient(cast.hanna)
    made = api.send_json("post", of(cast.harbour, "groups"), {"name": "Milers"})
    assert made.status_code == 201
    address = of(cast.harbour, "groups", made.json()["data"]["group_id"])
    assert api.send_json("patch", address, {"name": "Sprinters"}).json()["data"]["name"] == "Sprinters"
    assert names(ApiClient(cast.asha).get(of(cast.harbour, "groups"))) == ["Sprinters"]
    assert ApiClient(cast.ada).get(of(cast.harbour, "groups")).status_code == 403
    assert api.delete(address).status_code == 204
    assert not Group.objects.exists()


def test_a_name_is_taken_whatever_its_capitals_and_only_in_its_own_organization(cast: Cast):
    Group.objects.create(organization=cast.harbour, name="Milers")
    other = Group.objects.create(organization=cast.harbour, name="Sprinters")
    taken = ApiClient(cast.hanna).send_json("post", of(cast.harbour, "groups"), {"name": "MILERS"})
    assert_error(taken, 400, "NAME_TAKEN", "name")
    renamed = ApiClient(cast.hanna).send_json(
        "patch", of(cast.harbour, "groups", other.public_id), {"name": "milers"}
    )
    assert_error(renamed, 400, "NAME_TAKEN", "name")
    assert (
        ApiClient(cast.zora).send_json("post", of(cast.hill, "groups"), {"name": "Milers"}).status_code == 201
    )


@pytest.mark.parametrize(
    ("who", "whom", "status"),
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
def test_who_may_put_whom_into_a_group(cast: Cast, who: str, whom: str, status: int):
    Membership.objects.filter(user=cast.sam).update(assigned_coach=cast.asha)
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    athlete = getattr(cast, whom)
    before = data_version(athlete), version(cast.harbour)
    address = of(cast.harbour, "groups", group.public_id, "members", athlete.public_id)
    assert ApiClient(getattr(cast, who)).put(address).status_code == status
    changed = status == 204
    assert group.members.filter(user=athlete).exists() == changed
    assert (data_version(athlete), version(cast.harbour)) == (before[0] + changed, before[1] + changed)
    assert ApiClient(getattr(cast, who)).delete(address).status_code == status
    assert not group.members.exists()


def test_a_group_of_another_organization_is_like_one_that_does_not_exist(cast: Cast):
    foreign = Group.objects.create(organization=cast.hill, name="Milers")
    api = ApiClient(cast.hanna)
    answers = [
        api.get(of(cast.harbour, "groups", foreign.public_id)),
        api.get(of(cast.harbour, "groups", Group().public_id)),
        api.get(of(cast.hill, "groups", foreign.public_id)),
        api.get(of(Organization(), "groups", foreign.public_id)),
        api.put(of(cast.harbour, "groups", foreign.public_id, "members", cast.ada.public_id)),
        api.get(of(cast.harbour, "members"), {"group_id": foreign.public_id}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5 + [200]
    assert len({answer.content for answer in answers[:5]}) == 1
    assert names(answers[5]) == []
    assert ApiClient(cast.stella).get(of(cast.harbour, "groups", foreign.public_id)).status_code == 404


def test_nobody_hands_over_to_who_cannot_sign_in(cast: Cast):
    User.objects.filter(pk=cast.carl.pk).update(is_active=False)
    answer = ApiClient(cast.hanna).post(
        of(cast.harbour, "hand_over"), {"user_id": cast.carl.public_id}, "application/json"
    )
    assert_error(answer, 400, "NO_COACH", field="user_id")
