"""Coming in, going out, and what somebody decides about the own account, on pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from knox.models import AuthToken

from astral.ids import encode, new_id
from athletes.models import Athlete, Membership, User
from athletes.organizations.consent import load_consents
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.roles import Role
from tests.support.cast import PASSWORD, ApiClient, Cast, create_member
from tests.support.compare_pages import remove_form_token

OFTEN = settings.AXES_FAILURE_LIMIT


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def ada(cast: Cast) -> User:
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    return cast.ada


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"email": email, "password": password} | more)


def words(answer: Any) -> str:
    return remove_form_token(answer.content).decode()


def test_somebody_comes_in_with_address_and_password(ada: User):
    client = browser()
    answer = sign_in(client, " ADA@example.test ", next="/settings")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings")
    assert client.get("/settings").status_code == 200


def test_the_start_page_leads_everybody_to_a_page_that_is_there(cast: Cast):
    assert browser().get("/").headers["Location"] == "/sign-in"
    for user in (cast.carl, cast.ada, cast.otto, cast.stella):
        client = browser(user)
        assert client.get(client.get("/").headers["Location"]).status_code == 200


def test_the_session_of_before_is_not_the_session_of_after(ada: User):
    client = browser(User.objects.create_user("other@example.test"))
    before = client.session.session_key
    sign_in(client, ada.email)
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_nobody_learns_whether_there_is_an_account(ada: User):
    known, unknown = (sign_in(browser(), email, "wrong") for email in (ada.email, "eva@example.test"))
    assert "do not belong together" in words(known)
    assert words(known).replace(ada.email, "") == words(unknown).replace("eva@example.test", "")


def test_one_attempt_too_many_is_told_on_a_page_and_counts_for_the_api_too(ada: User):
    client = browser()
    for _ in range(OFTEN):
        answer = sign_in(client, ada.email, "wrong")
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.content.decode()
    assert int(answer.headers["Retry-After"]) == 900
    told = ApiClient().send_json("post", "/api/v1/auth/login", {"email": ada.email, "password": PASSWORD})
    assert told.status_code == 429


def test_nobody_is_led_elsewhere_after_signing_in(ada: User):
    assert sign_in(browser(), ada.email, next="https://evil.example/").headers["Location"] == "/"
    assert browser(ada).get("/sign-in?next=//evil.example").headers["Location"] == "/"


def test_what_is_missing_is_told_beside_its_field(db: None):
    page = browser().post("/sign-in", {"email": "ada@example.test"}).content.decode()
    assert 'id="error-password"' in page
    assert 'value="ada@example.test"' in page


def test_signing_out_ends_the_session(ada: User):
    client = browser(ada)
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/settings").status_code == 302


def test_settings_show_and_keep_what_was_chosen(ada: User):
    client = browser(ada)
    assert 'value="Europe/Madrid"' in client.get("/settings").content.decode()
    version = Athlete.objects.get(pk=ada.pk).data_version
    chosen = {"display_name": "Ada L.", "timezone": "Asia/Tokyo", "unit_system": "imperial"}
    assert client.post("/settings", chosen).status_code == 302
    athlete = Athlete.objects.select_related("user").get(pk=ada.pk)
    assert (athlete.user.display_name, athlete.timezone, athlete.unit_system) == tuple(chosen.values())
    assert athlete.timezone_confirmed
    assert athlete.data_version > version


def test_a_zone_nobody_knows_is_told_beside_its_field(ada: User):
    sent = {"display_name": "Ada", "timezone": "Mars/Base", "unit_system": "metric"}
    page = browser(ada).post("/settings", sent).content.decode()
    assert 'id="error-timezone"' in page
    assert 'value="Mars/Base"' in page
    assert Athlete.objects.get(pk=ada.pk).timezone == "Europe/Madrid"


def test_a_new_password_ends_everything_but_this_session(ada: User):
    here, there, token = browser(), browser(), ApiClient(ada)
    for client in (here, there):
        sign_in(client, ada.email)
    answer = here.post(
        "/settings/password", {"current_password": PASSWORD, "password": "a longer way to run"}
    )
    assert answer.status_code == 302
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 302
    assert token.get("/api/v1/auth/me").status_code == 401
    assert sign_in(browser(), ada.email, "a longer way to run").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"current_password": "wrong", "password": "a longer way to run"}, "current_password"),
        ({"password": "a longer way to run"}, "current_password"),
        ({"current_password": PASSWORD, "password": "short"}, "password"),
        ({"current_password": PASSWORD, "password": "12345678901"}, "password"),
    ],
)
def test_a_password_that_will_not_do_is_told_beside_its_field(ada: User, sent: dict[str, str], field: str):
    page = browser(ada).post("/settings/password", sent).content.decode()
    assert re.findall(r'id="error-(\w+)"', page) == [field]
    assert User.objects.get(pk=ada.pk).check_password(PASSWORD)


def test_a_token_is_shown_once_and_ended(ada: User):
    client = browser(ada)
    page = client.post("/settings/tokens").content.decode()
    [token] = re.findall(r'class="secret">(\w+)<', page)
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/auth/me").status_code == 200
    assert token not in client.get("/settings/tokens").content.decode()
    client.post("/settings/tokens/end", {"token_key": token[:15]})
    assert not AuthToken.objects.filter(user=ada).exists()


def test_nobody_ends_the_token_of_another(ada: User, cast: Cast):
    token = ApiClient(cast.ben).token
    browser(ada).post("/settings/tokens/end", {"token_key": token[:15]})
    assert AuthToken.objects.filter(user=cast.ben).exists()


def test_signing_out_everywhere_ends_tokens_and_sessions(ada: User):
    here, there, token = browser(ada), browser(ada), ApiClient(ada)
    here.post("/settings/sign-out-everywhere")
    assert [client.get("/settings").status_code for client in (here, there)] == [302, 302]
    assert token.get("/api/v1/auth/me").status_code == 401


def test_an_athlete_decides_what_each_club_sees(cast: Cast):
    create_member(cast.ada, cast.hill)
    client = browser(cast.ada)
    assert client.get("/settings/sharing").content.decode().count(" checked") == 6
    assert client.post(f"/settings/sharing/{cast.harbour.public_id}", {"activities": "on"}).status_code == 302
    told = load_consents(cast.ada.athlete, cast.harbour)
    assert told == {"activities": True, "health": False, "goals_and_plans": False}
    assert all(load_consents(cast.ada.athlete, cast.hill).values())
    assert client.get("/settings/sharing").content.decode().count(" checked") == 4


def test_somebody_takes_everything_along_and_is_gone(ada: User):
    client = browser(ada)
    [archive] = re.findall(r'href="(\S+/export)"', client.get("/settings/data").content.decode())
    assert client.get(archive).headers["Content-Type"] == "application/zip"
    unsure = client.post("/settings/data", {"password": PASSWORD}).content.decode()
    assert re.findall(r'id="error-(\w+)"', unsure) == ["sure"]
    wrong = client.post("/settings/data", {"password": "wrong", "sure": "on"}).content.decode()
    assert re.findall(r'id="error-(\w+)"', wrong) == ["password"]
    gone = client.post("/settings/data", {"password": PASSWORD, "sure": "on"}, follow=True)
    assert "Your account is deleted" in gone.content.decode()
    assert not User.objects.filter(pk=ada.pk).exists()


def test_who_leads_a_club_hands_it_over_before_going(cast: Cast):
    page = browser(cast.hanna).post("/settings/data", {"sure": "on"}).content.decode()
    assert "Hand over the organizations" in page
    assert User.objects.filter(pk=cast.hanna.pk).exists()


def token_of(cast: Cast, role: str = Role.ATHLETE) -> str:
    now = datetime.now(UTC)
    return create_invitation(cast.harbour, InvitationOffer(role, now + timedelta(days=1)), cast.hanna, now)[1]


def test_an_invitation_is_accepted_with_the_account_one_has(cast: Cast):
    answer = browser(cast.otto).post("/join", {"token": token_of(cast)})
    assert answer.headers["Location"] == "/settings/sharing"
    assert Membership.objects.get(user=cast.otto).organization == cast.harbour


def test_an_invitation_is_accepted_with_a_new_account_which_is_signed_in(cast: Cast):
    client = browser()
    account = {
        "email": "new@example.test",
        "password": "seven wet horses",
        "display_name": "",
        "timezone": "Asia/Tokyo",
    }
    assert client.post("/join", {"token": token_of(cast)} | account).status_code == 302
    newcomer = User.objects.get(email="new@example.test")
    assert newcomer.athlete.timezone == "Asia/Tokyo"
    assert "Harbour Runners" in client.get("/settings/sharing").content.decode()


def test_an_invitation_that_is_none_is_told_beside_its_field(cast: Cast):
    page = browser(cast.otto).post("/join", {"token": "x"}).content.decode()
    assert 'id="error-token"' in page
    assert not Membership.objects.filter(user=cast.otto).exists()


def test_somebody_leaves_a_club_when_sure_and_the_head_coach_hands_over_first(cast: Cast):
    address = f"/settings/sharing/{cast.harbour.public_id}/leave"
    left = Membership.objects.filter(status="left", organization=cast.harbour)
    before = left.count()
    assert "Tick the box first" in browser(cast.ada).post(address, follow=True).content.decode()
    told = browser(cast.hanna).post(address, {"sure": "on"}, follow=True).content.decode()
    assert "hands the organization over first" in told
    assert left.count() == before
    told = browser(cast.ada).post(address, {"sure": "on"}, follow=True).content.decode()
    assert "You have left Harbour Runners" in told
    assert left.filter(user=cast.ada).exists()


def test_an_error_keeps_the_menu_of_who_is_signed_in_and_of_nobody_else(cast: Cast):
    for path, status in (("/nowhere", 404), ("/upload?color=red", 400)):
        answer = browser(cast.ada).get(path)
        page = answer.content.decode()
        assert answer.status_code == status
        assert 'action="/sign-out"' in page
        assert 'href="/home"' in page
        assert "Cookie" in answer.headers["Vary"]
    assert 'action="/sign-out"' not in browser().get("/nowhere").content.decode()


def test_a_menu_that_cannot_be_told_is_left_out_and_the_error_told(cast: Cast):
    client = browser(cast.ada)
    client.cookies[settings.SESSION_COOKIE_NAME] = "not a session"
    assert client.get("/nowhere").status_code == 404
    client = browser(cast.ada)
    with connection.execute_wrapper(away):
        answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert 'action="/sign-out"' not in answer.content.decode()


def away(*_: Any) -> None:
    raise OperationalError


@pytest.mark.parametrize("path", ["/coach/", "/coach/groups", "/coach/club", "/coach/groups/grp_1"])
def test_an_athlete_on_a_page_for_coaches_is_told_so(cast: Cast, path: str):
    address = path.replace("grp_1", encode("grp", new_id()))
    answer = browser(cast.ada).get(address)
    assert answer.status_code in (403, 404)
    assert "<h1>This page is for coaches</h1>" in answer.content.decode()
    assert "This page is for coaches" not in browser(cast.carl).get("/nowhere").content.decode()


def test_what_the_pages_cost(cast: Cast, django_assert_num_queries: Any):
    create_member(cast.ada, cast.hill)
    client = browser(cast.ada)
    with django_assert_num_queries(4):  # session, person, athlete, memberships
        client.get("/settings")
    with django_assert_num_queries(6):  # and memberships as an athlete, consents
        client.get("/settings/sharing")
    with django_assert_num_queries(5):  # and tokens
        client.get("/settings/tokens")
