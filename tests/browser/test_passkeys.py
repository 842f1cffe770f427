"""Passkeys in Chromium, with its virtual authenticator: add one, sign in with it, and see it refused."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.models import User
from tests.browser.page_checks import check_page
from tests.browser.sign_in import find_account_menu, set_test_password, sign_out
from tests.support.cast import PASSWORD, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def coach() -> User:
    return set_test_password(make_cast().carl)


@pytest.fixture
def address(live_server: LiveServer) -> str:
    """Passkeys belong to a name, not to a network address."""
    return live_server.url.replace("127.0.0.1", "localhost")


def plug_in_authenticator(page: Page) -> None:
    """`check_page` unplugs it again, because it ends a session of the developer tools."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in_with_password(page: Page, address: str, user: User) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, address: str) -> None:
    page.goto(f"{address}/settings/security/passkey")
    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("Second factor added.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    sign_out(page)
    expect(page.get_by_text("You have signed out.")).to_be_visible()


def test_coach_adds_a_passkey_and_signs_in_with_it(page: Page, address: str, coach: User):
    sign_in_with_password(page, address, coach)
    expect(find_account_menu(page)).to_be_visible()
    for path in ("/settings/security", "/settings/security/app", "/settings/security/passkey"):
        page.goto(f"{address}{path}")
        check_page(page)
    plug_in_authenticator(page)
    add_passkey(page, address)
    page.goto(f"{address}/sign-in?next=/settings/security")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Passkey My phone")).to_be_visible()
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None
    check_page(page)


def test_removed_passkey_is_refused_and_the_password_asks_for_the_second_step(
    page: Page, address: str, coach: User
):
    sign_in_with_password(page, address, coach)
    expect(find_account_menu(page)).to_be_visible()
    plug_in_authenticator(page)
    add_passkey(page, address)
    sign_in_with_password(page, address, coach)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    Authenticator.objects.filter(type="webauthn").delete()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("This passkey is unknown here"))
    expect(find_account_menu(page)).not_to_be_visible()
    check_page(page)
