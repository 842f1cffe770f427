"""Tokens and browser sessions: they identify the user, and stop working when they are ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from knox.models import AuthToken

from athletes.models import User
from tests.support.cast import ApiClient, Cast
from tests.support.error_shape import assert_error

LOGOUT, LOGOUT_ALL, ME = (f"/api/v1/auth/{name}" for name in ("logout", "logout_all", "me"))


def me(token: str) -> Any:
    return Client().get(ME, headers={"Authorization": f"Bearer {token}"})


def test_token_authentication_makes_one_statement(cast: Cast, django_assert_num_queries: Any):
    api = ApiClient(cast.ada)
    # Token, user and athlete are one statement. The wrong parameter stops the call before any other.
    with django_assert_num_queries(1):
        assert api.get("/api/v1/analytics/fitness_stats?days=0").status_code == 400


def test_expired_token_is_401(cast: Cast):
    api = ApiClient(cast.ada)
    assert api.get(ME).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30, seconds=1)):
        assert_error(api.get(ME), 401, "INVALID_TOKEN")


def test_inactive_user_is_401_on_the_next_request(cast: Cast):
    api = ApiClient(cast.ada)
    User.objects.filter(pk=cast.ada.pk).update(is_active=False)
    assert_error(api.get(ME), 401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    "header",
    [
        b"Bearer",
        b"Bearer ",
        b"bearer x",
        b"Bearer x y",
        b"Bearer \xff\xfe",
        b"Bearer \xc3\xa4",
        b"Bearer " + b"0" * 10_000,
        b"Bearer null",
        b"Bearer ' OR 1=1 --",
        b"Bearer \x00",
    ],
)
def test_malformed_bearer_header_is_401(db: None, header: bytes):
    answer = Client(raise_request_exception=False).get(ME, HTTP_AUTHORIZATION=header.decode("latin-1"))
    assert_error(answer, 401, "INVALID_TOKEN")


@pytest.mark.parametrize("header", ["", "Basic YWRhOmE=", "Token x", "x"])
def test_other_authorization_schemes_count_as_anonymous(db: None, header: str):
    assert_error(Client().get(ME, headers={"Authorization": header}), 401, "NOT_AUTHENTICATED")


def test_altered_token_is_401(cast: Cast):
    token = ApiClient(cast.ada).token
    for wrong in (token[:-1], token[1:], token + "0", token.upper(), token[::-1]):
        assert me(wrong).status_code == 401
    assert me(token).status_code == 200


def test_sign_out_ends_only_the_token_of_the_request(cast: Cast):
    session_1, session_2, other = ApiClient(cast.ada), ApiClient(cast.ada), ApiClient(cast.ben)
    answer = session_1.post(LOGOUT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert_error(session_1.get(ME), 401, "INVALID_TOKEN")
    assert session_2.get(ME).status_code == other.get(ME).status_code == 200


def test_sign_out_of_a_browser_session_ends_it(cast: Cast):
    page = Client()
    page.force_login(cast.ada)
    assert page.get(ME).status_code == 200
    assert page.post(LOGOUT).status_code == 204
    assert_error(page.get(ME), 401, "NOT_AUTHENTICATED")


def test_sign_out_everywhere_ends_all_tokens_and_sessions(cast: Cast):
    session_1, session_2, page, other = (
        ApiClient(cast.ada),
        ApiClient(cast.ada),
        Client(),
        ApiClient(cast.ben),
    )
    page.force_login(cast.ada)
    assert page.get(ME).status_code == 200
    assert session_1.post(LOGOUT_ALL).status_code == 204
    assert [client.get(ME).status_code for client in (session_1, session_2, page, other)] == [
        401,
        401,
        401,
        200,
    ]
    assert not AuthToken.objects.filter(user=cast.ada).exists()


@pytest.mark.parametrize("path", [LOGOUT, LOGOUT_ALL, ME])
def test_anonymous_call_is_401(db: None, path: str):
    method = "get" if path == ME else "post"
    assert_error(getattr(Client(), method)(path), 401, "NOT_AUTHENTICATED")


def test_me_returns_account_and_memberships(cast: Cast):
    answer = ApiClient(cast.ada).get(ME)
    assert answer.status_code == 200
    assert answer.json() == {
        "user_id": cast.ada.public_id,
        "email": "ada@example.test",
        "username": "ada",
        "display_name": "Ada",
        "timezone": "Europe/Madrid",
        "unit_system": "metric",
        "is_staff": False,
        "unread_comments": 0,
        "unread_notices": 0,
        "memberships": [
            {
                "org_id": cast.harbour.public_id,
                "org_name": "Harbour Runners",
                "role": "athlete",
                "status": "active",
            }
        ],
    }


def test_me_lists_former_memberships_too(cast: Cast, django_assert_num_queries: Any):
    assert ApiClient(cast.otto).get(ME).json()["memberships"] == []
    assert ApiClient(cast.lea).get(ME).json()["memberships"][0]["status"] == "left"
    api = ApiClient(cast.hanna)
    # Token with user; memberships with organizations; unread comments, two; unread notices.
    with django_assert_num_queries(5):
        assert api.get(ME).json()["memberships"][0]["role"] == "head_coach"
