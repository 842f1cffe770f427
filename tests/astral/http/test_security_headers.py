"""Security headers, cookies, and CSRF protection of sessions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.cast import PASSWORD, Cast
from tests.support.error_shape import assert_error

ACTIVITIES, ME = "/api/v1/activities", "/api/v1/auth/me"
RUN = {"activity_type": "run", "started_at": "2026-06-10T12:00:00Z", "duration": 1800}
STYLES = "/static/astral/base.css"
ADDRESSES = [STYLES, "/healthz", "/nowhere", "/admin/login/", "/api/docs", "/api/schema", ME, "/api/nowhere"]


def cookies(answer: Any) -> dict[str, Any]:
    return {name: morsel for name, morsel in answer.cookies.items() if morsel.value}


@pytest.fixture
def page(cast: Cast) -> Client:
    """Ada in a browser: a session cookie, and CSRF enforced."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cast.ada)
    return client


def csrf_token(client: Client) -> str:
    """The token in the HTML of a page."""
    form = client.get("/admin/login/", follow=True).content.decode()
    match = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert match
    return match[1]


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_response_has_strict_security_headers(db: None, path: str):
    headers = Client(raise_request_exception=False).get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_cookies_are_http_only_and_same_site(cast: Cast):
    cast.stella.set_password(PASSWORD)
    cast.stella.save()
    client = Client()
    client.get("/admin/login/")
    form = {"username": cast.stella.email, "password": PASSWORD, "next": "/admin/"}
    set_by = cookies(client.post("/admin/login/", form))
    assert set_by.keys() == {"sessionid", "csrftoken", "device"}
    for cookie in set_by.values():
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"


def test_api_sign_in_sets_no_cookie(cast: Cast):
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    account = {"email": cast.ada.email, "password": PASSWORD}
    answer = Client().post("/api/v1/auth/login", account, content_type="application/json")
    assert answer.status_code == 200
    assert cookies(answer) == {}


def test_session_may_read_the_api(page: Client, cast: Cast):
    assert page.get(ME).json()["user_id"] == cast.ada.public_id


def test_session_may_not_write_without_csrf_token(page: Client):
    answer = page.post(ACTIVITIES, RUN, content_type="application/json")
    assert_error(answer, 403, "PERMISSION_DENIED")
    wrong = page.post(ACTIVITIES, RUN, content_type="application/json", headers={"X-CSRFToken": "x" * 64})
    assert_error(wrong, 403, "PERMISSION_DENIED")
    assert page.get(ACTIVITIES).json()["data"] == []


def test_session_may_write_with_csrf_token(page: Client):
    token = csrf_token(page)
    answer = page.post(ACTIVITIES, RUN, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 201


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_form_is_415_for_a_json_call(page: Client, kind: str):
    answer = page.post(ACTIVITIES, b"--x--", content_type=kind, headers={"X-CSRFToken": csrf_token(page)})
    assert_error(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_csrf_failure_of_a_page_is_a_page(db: None):
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/html")


def test_session_of_an_inactive_user_is_401(page: Client, cast: Cast):
    cast.ada.is_active = False
    cast.ada.save()
    assert_error(page.get(ME), 401, "NOT_AUTHENTICATED")


def test_admin_refuses_users_who_are_not_staff(page: Client):
    answer = page.get("/admin/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("admin:login"))
