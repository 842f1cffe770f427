"""Account pages: sign-in, settings, password, tokens, sharing, personal data, and joining a club."""

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

FAILURE_LIMIT = settings.AXES_FAILURE_LIMIT


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


def test_sign_in_accepts_email_with_capitals_and_spaces(ada: User):
    client = browser()
    answer = sign_in(client, " ADA@example.test ", next="/settings")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings")
    assert client.get("/settings").status_code == 200


def test_start_page_redirects_every_role_to_an_existing_page(cast: Cast):
    assert browser().get("/").headers["Location"] == "/sign-in"
    for user in (cast.carl, cast.ada, cast.otto, cast.stella):
        client = browser(user)
        assert client.get(client.get("/").headers["Location"]).status_code == 200


def test_sign_in_starts_a_new_session(ada: User):
    client = browser(User.objects.create_user("other@example.test"))
    before = client.session.session_key
    sign_in(client, ada.email)
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_sign_in_error_does_not_reveal_whether_account_exists(ada: User):
    known, unknown = (sign_in(browser(), email, "wrong") for email in (ada.email, "eva@example.test"))
    assert "Wrong e-mail or password." in words(known)
    assert words(known).replace(ada.email, "") == words(unknown).replace("eva@example.test", "")


def test_too_many_attempts_show_an_error_page_and_lock_the_api(ada: User):
    client = browser()
    for _ in range(FAILURE_LIMIT):
        answer = sign_in(client, ada.email, "wrong")
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.content.decode()
    assert int(answer.headers["Retry-After"]) == 900
    answer = ApiClient().send_json("post", "/api/v1/auth/login", {"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 429


def test_sign_in_does_not_redirect_to_another_host(ada: User):
    assert sign_in(browser(), ada.email, next="https://evil.example/").headers["Location"] == "/"
    assert browser(ada).get("/sign-in?next=//evil.example").headers["Location"] == "/"


def test_sign_in_shows_missing_password_beside_its_field(db: None):
    page = browser().post("/sign-in", {"email": "ada@example.test"}).content.decode()
    assert 'id="error-password"' in page
    assert 'value="ada@example.test"' in page


def test_sign_out_ends_the_session(ada: User):
    client = browser(ada)
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/settings").status_code == 302


def test_settings_page_shows_and_stores_values(ada: User):
    client = browser(ada)
    assert 'value="Europe/Madrid"' in client.get("/settings").content.decode()
    version = Athlete.objects.get(pk=ada.pk).data_version
    chosen = {"display_name": "Ada L.", "timezone": "Asia/Tokyo", "unit_system": "imperial"}
    assert client.post("/settings", chosen).status_code == 302
    athlete = Athlete.objects.select_related("user").get(pk=ada.pk)
    assert (athlete.user.display_name, athlete.timezone, athlete.unit_system) == tuple(chosen.values())
    assert athlete.timezone_confirmed
    assert athlete.data_version > version
    assert athlete.privacy_radius_m == 200
    assert client.post("/settings", chosen | {"privacy_radius": "1000"}).status_code == 302
    assert Athlete.objects.get(pk=ada.pk).privacy_radius_m == 1000
    assert re.search(r'value="1000"[^>]* checked', client.get("/settings").content.decode())
    assert (
        "“150” is not one of" in client.post("/settings", chosen | {"privacy_radius": "150"}).content.decode()
    )


def test_settings_page_shows_unknown_time_zone_beside_its_field(ada: User):
    sent = {"display_name": "Ada", "timezone": "Mars/Base", "unit_system": "metric"}
    page = browser(ada).post("/settings", sent).content.decode()
    assert 'id="error-timezone"' in page
    assert 'value="Mars/Base"' in page
    assert "Type a large city near you, such as Madrid." in page
    assert Athlete.objects.get(pk=ada.pk).timezone == "Europe/Madrid"


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Tokyo", "Asia/Tokyo"),
        (" são  paulo ", "America/Sao_Paulo"),
        ("new york", "America/New_York"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("europe/berlin", "Europe/Berlin"),
        ("utc", "UTC"),
    ],
)
def test_settings_page_finds_a_time_zone_by_its_city(ada: User, typed: str, zone: str):
    sent = {"display_name": "Ada", "timezone": typed, "unit_system": "metric"}
    assert browser(ada).post("/settings", sent).status_code == 302
    assert Athlete.objects.get(pk=ada.pk).timezone == zone


def test_password_change_ends_all_other_sessions_and_tokens(ada: User):
    browser_1, browser_2, token = browser(), browser(), ApiClient(ada)
    for client in (browser_1, browser_2):
        sign_in(client, ada.email)
    answer = browser_1.post(
        "/settings/password", {"current_password": PASSWORD, "password": "a longer way to run"}
    )
    assert answer.status_code == 302
    assert browser_1.get("/settings").status_code == 200
    assert browser_2.get("/settings").status_code == 302
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
def test_password_page_shows_error_beside_its_field(ada: User, sent: dict[str, str], field: str):
    page = browser(ada).post("/settings/password", sent).content.decode()
    assert re.findall(r'id="error-(\w+)"', page) == [field]
    assert User.objects.get(pk=ada.pk).check_password(PASSWORD)


def test_token_is_shown_once_and_can_be_ended(ada: User):
    client = browser(ada)
    page = client.post("/settings/tokens").content.decode()
    [token] = re.findall(r'class="secret">(\w+)<', page)
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/auth/me").status_code == 200
    assert token not in client.get("/settings/tokens").content.decode()
    client.post("/settings/tokens/end", {"token_key": token[:15]})
    assert not AuthToken.objects.filter(user=ada).exists()


def test_user_cannot_end_the_token_of_another_user(ada: User, cast: Cast):
    token = ApiClient(cast.ben).token
    browser(ada).post("/settings/tokens/end", {"token_key": token[:15]})
    assert AuthToken.objects.filter(user=cast.ben).exists()


def test_sign_out_everywhere_ends_tokens_and_sessions(ada: User):
    browser_1, browser_2, token = browser(ada), browser(ada), ApiClient(ada)
    browser_1.post("/settings/sign-out-everywhere")
    assert [client.get("/settings").status_code for client in (browser_1, browser_2)] == [302, 302]
    assert token.get("/api/v1/auth/me").status_code == 401


def test_sharing_page_stores_consent_per_club(cast: Cast):
    create_member(cast.ada, cast.hill)
    client = browser(cast.ada)
    assert client.get("/settings/sharing").content.decode().count(" checked") == 6
    assert client.post(f"/settings/sharing/{cast.harbour.public_id}", {"activities": "on"}).status_code == 302
    assert load_consents(cast.ada.athlete, cast.harbour) == {
        "activities": True,
        "health": False,
        "goals_and_plans": False,
    }
    assert all(load_consents(cast.ada.athlete, cast.hill).values())
    assert client.get("/settings/sharing").content.decode().count(" checked") == 4


def test_data_page_offers_the_archive_and_deletes_the_account(ada: User):
    client = browser(ada)
    [archive] = re.findall(r'href="(\S+/export)"', client.get("/settings/data").content.decode())
    assert client.get(archive).headers["Content-Type"] == "application/zip"
    unsure = client.post("/settings/data", {"password": PASSWORD}).content.decode()
    assert re.findall(r'id="error-(\w+)"', unsure) == ["sure"]
    wrong = client.post("/settings/data", {"password": "wrong", "sure": "on"}).content.decode()
    assert re.findall(r'id="error-(\w+)"', wrong) == ["password"]
    assert "checked" not in wrong
    confirmed = client.post("/settings/data", {"password": PASSWORD, "sure": "on"}, follow=True)
    assert "Your account and all data about you are deleted." in confirmed.content.decode()
    assert not User.objects.filter(pk=ada.pk).exists()


def test_data_page_refuses_to_delete_a_head_coach(cast: Cast):
    page = browser(cast.hanna).post("/settings/data", {"sure": "on"}).content.decode()
    assert "Hand it over first" in page
    assert User.objects.filter(pk=cast.hanna.pk).exists()


def token_of(cast: Cast, role: str = Role.ATHLETE) -> str:
    now = datetime.now(UTC)
    return create_invitation(cast.harbour, InvitationOffer(role, now + timedelta(days=1)), cast.hanna, now)[1]


def test_join_page_adds_a_signed_in_user_to_the_club(cast: Cast):
    answer = browser(cast.otto).post("/join", {"token": token_of(cast), "health": "on"})
    assert answer.headers["Location"] == "/"
    assert Membership.objects.get(user=cast.otto).organization == cast.harbour
    assert load_consents(cast.otto.athlete, cast.harbour) == {
        "activities": False,
        "health": True,
        "goals_and_plans": False,
    }


def test_invitation_names_club_and_maker_and_ticks_nothing(cast: Cast):
    token = token_of(cast)
    page = browser().post("/join/invitation", {"token": token}).content.decode()
    assert "<bdi>Hanna</bdi> invites you to <bdi>Harbour Runners</bdi>" in page
    assert re.findall(r'type="checkbox" name="(\w+)"', page) == ["activities", "health", "goals_and_plans"]
    assert "checked" not in page
    assert re.findall(rf'<input type="(\w+)" name="token" value="{token}"', page) == ["hidden"]
    assert "3 people today" in page
    for_coach = browser().post("/join/invitation", {"token": token_of(cast, Role.COACH)}).content.decode()
    assert "checkbox" not in for_coach


def test_join_page_asks_for_a_name(cast: Cast):
    account = {"email": "new@example.test", "password": "seven wet horses"}
    page = browser().post("/join", {"token": token_of(cast), "activities": "on", **account}).content.decode()
    assert re.findall(r'id="error-(\w+)"', page) == ["display_name"]
    assert re.findall(r'name="(\w+)"[^>]* checked', page) == ["activities"]
    assert not User.objects.filter(email="new@example.test").exists()


def test_invitation_says_that_it_does_not_end_a_suspension(cast: Cast):
    page = browser(cast.sam).post("/join/invitation", {"token": token_of(cast)}).content.decode()
    assert "An invitation does not end that" in page
    assert ">Join</button>" not in page


def test_join_page_creates_an_account_and_signs_it_in(cast: Cast):
    client = browser()
    account = {
        "email": "new@example.test",
        "password": "seven wet horses",
        "display_name": "Nell",
        "timezone": "tokyo",
    }
    assert client.post("/join", {"token": token_of(cast)} | account).status_code == 302
    newcomer = User.objects.get(email="new@example.test")
    assert newcomer.athlete.timezone == "Asia/Tokyo"
    assert "Harbour Runners" in client.get("/settings/sharing").content.decode()


def test_join_page_shows_invalid_token_beside_its_field(cast: Cast):
    for address in ("/join", "/join/invitation"):
        page = browser(cast.otto).post(address, {"token": "x"}).content.decode()
        assert 'id="error-token"' in page
    assert not Membership.objects.filter(user=cast.otto).exists()


def test_suspended_member_reads_what_suspension_means(cast: Cast):
    page = browser(cast.sam).get("/settings/sharing").content.decode()
    assert "Suspended: you cannot see this club" in page
    assert "Suspended:" not in browser(cast.ada).get("/settings/sharing").content.decode()
    Membership.objects.filter(user=cast.carl).update(status="suspended")
    refused = browser(cast.carl).get("/coach/club")
    assert (
        refused.status_code,
        "Your membership of Harbour Runners is suspended." in refused.content.decode(),
    ) == (
        404,
        True,
    )


def test_leaving_a_club_needs_confirmation_and_no_head_coach_role(cast: Cast):
    address = f"/settings/sharing/{cast.harbour.public_id}/leave"
    left = Membership.objects.filter(status="left", organization=cast.harbour)
    before = left.count()
    assert "Tick the box to confirm" in browser(cast.ada).post(address, follow=True).content.decode()
    text = browser(cast.hanna).post(address, {"sure": "on"}, follow=True).content.decode()
    assert "must hand the organization over first" in text
    assert left.count() == before
    text = browser(cast.ada).post(address, {"sure": "on"}, follow=True).content.decode()
    assert "You have left Harbour Runners" in text
    assert left.filter(user=cast.ada).exists()


def test_error_page_shows_the_menu_only_to_signed_in_users(cast: Cast):
    for path, status in (("/nowhere", 404), ("/upload?color=red", 400)):
        answer = browser(cast.ada).get(path)
        page = answer.content.decode()
        assert answer.status_code == status
        assert 'action="/sign-out"' in page
        assert 'href="/home"' in page
        assert "Cookie" in answer.headers["Vary"]
    assert 'action="/sign-out"' not in browser().get("/nowhere").content.decode()


def test_error_page_omits_the_menu_if_it_cannot_be_loaded(cast: Cast):
    client = browser(cast.ada)
    client.cookies[settings.SESSION_COOKIE_NAME] = "not a session"
    assert client.get("/nowhere").status_code == 404
    client = browser(cast.ada)
    with connection.execute_wrapper(fail_as_unreachable):
        answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert 'action="/sign-out"' not in answer.content.decode()


def fail_as_unreachable(*_: Any) -> None:
    raise OperationalError


@pytest.mark.parametrize("path", ["/coach/", "/coach/groups", "/coach/club", "/coach/groups/grp_1"])
def test_coaching_page_tells_athletes_that_it_is_for_coaches(cast: Cast, path: str):
    address = path.replace("grp_1", encode("grp", new_id()))
    answer = browser(cast.ada).get(address)
    assert answer.status_code in (403, 404)
    assert "<h1>This page is for coaches</h1>" in answer.content.decode()
    assert "This page is for coaches" not in browser(cast.carl).get("/nowhere").content.decode()


def test_pages_make_a_fixed_number_of_statements(cast: Cast, django_assert_num_queries: Any):
    create_member(cast.ada, cast.hill)
    client = browser(cast.ada)
    with django_assert_num_queries(4):  # session, person, athlete, memberships
        client.get("/settings")
    with django_assert_num_queries(7):  # and memberships as an athlete, consents, the permission of staff
        client.get("/settings/sharing")
    with django_assert_num_queries(7):  # and tokens, browsers, their sessions
        client.get("/settings/tokens")
