"""Who must have a second factor adds it at the next sign-in. Until then the session opens nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from athletes.accounts.second_factor.authenticators import has_second_factor
from athletes.models import Organization, User
from tests.support.cast import NOON, PASSWORD, ApiClient, Cast
from tests.support.error_shape import assert_error
from tests.support.second_factor import give_app, show_code


def sign_in(user: User, **more: str) -> Client:
    user.set_password(PASSWORD)
    user.save()
    browser = Client()
    browser.post("/sign-in", {"email": user.email, "password": PASSWORD} | more)
    return browser


def must_add_factor(browser: Client) -> bool:
    answer: Any = browser.get("/settings", follow=True)
    return bool(answer.redirect_chain and answer.redirect_chain[-1][0] == "/settings/security")


@pytest.mark.parametrize(
    ("required_for", "expected"),
    [
        ([], set()),
        (["staff"], {"stella"}),
        (["head_coaches"], {"hanna"}),
        (["staff", "head_coaches"], {"stella", "hanna"}),
    ],
)
def test_setting_says_who_needs_a_second_factor(
    cast: Cast, settings: Any, required_for: list[str], expected: set[str]
):
    settings.SECOND_FACTOR_REQUIRED_FOR = required_for
    people = {"stella": cast.stella, "hanna": cast.hanna, "carl": cast.carl, "ada": cast.ada}
    assert {name for name, user in people.items() if must_add_factor(sign_in(user))} == expected


def test_club_requires_it_of_its_coaches(cast: Cast):
    page = reverse("club-second-factor-page")
    head_coach = sign_in(cast.hanna)
    assert head_coach.post(page, {"requires_second_factor": "on"}).status_code == 302
    assert "checked" in head_coach.get("/coach/club").content.decode()
    assert Organization.objects.get(pk=cast.harbour.pk).requires_second_factor
    assert [must_add_factor(sign_in(user)) for user in (cast.carl, cast.asha, cast.ada, cast.zora)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert head_coach.post(page, {}).status_code == 302
    assert not must_add_factor(sign_in(cast.carl))


def test_session_without_the_factor_opens_no_page_no_call_and_no_admin(cast: Cast, settings: Any):
    settings.SECOND_FACTOR_REQUIRED_FOR = ["staff"]
    browser = sign_in(cast.stella)
    assert browser.get("/coach/clubs").headers["Location"].startswith("/sign-in")
    assert browser.get("/api/v1/auth/me").status_code == 401
    assert browser.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert browser.get("/settings/security").status_code == 200


def test_session_opens_everything_after_the_factor_was_added(cast: Cast, settings: Any):
    settings.SECOND_FACTOR_REQUIRED_FOR = ["head_coaches"]
    browser = sign_in(cast.hanna)
    page = browser.get("/settings/security/app").content.decode()
    [shown] = re.findall(r'class="secret">([A-Z2-7 ]+)<', page)
    code = show_code(shown.replace(" ", ""), datetime.now(UTC))
    added = browser.post("/settings/security/app", {"code": code, "password": PASSWORD}).content.decode()
    assert "Go on to Astral" in added
    assert not must_add_factor(browser)
    assert has_second_factor(cast.hanna)


def test_required_factor_cannot_be_removed(cast: Cast, settings: Any):
    give_app(cast.hanna, datetime.now(UTC))
    settings.SECOND_FACTOR_REQUIRED_FOR = ["head_coaches"]
    browser = Client()
    browser.force_login(cast.hanna)
    [factor] = re.findall(
        r'name="factor_id" value="(\d+)"', browser.get("/settings/security").content.decode()
    )
    page = browser.post("/settings/security/remove", {"factor_id": factor}).content.decode()
    assert "Add another one first." in page
    assert has_second_factor(cast.hanna)


def test_api_gives_no_token_without_the_required_factor(cast: Cast, settings: Any):
    settings.SECOND_FACTOR_REQUIRED_FOR = ["head_coaches"]
    sign_in(cast.hanna)
    body = {"email": cast.hanna.email, "password": PASSWORD}
    answer = ApiClient().send_json("post", "/api/v1/auth/login", body)
    assert_error(answer, 403, "SECOND_FACTOR_MISSING")


@pytest.mark.parametrize("reason", ["has one", "needs one"])
def test_staff_with_a_second_step_are_sent_to_the_sign_in_page(cast: Cast, settings: Any, reason: str):
    sign_in(cast.stella)
    if reason == "has one":
        give_app(cast.stella, datetime.now(UTC))
    else:
        settings.SECOND_FACTOR_REQUIRED_FOR = ["staff"]
    browser = Client()
    form = {"username": cast.stella.email, "password": PASSWORD}
    page = browser.post("/admin/login/", form).content.decode()
    assert "needs a second step" in page
    assert 'href="/sign-in?next=/admin/"' in page
    assert browser.get("/admin/").status_code == 302


def test_staff_remove_a_second_factor_in_the_admin(cast: Cast):
    give_app(cast.ada, datetime.now(UTC))
    root = User.objects.create_superuser("root@example.test", PASSWORD)
    browser = Client()
    browser.force_login(root, "django.contrib.auth.backends.ModelBackend")
    form = {"action": "remove_second_factor", "_selected_action": [str(cast.ada.pk)]}
    assert browser.post("/admin/athletes/user/", form).status_code == 302
    assert not has_second_factor(cast.ada)


def test_session_without_the_factor_ends_when_another_browser_added_it(cast: Cast, settings: Any):
    settings.SECOND_FACTOR_REQUIRED_FOR = ["head_coaches"]
    browser = sign_in(cast.hanna)
    secret = give_app(cast.hanna, NOON)[0]
    for path in ("/settings/security/app", "/settings/security/passkey", "/settings/security"):
        assert browser.get(path).headers["Location"].startswith("/sign-in")
    browser.post("/sign-in", {"email": cast.hanna.email, "password": PASSWORD})
    browser.post("/sign-in/second-factor", {"code": show_code(secret, datetime.now(UTC))})
    assert browser.get("/settings").status_code == 200
