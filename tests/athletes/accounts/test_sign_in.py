"""The sign-in call: the same answer for every failure, and a limit on attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client, RequestFactory
from knox.models import AuthToken

from astral.http.middleware.caller import get_client_address
from athletes.models import User
from tests.support.cast import PASSWORD, Cast
from tests.support.error_shape import assert_error

LOGIN, ME = "/api/v1/auth/login", "/api/v1/auth/me"


@pytest.fixture
def ada(cast: Cast, settings: Any) -> User:
    """Ada with a password. The limit is three attempts, because each one computes a slow argon2 hash."""
    settings.AXES_FAILURE_LIMIT = 3
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    return cast.ada


def sign_in(email: str, password: str = PASSWORD, **headers: str) -> Any:
    account = {"email": email, "password": password}
    return Client().post(LOGIN, account, content_type="application/json", headers=headers)


def me(token: str) -> Any:
    return Client().get(ME, headers={"Authorization": f"Bearer {token}"})


def lock(email: str) -> Any:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(email, "a guess")
    return answer


def test_sign_in_returns_a_token_without_envelope(ada: User):
    answer = sign_in("ada@example.test")
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"access_token", "token_type", "expires_at", "user_id"}
    assert body["token_type"] == "Bearer"
    assert body["user_id"] == ada.public_id
    assert body["expires_at"].endswith("Z")
    lasts = datetime.fromisoformat(body["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=29) < lasts <= timedelta(days=30)
    assert me(body["access_token"]).json()["user_id"] == ada.public_id


@pytest.mark.parametrize("spelling", ["ADA@example.test", "Ada@Example.Test", "  ada@example.test "])
def test_sign_in_ignores_capitals_and_spaces_around_the_address(ada: User, spelling: str):
    assert sign_in(spelling).status_code == 200


def test_sign_in_stores_last_login(ada: User):
    sign_in("ada@example.test")
    ada.refresh_from_db()
    assert ada.last_login is not None


def test_token_is_stored_only_as_digest(ada: User):
    token = sign_in("ada@example.test").json()["access_token"]
    [row] = AuthToken.objects.values()
    assert token not in str(row)
    assert len(row["token_key"]) < len(token) / 2


def test_every_failed_sign_in_has_the_same_answer(ada: User, cast: Cast):
    cast.ben.set_password(PASSWORD)
    cast.ben.is_active = False
    cast.ben.save()
    answers = [
        sign_in("ada@example.test", "a guess"),
        sign_in("nobody@example.test"),
        sign_in("ben@example.test"),  # inactive account
        sign_in("zoe@example.test"),  # account without a password
        sign_in("not an address"),
    ]
    for answer in answers:
        assert_error(answer, 401, "INVALID_CREDENTIALS")
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "x"}, "email"),
        ({"email": "ada@example.test"}, "password"),
        ({"email": "", "password": "x"}, "email"),
        ({"email": "a\0b", "password": "x"}, "email"),
        ({"email": "a" * 255, "password": "x"}, "email"),
        ({"email": "ada@example.test", "password": "x" * 257}, "password"),
        ({"email": ["ada@example.test"], "password": "x"}, "email"),
        ({"email": "ada@example.test", "password": 1}, "password"),
        ({"email": "ada@example.test", "password": "x", "remember": True}, "remember"),
    ],
)
def test_sign_in_with_invalid_body_is_400(db: None, body: dict[str, Any], field: str):
    answer = Client().post(LOGIN, body, content_type="application/json")
    assert answer.json()["details"]["field"] == field
    assert_error(answer, 400, answer.json()["details"]["code"], field)


def test_sign_in_is_locked_even_for_the_right_password(ada: User):
    last = lock("ada@example.test")
    assert_error(last, 429, "TOO_MANY_ATTEMPTS")
    assert last.headers["Retry-After"] == str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    assert_error(sign_in("ada@example.test"), 429, "TOO_MANY_ATTEMPTS")


def test_capitals_in_the_address_give_no_extra_attempts(ada: User):
    spellings = ["ada@example.test", "ADA@example.test", " Ada@Example.test", "aDa@example.test"]
    answers = [
        sign_in(spellings[attempt % len(spellings)], "a guess")
        for attempt in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert [answer.status_code for answer in answers] == [401] * (len(answers) - 1) + [429]


def test_another_browser_gives_no_extra_attempts(ada: User):
    answers = [
        sign_in("ada@example.test", "a guess", **{"User-Agent": f"browser {attempt}"})
        for attempt in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert answers[-1].status_code == 429


def test_untrusted_forwarded_address_gives_no_extra_attempts(ada: User):
    answers = [
        sign_in("ada@example.test", "a guess", **{"X-Forwarded-For": f"203.0.113.{attempt}"})
        for attempt in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert answers[-1].status_code == 429


def test_trusted_proxy_counts_only_the_address_it_added(ada: User, settings: Any):
    settings.TRUSTED_PROXIES = 1
    answers = [
        sign_in("ada@example.test", "a guess", **{"X-Forwarded-For": f"203.0.113.{attempt}, 198.51.100.7"})
        for attempt in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert answers[-1].status_code == 429
    assert sign_in("ada@example.test", **{"X-Forwarded-For": "198.51.100.8"}).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.1,198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.1, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "unknown", "127.0.0.1"),
        (1, "2001:DB8::1", "2001:db8::"),  # only the network counts: one connection has many addresses
    ],
)
def test_client_address_is_read_from_trusted_proxies(
    rf: RequestFactory, settings: Any, proxies: int, forwarded: str, address: str
):
    settings.TRUSTED_PROXIES = proxies
    assert get_client_address(rf.get("/", headers={"X-Forwarded-For": forwarded})) == address


def test_lockout_is_the_same_for_known_and_unknown_accounts(ada: User):
    known, unknown = lock("ada@example.test"), lock("nobody@example.test")
    again = sign_in("ada@example.test"), sign_in("nobody@example.test")
    assert known.content == unknown.content == again[0].content == again[1].content
    assert known.status_code == unknown.status_code == again[0].status_code == again[1].status_code == 429
    assert known.headers["Retry-After"] == unknown.headers["Retry-After"]


def test_lockout_does_not_affect_other_addresses(ada: User):
    lock("ada@example.test")
    account = {"email": "ada@example.test", "password": PASSWORD}
    elsewhere = Client(REMOTE_ADDR="198.51.100.7").post(LOGIN, account, content_type="application/json")
    assert elsewhere.status_code == 200


def test_lockout_ends_after_the_cooloff_time(ada: User):
    lock("ada@example.test")
    with time_machine.travel(datetime.now(UTC) + settings.AXES_COOLOFF_TIME + timedelta(seconds=1)):
        assert sign_in("ada@example.test").status_code == 200


def test_successful_sign_in_resets_the_failure_count(ada: User):
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            assert sign_in("ada@example.test", "a guess").status_code == 401
        assert sign_in("ada@example.test").status_code == 200
