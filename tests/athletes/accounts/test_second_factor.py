"""The second factor: add an app, sign in with its code on pages and by the API, recovery codes, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from athletes.accounts.second_factor.authenticators import has_second_factor, remove_all_factors
from athletes.models import SignInCounter, User
from tests.athletes.accounts.test_secrets import stored_rows_with
from tests.support.cast import NOON, PASSWORD, ApiClient, Cast
from tests.support.email_jobs import send_queued_emails
from tests.support.error_shape import assert_error
from tests.support.second_factor import give_app, show_code

HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def read_clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ada(cast: Cast) -> User:
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    return cast.ada


@pytest.fixture
def secret(ada: User, clock: Any) -> str:
    secret = give_app(ada, read_clock())[0]
    clock.shift(timedelta(minutes=2))
    return secret


def send_password(client: Client, **more: str) -> Any:
    return client.post("/sign-in", {"email": "ada@example.test", "password": PASSWORD} | more)


def send_code(client: Client, code: str, **more: str) -> Any:
    return client.post("/sign-in/second-factor", {"code": code} | more)


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/settings").status_code == 200)


def call_sign_in(password: str = PASSWORD) -> Any:
    body = {"email": "ada@example.test", "password": password}
    return ApiClient().send_json("post", "/api/v1/auth/login", body)


def call_second_step(challenge: str, code: str) -> Any:
    body = {"challenge": challenge, "code": code}
    return ApiClient().send_json("post", "/api/v1/auth/login/second_factor", body)


def read_recovery_codes(page: Any) -> list[str]:
    [codes] = re.findall(r'class="secret">([\d ]+)<', page.content.decode())
    return str(codes).split()


def test_person_adds_an_app_and_gets_recovery_codes_once(ada: User):
    browser = Client()
    send_password(browser)
    form = browser.get("/settings/security/app").content.decode()
    assert 'src="data:image/svg+xml;base64,' in form
    [shown] = re.findall(r'class="secret">([A-Z2-7 ]+)<', form)
    code = show_code(shown.replace(" ", ""), read_clock())
    wrong = browser.post("/settings/security/app", {"code": "000000", "password": PASSWORD})
    assert re.findall(r'id="error-(\w+)"', wrong.content.decode()) == ["code"]
    wrong = browser.post("/settings/security/app", {"code": code, "password": "wrong"})
    assert re.findall(r'id="error-(\w+)"', wrong.content.decode()) == ["password"]
    added = browser.post("/settings/security/app", {"code": code, "password": PASSWORD})
    assert len(read_recovery_codes(added)) == 10
    overview = browser.get("/settings/security").content.decode()
    assert "Authenticator app" in overview
    assert "10 unused codes" in overview
    assert 'class="secret"' not in overview
    assert [message.subject for message in send_queued_emails()] == ["A second factor was added"]


def test_secret_of_an_app_is_stored_encrypted(ada: User, secret: str):
    assert stored_rows_with(secret) == []
    assert stored_rows_with("gAAAA") == ["mfa_authenticator.data"]


def test_sign_in_needs_the_code_of_the_app(ada: User, secret: str):
    browser = Client()
    answer = send_password(browser, next="/settings/tokens")
    assert answer.headers["Location"] == "/sign-in/second-factor?next=%2Fsettings%2Ftokens"
    assert not is_signed_in(browser)
    assert "device" not in browser.cookies
    assert 'value="/settings/tokens"' in browser.get(answer.headers["Location"]).content.decode()
    assert "This code is wrong" in send_code(browser, "000000").content.decode()
    assert not is_signed_in(browser)
    answer = send_code(browser, show_code(secret, read_clock()), next="/settings/tokens")
    assert answer.headers["Location"] == "/settings/tokens"
    assert is_signed_in(browser)
    assert "device" in browser.cookies


@pytest.mark.parametrize(
    ("seconds", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_clock_of_the_phone_may_be_half_a_minute_off(ada: User, secret: str, seconds: int, is_right: bool):
    browser = Client()
    send_password(browser)
    send_code(browser, show_code(secret, read_clock() + timedelta(seconds=seconds)))
    assert is_signed_in(browser) == is_right


def test_code_works_once_also_without_redis(ada: User, secret: str, settings: Any):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere.sock?db=0"}}
    code = show_code(secret, read_clock())
    for is_right in (True, False):
        browser = Client()
        send_password(browser)
        send_code(browser, code)
        assert is_signed_in(browser) == is_right


def test_recovery_code_works_once_and_the_owner_is_told(ada: User, clock: Any):
    code = give_app(ada, read_clock())[1][3]
    send_queued_emails()
    for is_right in (True, False):
        browser = Client()
        send_password(browser)
        send_code(browser, f"{code[:4]}-{code[4:]}")
        assert is_signed_in(browser) == is_right
    assert [message.subject for message in send_queued_emails()] == ["A recovery code was used"]


def test_first_step_ends_after_five_minutes_and_with_the_password(ada: User, secret: str, clock: Any):
    late, changed = Client(), Client()
    send_password(late)
    clock.shift(timedelta(minutes=5, seconds=1))
    send_password(changed)
    User.objects.get(pk=ada.pk).save()
    ada.set_password("a longer way to run")
    ada.save()
    for browser in (late, changed):
        assert send_code(browser, show_code(secret, read_clock())).headers["Location"] == "/sign-in"
        assert not is_signed_in(browser)


def test_second_step_without_the_first_goes_to_the_sign_in_page(db: None):
    assert Client().get("/sign-in/second-factor").headers["Location"] == "/sign-in"
    assert send_code(Client(), "123456").headers["Location"] == "/sign-in"


def test_wrong_codes_are_limited_and_the_owner_is_told(ada: User, secret: str, clock: Any):
    send_queued_emails()
    browser = Client()
    send_password(browser)
    for _ in range(10):
        assert "This code is wrong" in send_code(browser, "000000").content.decode()
    assert "Too many wrong codes" in send_code(browser, show_code(secret, read_clock())).content.decode()
    other = call_second_step(call_sign_in().json()["details"]["challenge"], show_code(secret, read_clock()))
    assert_error(other, 429, "TOO_MANY_ATTEMPTS", field="code")
    assert [message.subject for message in send_queued_emails()] == ["Somebody has your password"]
    clock.shift(timedelta(minutes=15))
    send_password(browser)
    send_code(browser, show_code(secret, read_clock()))
    assert is_signed_in(browser)


def test_right_password_of_the_first_step_is_no_failure(ada: User, secret: str):
    for _ in range(30):
        assert send_password(Client()).status_code == 302
    assert not SignInCounter.objects.filter(account=ada.email, failures__gt=0).exists()


def test_api_signs_in_in_two_steps(ada: User, secret: str):
    first = call_sign_in()
    assert_error(first, 401, "SECOND_FACTOR_REQUIRED")
    challenge = first.json()["details"]["challenge"]
    assert_error(call_second_step(challenge, "000000"), 401, "WRONG_CODE", field="code")
    assert_error(call_second_step(f"{challenge}x", "000000"), 401, "CHALLENGE_INVALID", field="challenge")
    answer = call_second_step(challenge, show_code(secret, read_clock()))
    assert answer.json()["user_id"] == ada.public_id
    token = answer.json()["access_token"]
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/auth/me").status_code == 200


def test_api_challenge_ends_after_five_minutes(ada: User, secret: str, clock: Any):
    challenge = call_sign_in().json()["details"]["challenge"]
    clock.shift(timedelta(minutes=5, seconds=1))
    answer = call_second_step(challenge, show_code(secret, read_clock()))
    assert_error(answer, 401, "CHALLENGE_INVALID", field="challenge")


def test_wrong_password_gives_no_challenge(ada: User, secret: str):
    assert_error(call_sign_in("wrong"), 401, "INVALID_CREDENTIALS")


def test_new_recovery_codes_end_the_old_ones(ada: User, secret: str):
    browser = Client()
    browser.force_login(ada, "django.contrib.auth.backends.ModelBackend")
    first = read_recovery_codes(browser.post("/settings/security/codes", {"password": PASSWORD}))
    second = read_recovery_codes(browser.post("/settings/security/codes", {"password": PASSWORD}))
    assert not set(first) & set(second)
    assert (
        "This password is wrong."
        in browser.post("/settings/security/codes", {"password": "x"}).content.decode()
    )
    challenge = call_sign_in().json()["details"]["challenge"]
    assert_error(call_second_step(challenge, first[0]), 401, "WRONG_CODE", field="code")
    assert call_second_step(challenge, second[0]).status_code == 200


def test_removing_the_last_factor_removes_the_recovery_codes(ada: User, secret: str):
    browser = Client()
    browser.force_login(ada, "django.contrib.auth.backends.ModelBackend")
    app = Authenticator.objects.get(user=ada, type="totp")
    form = {"factor_id": str(app.pk), "password": "wrong"}
    assert "This password is wrong." in browser.post("/settings/security/remove", form).content.decode()
    assert browser.post("/settings/security/remove", form | {"password": PASSWORD}).status_code == 302
    assert not Authenticator.objects.exists()
    assert send_password(Client()).headers["Location"] == "/"


def test_nobody_removes_the_factor_of_somebody_else(ada: User, secret: str, cast: Cast):
    browser = Client()
    browser.force_login(cast.ben)
    app = Authenticator.objects.get(user=ada, type="totp")
    page = browser.post("/settings/security/remove", {"factor_id": str(app.pk)}).content.decode()
    assert "has been removed already" in page
    assert has_second_factor(ada)


def test_staff_remove_all_factors(ada: User, secret: str):
    remove_all_factors(ada)
    assert not Authenticator.objects.exists()


def test_another_secret_key_refuses_codes_plainly(ada: User, secret: str, settings: Any):
    browser = Client()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "x" * 50
    send_password(browser)
    send_code(browser, show_code(secret, read_clock()))
    assert is_signed_in(browser)
    settings.SECRET_KEY_FALLBACKS = []
    browser = Client()
    send_password(browser)
    assert "This server cannot check codes" in send_code(browser, "123456").content.decode()
