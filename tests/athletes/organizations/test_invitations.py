"""Ways into an organization: for one person by e-mail, for several by a link, until a limit or an instant."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from athletes.models import Athlete, Invitation, Membership, User
from athletes.roles import Role
from tests.athletes.organizations.test_organizations import data_version, of, version
from tests.support.cast import ApiClient, Cast
from tests.support.error_shape import assert_error

ACCEPT = "/api/v1/invitations/accept"
NEWCOMER = {
    "email": "New@example.test",
    "password": "seven wet horses",
    "display_name": "Nell",
    "timezone": "Asia/Tokyo",
}


def link(cast: Cast, **asked: Any) -> str:
    answer = ApiClient(cast.hanna).send_json("post", of(cast.harbour, "invitations"), asked)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["data"]["token"])


def accept(token: str, user: User | None = None, account: dict[str, str] | None = None) -> Any:
    return ApiClient(user).send_json("post", ACCEPT, {"token": token, **(account or {})})


def test_a_link_is_told_once_and_stored_as_a_digest(cast: Cast, settings: Any):
    settings.INVITATION_URL = "https://club.example.test/join"
    answer = ApiClient(cast.hanna).send_json("post", of(cast.harbour, "invitations"), {"max_uses": 30})
    told = answer.json()["data"]
    assert told["link"] == f"https://club.example.test/join#{told['token']}"
    assert told["token"] not in str(Invitation.objects.values().get())
    listed = ApiClient(cast.hanna).get(of(cast.harbour, "invitations")).json()["data"]
    assert listed == [{name: value for name, value in told.items() if name not in ("token", "link")}]
    assert (listed[0]["role"], listed[0]["email"], listed[0]["uses"]) == ("athlete", None, 0)


def test_somebody_with_an_account_joins_with_the_token_alone(cast: Cast):
    before = version(cast.harbour), data_version(cast.otto)
    answer = accept(link(cast), cast.otto)
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


def test_somebody_without_an_account_gets_one(cast: Cast):
    answer = accept(link(cast), account=NEWCOMER)
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
def test_an_account_that_is_not_as_documented_is_400_and_uses_nothing_up(
    cast: Cast, account: dict[str, str], field: str | None
):
    answer = accept(link(cast), account=account)
    assert answer.status_code == 400
    assert answer.json()["details"].get("field") == field
    assert Invitation.objects.get().uses == 0
    assert not User.objects.filter(email="new@example.test").exists()


def test_an_account_that_is_there_already_is_not_taken_over(cast: Cast):
    answer = accept(link(cast), account={**NEWCOMER, "email": "otto@example.test"})
    assert_error(answer, 400, "ACCOUNT_EXISTS", "email")
    assert not cast.otto.memberships.exists()
    assert Invitation.objects.get().uses == 0


def test_a_link_is_good_for_so_many_people(cast: Cast):
    token = link(cast, max_uses=2)
    assert [accept(token, user).status_code for user in (cast.otto, cast.zoe, cast.zora)] == [200, 200, 400]
    assert ApiClient(cast.hanna).get(of(cast.harbour, "invitations")).json()["data"] == []


def test_who_is_a_member_already_uses_nothing_up_and_stays_what_they_are(cast: Cast):
    token = link(cast)
    assert accept(token, cast.carl).json()["data"]["role"] == "coach"
    assert Invitation.objects.get().uses == 0


def test_who_has_left_comes_back_and_who_is_suspended_does_not(cast: Cast):
    token = link(cast, max_uses=5)
    assert accept(token, cast.lea).status_code == 200
    assert cast.lea.memberships.get().status == "active"
    assert_error(accept(token, cast.sam), 400, "INVITATION_INVALID", "token")
    assert cast.sam.memberships.get().status == "suspended"


def test_an_invitation_by_mail_is_for_that_address_only(cast: Cast):
    address = of(cast.harbour, "members", "invite")
    answer = ApiClient(cast.hanna).send_json("post", address, {"email": "Otto@Example.test", "role": "coach"})
    assert answer.status_code == 201
    told = answer.json()["data"]
    assert (told["email"], told["role"], told["max_uses"]) == ("otto@example.test", "coach", 1)
    assert "token" not in told
    [letter] = mail.outbox
    assert letter.to == ["otto@example.test"]
    assert "Harbour Runners" in letter.subject
    [token] = re.findall(r"http://testserver/join#(\S{43})", str(letter.body))
    assert_error(accept(token, cast.zoe), 400, "INVITATION_INVALID", "token")
    assert_error(accept(token, account=NEWCOMER), 400, "INVITATION_INVALID", "token")
    assert accept(token, cast.otto).json()["data"]["role"] == "coach"
    assert not Invitation.objects.exclude(email="").exists()  # an address is kept no longer than it is needed


def test_inviting_tells_nobody_whether_there_is_an_account(cast: Cast):
    address = of(cast.harbour, "members", "invite")
    answers = [
        ApiClient(cast.hanna).send_json("post", address, {"email": f"{name}@example.test"})
        for name in ("otto", "nobody")
    ]
    shapes = [{name: type(value) for name, value in answer.json()["data"].items()} for answer in answers]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert shapes[0] == shapes[1]
    assert not Membership.objects.filter(user=cast.otto).exists()


def test_a_server_without_mail_says_so_and_stores_nothing(cast: Cast, settings: Any):
    settings.SENDS_EMAIL = False
    address = of(cast.harbour, "members", "invite")
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


def test_every_invitation_that_does_not_work_has_the_same_answer(cast: Cast):
    tokens = [link(cast), link(cast), link(cast)]
    ended, expired, for_another = Invitation.objects.order_by("pk")
    assert ApiClient(cast.hanna).delete(of(cast.harbour, "invitations", ended.public_id)).status_code == 204
    Invitation.objects.filter(pk=expired.pk).update(expires_at=datetime.now(UTC))
    Invitation.objects.filter(pk=for_another.pk).update(email="else@example.test")
    answers = [accept(token, cast.otto) for token in (*tokens, "unknown", "x" * 100)]
    for answer in answers:
        assert_error(answer, 400, "INVITATION_INVALID", "token")
    assert len({answer.content for answer in answers}) == 1


def test_an_invitation_ends_at_its_instant(cast: Cast):
    token = link(cast)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=14, seconds=1)):
        assert_error(accept(token, cast.otto), 400, "INVITATION_INVALID", "token")
    assert accept(token, cast.otto).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"role": "head_coach"},
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
def test_a_link_that_is_not_as_documented_is_400(cast: Cast, asked: dict[str, Any]):
    assert ApiClient(cast.hanna).send_json("post", of(cast.harbour, "invitations"), asked).status_code == 400
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("carl", 403), ("asha", 403), ("ada", 403), ("zora", 403), ("stella", 201)]
)
def test_the_head_coach_invites_and_nobody_else(cast: Cast, who: str, status: int):
    api = ApiClient(getattr(cast, who))
    assert api.send_json("post", of(cast.harbour, "invitations"), {}).status_code == status
    assert (
        api.send_json("post", of(cast.harbour, "members", "invite"), {"email": "x@example.test"}).status_code
        == status
    )


def test_who_is_signed_in_sends_the_token_alone(cast: Cast):
    assert_error(accept(link(cast), cast.otto, {"email": "x@example.test"}), 400, "SIGNED_IN", "email")


def test_a_new_member_shares_everything_until_they_decide(cast: Cast):
    accept(link(cast, role=Role.ATHLETE.value), cast.otto)
    told = ApiClient(cast.otto).get(of(cast.harbour, "consent")).json()["data"]
    assert (told["activities"], told["health"], told["goals_and_plans"], told["history"]) == (
        True,
        True,
        True,
        [],
    )
    assert Athlete.objects.visible_to(cast.carl, "health").filter(pk=cast.otto.pk).exists()
