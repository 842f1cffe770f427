"""The club's page: all coaches see members; only the head coach sees and changes invitations and keys."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from athletes.models import ApiKey, Invitation, Membership, Organization, User
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.organizations.membership import hand_over_organization
from athletes.roles import Status
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person

LATER = datetime(2099, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
CLUB = reverse("club-page")


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def post_form(user: User, page: str, **fields: Any) -> Any:
    return browser(user).post(reverse(page), fields)


def test_every_coach_sees_members_but_only_the_head_coach_sees_the_forms(cast: Cast):
    create_invitation(
        cast.harbour, InvitationOffer("athlete", LATER, email="new@example.test"), cast.hanna, NOW
    )
    create_api_key(cast.harbour, "dashboard", ["read"], LATER, cast.hanna)
    for user, is_head_coach in ((cast.hanna, True), (cast.carl, False), (cast.asha, False)):
        page = browser(user).get(CLUB).content.decode()
        assert "Ada" in page
        assert "Sam" in page
        assert "Lea" not in page
        assert ["new@example.test" in page, "dashboard" in page, "Remove from the club" in page] == [
            is_head_coach
        ] * 3
    assert browser(cast.ada).get(CLUB).status_code == 404


@pytest.mark.parametrize("people", [1, 50])
def test_page_takes_the_same_statements_for_1_and_50(cast: Cast, people: int, django_assert_num_queries: Any):
    for number in range(people):
        create_member(create_person(f"runner{number}"), cast.harbour, assigned_coach=cast.carl)
        create_invitation(cast.harbour, InvitationOffer("athlete", LATER), cast.hanna, NOW)
        create_api_key(cast.harbour, f"key {number}", ["read"], LATER, cast.hanna)
    client = browser(cast.hanna)
    client.get(CLUB)
    # Session, user, clubs and units of the viewer; club, members, their count, invitations, successors, keys.
    with django_assert_num_queries(10):
        assert client.get(CLUB).status_code == 200


def test_members_are_searched_by_name_and_paginated(cast: Cast):
    for number in range(60):
        create_member(create_person(f"runner{number:02}"), cast.harbour)
    coach = browser(cast.carl)
    found = coach.get(CLUB, {"search": "ÁDA"}).context["members"]
    assert [membership.user.username for membership in found] == ["ada"]
    first = coach.get(CLUB)
    assert (len(first.context["members"]), first.context["total"]) == (50, 66)
    assert len(coach.get(first.context["next"]).context["members"]) == 16
    assert coach.get(CLUB, {"page": "0"}).status_code == 400


def test_invitation_link_is_shown_once_and_lets_people_join(cast: Cast):
    answer = post_form(cast.hanna, "club-link-page", role="athlete", max_uses="2")
    token = re.search(r"/join#(\S+?)<", answer.content.decode())
    assert token
    assert token[1] not in browser(cast.hanna).get(CLUB).content.decode()
    assert (
        ApiClient(cast.otto).send_json("post", "/api/v1/invitations/accept", {"token": token[1]}).status_code
        == 200
    )
    refused = post_form(cast.hanna, "club-link-page", role="coach", max_uses="2")
    assert "for one person" in refused.context["link_form"].errors["max_uses"][0]


def test_club_without_head_coach_says_so(cast: Cast):
    assert "has no head coach" not in browser(cast.carl).get(CLUB).content.decode()
    Membership.objects.filter(user=cast.hanna).update(status=Status.LEFT)
    assert "Ask those who run this server for one." in browser(cast.carl).get(CLUB).content.decode()
    page = browser(cast.stella).get(CLUB, {"org_id": cast.harbour.public_id}).content.decode()
    assert "Invite one below, or hand the club over" in page


def test_invitation_is_mailed_sent_again_and_ended(cast: Cast):
    assert (
        post_form(cast.hanna, "club-mail-page", email="New@Example.test", role="athlete").status_code == 302
    )
    assert "not an e-mail address" in post_form(cast.hanna, "club-mail-page", email="new").content.decode()
    first = Invitation.objects.get()
    post_form(cast.hanna, "club-invitation-page", invitation_id=first.public_id, do="resend")
    second = Invitation.objects.get(ended_at=None)
    assert (second.email, second.pk == first.pk, len(mail.outbox)) == ("new@example.test", False, 2)
    post_form(cast.hanna, "club-invitation-page", invitation_id=second.public_id, do="end")
    assert not Invitation.objects.filter(ended_at=None).exists()


def test_api_key_is_shown_once_works_and_is_ended(cast: Cast):
    answer = post_form(cast.hanna, "club-key-page", name="dashboard", scope="read")
    secret = re.search(r"astral_live_[\w-]{20,}", answer.content.decode())
    assert secret
    assert secret[0] not in browser(cast.hanna).get(CLUB).content.decode()
    members = f"/api/v1/organizations/{cast.harbour.public_id}/members"
    assert Client(headers={"X-API-Key": secret[0]}).get(members).status_code == 200
    post_form(cast.hanna, "club-key-end-page", key_id=ApiKey.objects.get().public_id)
    assert Client(headers={"X-API-Key": secret[0]}).get(members).status_code == 401


def test_key_form_does_not_set_the_lifetime_of_a_key(cast: Cast):
    answer = post_form(
        cast.hanna, "club-key-page", name="dashboard", scope="read", expires_at="2030-01-01T00:00:00Z"
    )
    assert "There is no parameter or field “expires_at” here." in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_new_head_coach_confirms_the_key_of_the_previous_one(cast: Cast):
    key, secret = create_api_key(cast.harbour, "dashboard", ["read"], LATER, cast.hanna)
    hand_over_organization(cast.harbour, cast.carl.pk, cast.hanna, NOON)
    page = browser(cast.carl).get(CLUB).content.decode()
    assert "made by <bdi>Hanna</bdi>" in page
    assert "Whoever made this key no longer leads the club" in page
    post_form(cast.carl, "club-key-confirm-page", key_id=key.public_id)
    page = browser(cast.carl).get(CLUB).content.decode()
    assert "made by <bdi>Carl</bdi>" in page
    assert "no longer leads the club" not in page
    members = f"/api/v1/organizations/{cast.harbour.public_id}/members"
    assert Client(headers={"X-API-Key": secret}).get(members).status_code == 200


def test_head_coach_changes_and_removes_members(cast: Cast):
    carl, ben = (Membership.objects.get(user=user) for user in (cast.carl, cast.ben))
    post_form(
        cast.hanna, "club-member-page", user_id=cast.carl.public_id, do="change", role="assistant_coach"
    )
    post_form(
        cast.hanna,
        "club-member-page",
        user_id=cast.ben.public_id,
        do="change",
        status="suspended",
        level="elite",
    )
    for membership in (carl, ben):
        membership.refresh_from_db()
    assert (carl.role, ben.status, ben.level) == ("assistant_coach", Status.SUSPENDED, "elite")
    post_form(cast.hanna, "club-member-page", user_id=cast.ben.public_id, do="remove")
    ben.refresh_from_db()
    assert ben.status == Status.LEFT
    refused = post_form(cast.hanna, "club-member-page", user_id=cast.hanna.public_id, do="remove")
    assert "must hand the organization over first" in refused.content.decode()
    assert (
        "must first accept an invitation"
        in post_form(
            cast.hanna, "club-member-page", user_id=cast.carl.public_id, do="change", role="athlete"
        ).content.decode()
    )


def test_club_forms_reject_objects_of_another_club(cast: Cast):
    invitation = create_invitation(cast.hill, InvitationOffer("athlete", LATER), cast.zora, NOW)[0]
    key = create_api_key(cast.hill, "theirs", ["read"], LATER, cast.zora)[0]
    for page, fields in (
        ("club-invitation-page", {"invitation_id": invitation.public_id, "do": "end"}),
        ("club-key-end-page", {"key_id": key.public_id}),
        ("club-key-confirm-page", {"key_id": key.public_id}),
        ("club-member-page", {"user_id": cast.zoe.public_id, "do": "remove"}),
    ):
        assert post_form(cast.hanna, page, **fields).status_code == 403
    assert Invitation.objects.get().ended_at is None
    assert ApiKey.objects.exists()
    assert Membership.objects.get(user=cast.zoe).status == Status.ACTIVE


def test_club_page_hides_the_viewers_own_level(cast: Cast):
    Membership.objects.filter(user__in=[cast.carl.pk, cast.ada.pk]).update(level="level-word")
    assert browser(cast.carl).get(CLUB).content.decode().count("level-word") == 1


def test_club_page_says_when_an_invitation_is_only_printed(cast: Cast, settings: Any):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    client = browser(cast.hanna)
    page = client.post(reverse("club-mail-page"), {"email": "guest@x.test"}, follow=True).content.decode()
    assert "printed in the server&#x27;s terminal" in page
    assert "Invitation sent" not in page


def test_member_without_acceptance_can_be_invited_again(cast: Cast):
    create_member(create_person("paloma"), cast.harbour, status=Status.INVITED)
    page = browser(cast.hanna).get(CLUB).content.decode()
    [address] = re.findall(r'href="([^"]+)#invite"', page)
    assert (
        'type="email" name="email" value="paloma@example.test"'
        in browser(cast.hanna).get(address.replace("&amp;", "&")).content.decode()
    )


def test_hand_over_needs_a_confirmation(cast: Cast):
    unsure = post_form(cast.hanna, "club-hand-over-page", user_id=cast.carl.public_id)
    assert unsure.status_code == 200
    assert Membership.objects.get(user=cast.hanna).role == "head_coach"
    assert (
        post_form(cast.carl, "club-hand-over-page", user_id=cast.carl.public_id, sure="on").status_code == 403
    )
    assert (
        post_form(cast.hanna, "club-hand-over-page", user_id=cast.carl.public_id, sure="on").status_code
        == 302
    )
    assert Membership.objects.get(user=cast.carl).role == "head_coach"
    assert Membership.objects.get(user=cast.hanna).role == "coach"


def test_refused_hand_over_asks_again_for_the_confirmation(cast: Cast):
    page = post_form(
        cast.hanna, "club-hand-over-page", user_id=cast.ada.public_id, sure="on"
    ).content.decode()
    assert "<details open>" in page
    assert 'id="field-hand-over-sure"' in page
    assert " checked" not in page


def test_refused_hand_over_says_why_without_another_coach(cast: Cast):
    Membership.objects.filter(user__in=[cast.carl, cast.asha]).update(status=Status.SUSPENDED)
    page = post_form(
        cast.hanna, "club-hand-over-page", user_id=cast.carl.public_id, sure="on"
    ).content.decode()
    assert 'id="error-hand-over-user_id"' in page


# The choice of the club


def test_staff_who_coach_nowhere_choose_among_all_clubs(cast: Cast):
    client = browser(cast.stella)
    for page in ("/coach/", "/coach/groups", "/coach/club"):
        assert client.get(page).headers["Location"] == "/coach/clubs"
    page = client.get("/coach/clubs").content.decode()
    assert re.findall(r'org_id=(\w+)"><bdi>', page) == [cast.harbour.public_id, cast.hill.public_id]
    assert re.findall(r'"Active athletes">(\d+)<', page) == ["2", "1"]
    assert '<a href="/coach/" aria-current="page">' in page
    found = client.get("/coach/clubs?search=HILL").content.decode()
    assert (cast.hill.public_id in found, cast.harbour.public_id in found) == (True, False)
    roster = client.get(f"/coach/?org_id={cast.hill.public_id}").content.decode()
    assert f'href="/coach/groups?org_id={cast.hill.public_id}"' in roster
    assert 'href="/coach/clubs"' in roster


def test_coaching_staff_keep_their_club_and_find_the_others(cast: Cast):
    create_member(cast.stella, cast.hill, "coach")
    page = browser(cast.stella).get("/coach/").content.decode()
    assert "Zoe" in page
    assert 'href="/coach/clubs"' in page


def test_other_users_find_only_their_own_clubs(cast: Cast):
    coached = browser(cast.carl).get("/coach/clubs").content.decode()
    assert "Harbour" in coached
    assert "Hill" not in coached
    assert "you do not coach a club" in browser(cast.ada).get("/coach/clubs").content.decode()
    assert 'href="/coach/clubs"' not in browser(cast.carl).get("/coach/").content.decode()


@pytest.mark.parametrize("clubs", [1, 50])
def test_list_of_clubs_takes_the_same_statements_for_1_and_50(
    cast: Cast, clubs: int, django_assert_num_queries: Any
):
    for number in range(clubs):
        create_member(create_person(f"runner{number}"), Organization.objects.create(name=f"Club {number}"))
    client = browser(cast.stella)
    with django_assert_num_queries(
        6
    ):  # session, person, their clubs and units; how many clubs, those of the page
        assert client.get("/coach/clubs").status_code == 200


def test_page_of_a_server_without_email_offers_links_only(cast: Cast, settings: Any):
    create_invitation(
        cast.harbour, InvitationOffer("athlete", LATER, email="a@example.test"), cast.hanna, NOW
    )
    with_email = browser(cast.hanna).get(CLUB).content.decode()
    settings.SENDS_EMAIL = False
    without_email = browser(cast.hanna).get(CLUB).content.decode()
    assert ["Send invitation" in page and "Send again" in page for page in (with_email, without_email)] == [
        True,
        False,
    ]
    assert "Create a link and send it yourself." in without_email
    assert "Create link" in without_email
