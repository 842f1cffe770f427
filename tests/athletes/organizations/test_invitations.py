"""Invitations: for one person by e-mail, or by a link for several people, until a limit or an expiry."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from athletes.models import Athlete, Invitation, Membership, Organization, User
from athletes.organizations.consent import change_consent
from athletes.rights import Category
from tests.athletes.organizations.organization_requests import data_version, org_url, version
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.error_shape import assert_error

ACCEPT = "/api/v1/invitations/accept"
NEWCOMER = {
    "email": "New@example.test",
    "password": "seven wet horses",
    "display_name": "Nell",
    "timezone": "Asia/Tokyo",
}


def create_link(cast: Cast, **fields: Any) -> str:
    answer = ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "invitations"), fields)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["data"]["token"])


def accept(token: str, user: User | None = None, account: dict[str, str] | None = None) -> Any:
    return ApiClient(user).send_json("post", ACCEPT, {"token": token, **(account or {})})


def test_link_is_shown_once_and_stored_as_digest(cast: Cast, settings: Any):
    settings.INVITATION_URL = "https://club.example.test/join"
    answer = ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "invitations"), {"max_uses": 30})
    data = answer.json()["data"]
    assert data["link"] == f"https://club.example.test/join#{data['token']}"
    assert data["token"] not in str(Invitation.objects.values().get())
    listed = ApiClient(cast.hanna).get(org_url(cast.harbour, "invitations")).json()["data"]
    assert listed == [{name: value for name, value in data.items() if name not in ("token", "link")}]
    assert (listed[0]["role"], listed[0]["email"], listed[0]["uses"]) == ("athlete", None, 0)


def test_signed_in_user_joins_with_the_token(cast: Cast):
    before = version(cast.harbour), data_version(cast.otto)
    answer = accept(create_link(cast), cast.otto)
    assert answer.status_code == 200
    assert answer.json()["data"] == {
        "user_id": cast.otto.public_id,
        "org_id": cast.harbour.public_id,
        "org_name": "Harbour Runners",
        "role": "athlete",
        "status": "active",
    }
    assert (version(cast.harbour), data_version(cast.otto)) == (before[0] + 1, before[1] + 1)
    assert ApiClient(cast.carl).get(f"/api/v1/athletes/{cast.otto.public_id}").status_code == 200


def test_new_person_gets_an_account(cast: Cast):
    answer = accept(create_link(cast), account=NEWCOMER)
    assert answer.status_code == 201, answer.content
    nell = User.objects.get(email="new@example.test")
    assert nell.check_password(NEWCOMER["password"])
    assert (nell.display_name, nell.is_staff, nell.athlete.timezone) == ("Nell", False, "Asia/Tokyo")
    assert nell.memberships.get().role == "athlete"
    account = {"email": "new@example.test", "password": NEWCOMER["password"]}
    assert Client().post("/api/v1/auth/login", account, content_type="application/json").status_code == 200


@pytest.mark.parametrize(
    ("account", "field"),
    [
        ({"email": "new@example.test"}, "password"),
        ({"password": "seven wet horses"}, "email"),
        ({**NEWCOMER, "email": "no address"}, "email"),
        ({**NEWCOMER, "password": "12345678"}, None),
        ({**NEWCOMER, "timezone": "localtime"}, "timezone"),
        ({**NEWCOMER, "is_staff": "1"}, "is_staff"),
    ],
)
def test_invalid_account_is_400_and_does_not_use_the_invitation(
    cast: Cast, account: dict[str, str], field: str | None
):
    answer = accept(create_link(cast), account=account)
    assert answer.status_code == 400
    assert answer.json()["details"].get("field") == field
    assert Invitation.objects.get().uses == 0
    assert not User.objects.filter(email="new@example.test").exists()


def test_existing_account_is_not_taken_over(cast: Cast):
    answer = accept(create_link(cast), account={**NEWCOMER, "email": "otto@example.test"})
    assert_error(answer, 400, "ACCOUNT_EXISTS", "email")
    assert not cast.otto.memberships.exists()
    assert Invitation.objects.get().uses == 0


def test_link_works_for_max_uses_people(cast: Cast):
    token = create_link(cast, max_uses=2)
    assert [accept(token, user).status_code for user in (cast.otto, cast.zoe, cast.zora)] == [200, 200, 400]
    assert ApiClient(cast.hanna).get(org_url(cast.harbour, "invitations")).json()["data"] == []


def test_existing_member_keeps_the_role_and_does_not_use_the_invitation(cast: Cast):
    token = create_link(cast)
    assert accept(token, cast.carl).json()["data"]["role"] == "coach"
    assert Invitation.objects.get().uses == 0


def test_former_member_can_rejoin_and_suspended_member_cannot(cast: Cast):
    token = create_link(cast, max_uses=5)
    assert accept(token, cast.lea).status_code == 200
    assert cast.lea.memberships.get().status == "active"
    assert_error(accept(token, cast.sam), 400, "INVITATION_INVALID", "token")
    assert cast.sam.memberships.get().status == "suspended"


def test_mailed_invitation_works_only_for_its_address(cast: Cast):
    address = org_url(cast.harbour, "members", "invite")
    answer = ApiClient(cast.hanna).send_json("post", address, {"email": "Otto@Example.test", "role": "coach"})
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert (data["email"], data["role"], data["max_uses"]) == ("otto@example.test", "coach", 1)
    assert "token" not in data
    [message] = mail.outbox
    assert message.to == ["otto@example.test"]
    assert "Harbour Runners" in message.subject
    [token] = re.findall(r"http://testserver/join#(\S{43})", str(message.body))
    assert_error(accept(token, cast.zoe), 400, "INVITATION_INVALID", "token")
    assert_error(accept(token, account=NEWCOMER), 400, "INVITATION_INVALID", "token")
    assert accept(token, cast.otto).json()["data"]["role"] == "coach"
    assert not Invitation.objects.exclude(email="").exists()  # the address is erased after use


def test_invite_does_not_reveal_whether_account_exists(cast: Cast):
    address = org_url(cast.harbour, "members", "invite")
    answers = [
        ApiClient(cast.hanna).send_json("post", address, {"email": f"{name}@example.test"})
        for name in ("otto", "nobody")
    ]
    shapes = [{name: type(value) for name, value in answer.json()["data"].items()} for answer in answers]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert shapes[0] == shapes[1]
    assert not Membership.objects.filter(user=cast.otto).exists()


def test_invite_without_mail_server_is_400_and_stores_nothing(cast: Cast, settings: Any):
    settings.SENDS_EMAIL = False
    address = org_url(cast.harbour, "members", "invite")
    assert_error(
        ApiClient(cast.hanna).send_json("post", address, {"email": "otto@example.test"}), 400, "NO_EMAIL"
    )
    settings.SENDS_EMAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert_error(
        ApiClient(cast.hanna).send_json("post", address, {"email": "otto@example.test"}),
        400,
        "EMAIL_NOT_SENT",
    )
    assert not Invitation.objects.exists()


def test_every_invalid_invitation_has_the_same_answer(cast: Cast):
    tokens = [create_link(cast), create_link(cast), create_link(cast)]
    ended, expired, for_another = Invitation.objects.order_by("pk")
    assert (
        ApiClient(cast.hanna).delete(org_url(cast.harbour, "invitations", ended.public_id)).status_code == 204
    )
    Invitation.objects.filter(pk=expired.pk).update(expires_at=datetime.now(UTC))
    Invitation.objects.filter(pk=for_another.pk).update(email="else@example.test")
    answers = [accept(token, cast.otto) for token in (*tokens, "unknown", "x" * 100)]
    for answer in answers:
        assert_error(answer, 400, "INVITATION_INVALID", "token")
    assert len({answer.content for answer in answers}) == 1


def test_invitation_expires_at_its_instant(cast: Cast):
    token = create_link(cast)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=14, seconds=1)):
        assert_error(accept(token, cast.otto), 400, "INVITATION_INVALID", "token")
    assert accept(token, cast.otto).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "head_coach", "max_uses": 2},
        {"role": "coach", "max_uses": 2},
        {"max_uses": 0},
        {"max_uses": 1001},
        {"max_uses": "3 "},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2099-01-01T00:00:00Z"},
        {"email": "otto@example.test"},
        {"uses": 0},
    ],
)
def test_link_with_invalid_fields_is_400(cast: Cast, fields: dict[str, Any]):
    assert (
        ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "invitations"), fields).status_code
        == 400
    )
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("carl", 403), ("asha", 403), ("ada", 403), ("zora", 403), ("stella", 201)]
)
def test_only_the_head_coach_and_staff_invite(cast: Cast, who: str, status: int):
    api = ApiClient(getattr(cast, who))
    assert api.send_json("post", org_url(cast.harbour, "invitations"), {}).status_code == status
    assert (
        api.send_json(
            "post", org_url(cast.harbour, "members", "invite"), {"email": "x@example.test"}
        ).status_code
        == status
    )


def test_signed_in_user_must_send_only_the_token(cast: Cast):
    assert_error(accept(create_link(cast), cast.otto, {"email": "x@example.test"}), 400, "SIGNED_IN", "email")


def read_consent(cast: Cast, user: User) -> tuple[dict[str, bool], int]:
    """What the user shares with Harbour, and the number of their decisions."""
    data = ApiClient(user).get(org_url(cast.harbour, "consent")).json()["data"]
    return {category: data[category] for category in Category}, len(data["history"])


def test_health_is_withheld_from_coaches_until_somebody_asks(cast: Cast):
    accept(create_link(cast), cast.otto)
    shared = {"activities": True, "health": False, "goals_and_plans": True}
    assert read_consent(cast, cast.otto) == (shared, 0)
    assert not Athlete.objects.visible_to(cast.carl, "health").filter(pk=cast.otto.pk).exists()
    assert Athlete.objects.visible_to(cast.carl, "activities").filter(pk=cast.otto.pk).exists()


@pytest.mark.parametrize("yes", [True, False])
def test_consent_of_the_joining_athlete_counts_and_is_in_the_history(cast: Cast, yes: bool):
    answers = dict.fromkeys(Category, yes)
    token = create_link(cast)
    body = {"token": token, "consent": answers}
    assert ApiClient(cast.otto).send_json("post", ACCEPT, body).status_code == 200
    assert read_consent(cast, cast.otto) == (answers, 3)
    seen = Athlete.objects.visible_to(cast.carl, "health").filter(pk=cast.otto.pk)
    assert seen.exists() is yes


def test_consent_names_every_category(cast: Cast):
    body = {"token": create_link(cast), "consent": {"health": True}}
    answer = ApiClient(cast.otto).send_json("post", ACCEPT, body)
    missing = [error["field"] for error in answer.json()["details"]["errors"]]
    assert (answer.status_code, missing) == (400, ["consent.activities", "consent.goals_and_plans"])


def test_coach_is_not_asked_for_consent(cast: Cast):
    body = {"token": create_link(cast, role="coach"), "consent": dict.fromkeys(Category, True)}
    answer = ApiClient(cast.otto).send_json("post", ACCEPT, body)
    assert_error(answer, 400, "NOT_ATHLETE", "consent")
    assert not cast.otto.memberships.exists()


def test_earlier_decision_stays_if_a_former_member_comes_back_unasked(cast: Cast):
    change_consent(cast.lea.athlete, cast.harbour, {"activities": False}, NOON)
    accept(create_link(cast), cast.lea)
    shared, _ = read_consent(cast, cast.lea)
    assert shared == {"activities": False, "health": False, "goals_and_plans": True}


def test_members_of_before_keep_what_they_share(cast: Cast):
    accept(create_link(cast), cast.ada)
    assert read_consent(cast, cast.ada) == (dict.fromkeys(Category, True), 0)


def read_mailed_token() -> str:
    [token] = re.findall(r"/join#(\S{43})", str(mail.outbox[-1].body))
    return str(token)


def test_link_answers_the_same_for_addresses_with_and_without_account(cast: Cast, settings: Any):
    settings.MAILS_JOIN_LINKS = True
    token = create_link(cast, max_uses=5)
    people = User.objects.count()
    answers = [
        accept(token, account=NEWCOMER | {"email": f"{name}@example.test"}) for name in ("otto", "none")
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content.replace(b"otto", b"none") == answers[1].content
    texts = [re.sub(r"#\S{43}", "", str(message.body)) for message in mail.outbox]
    assert texts[0] == texts[1]
    assert [message.to for message in mail.outbox] == [["otto@example.test"], ["none@example.test"]]
    assert User.objects.count() == people
    for address in ("otto", "none"):
        page = Client().post("/join/email", {"token": token, "email": f"{address}@example.test"})
        assert (page.status_code, page.headers["Location"]) == (302, "/sign-in")


def test_owner_of_the_address_joins_with_the_mailed_link(cast: Cast, settings: Any):
    settings.MAILS_JOIN_LINKS = True
    link = create_link(cast, max_uses=2)
    assert accept(link, account=NEWCOMER).status_code == 202
    first = read_mailed_token()
    assert accept(link, account=NEWCOMER).status_code == 202  # the mail did not arrive
    second = read_mailed_token()
    assert_error(accept(first, account=NEWCOMER), 400, "INVITATION_INVALID", "token")
    assert_error(
        accept(second, account=NEWCOMER | {"email": "x@example.test"}), 400, "INVITATION_INVALID", "token"
    )
    assert accept(second, account=NEWCOMER).status_code == 201
    assert accept(link, cast.otto).status_code == 200  # a person who is signed in needs no mail
    used_up = Invitation.objects.get(link=None)
    assert (used_up.uses, used_up.ended_at is None) == (2, False)


def test_mailed_links_end_with_the_link_and_are_not_listed(cast: Cast, settings: Any):
    settings.MAILS_JOIN_LINKS = True
    link = create_link(cast, max_uses=5)
    accept(link, account=NEWCOMER)
    address = org_url(cast.harbour, "invitations")
    [listed] = ApiClient(cast.hanna).get(address).json()["data"]
    assert listed["email"] is None
    assert (ApiClient(cast.hanna).delete(f"{address}/{listed['invitation_id']}").status_code) == 204
    assert_error(accept(read_mailed_token(), account=NEWCOMER), 400, "INVITATION_INVALID", "token")


def test_address_gets_three_of_these_mails_a_day(cast: Cast, settings: Any):
    settings.MAILS_JOIN_LINKS = True
    link = create_link(cast, max_uses=5)
    answers = [accept(link, account=NEWCOMER).status_code for _ in range(4)]
    assert (answers, len(mail.outbox)) == ([202, 202, 202, 429], 3)


def test_join_page_asks_a_new_person_for_the_address_first(cast: Cast, settings: Any):
    settings.MAILS_JOIN_LINKS = True
    link = create_link(cast)
    page = Client().post("/join/invitation", {"token": link}).content.decode()
    assert "Send me a link" in page
    assert 'name="password"' not in page
    Client().post("/join/email", {"token": link, "email": "new@example.test"})
    page = Client().post("/join/invitation", {"token": read_mailed_token()}).content.decode()
    assert 'value="new@example.test"' in page
    assert 'name="password"' in page


def test_head_coach_is_invited_and_takes_over(cast: Cast):
    token, waiting = create_link(cast, role="head_coach"), create_link(cast)
    assert accept(token, cast.otto).json()["data"]["role"] == "head_coach"
    assert cast.hanna.memberships.get().role == "coach"
    assert_error(accept(token, cast.zoe), 400, "INVITATION_INVALID", "token")
    assert_error(accept(waiting, cast.zoe), 400, "INVITATION_INVALID", "token")  # of the previous head coach


def test_member_who_is_invited_as_head_coach_leads_and_is_no_athlete(cast: Cast):
    assert accept(create_link(cast, role="head_coach"), cast.ada).json()["data"]["role"] == "head_coach"
    membership = cast.ada.memberships.get()
    assert (membership.role, membership.assigned_coach) == ("head_coach", None)
    assert not Athlete.objects.visible_to(cast.carl).filter(pk=cast.ada.pk).exists()


def test_head_coach_keeps_the_club_and_the_own_invitation(cast: Cast):
    token = create_link(cast, role="head_coach")
    assert accept(token, cast.hanna).json()["data"]["role"] == "head_coach"
    assert Invitation.objects.get().uses == 0


def test_first_coach_of_a_club_without_head_coach_leads_it(cast: Cast):
    club = Organization.objects.create(name="New Runners")  # as staff do in the admin
    answers = [
        ApiClient(cast.stella).send_json("post", org_url(club, "invitations"), {"role": role})
        for role in ("assistant_coach", "coach", "coach")
    ]
    tokens = [answer.json()["data"]["token"] for answer in answers]
    roles = [
        accept(token, user).json()["data"]["role"]
        for token, user in zip(tokens[:2], (cast.zoe, cast.otto), strict=True)
    ]
    assert roles == ["assistant_coach", "head_coach"]


def test_suspended_member_cannot_become_head_coach(cast: Cast):
    assert_error(accept(create_link(cast, role="head_coach"), cast.sam), 400, "INVITATION_INVALID", "token")
    assert cast.hanna.memberships.get().role == "head_coach"
