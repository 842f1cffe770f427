"""Sign in: with the form, or directly with a session."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page
from pytest_django.live_server_helper import LiveServer

from athletes.models import User
from tests.support.cast import PASSWORD


def sign_in_by_form(page: Page, server: LiveServer, user: User, password: str = PASSWORD) -> None:
    """Sign in on the sign-in page. The user needs a password: `set_test_password(user)`."""
    page.goto(f"{server.url}/sign-in")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def set_test_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def open_page_as(page: Page, server: LiveServer, user: User, path: str = "/") -> None:
    """Open a page with a new session, without the sign-in page."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])
    page.goto(f"{server.url}{path}")


def find_account_menu(page: Page) -> Locator:
    """The menu at the right of the header: settings and sign-out."""
    return page.get_by_role("banner").locator(".avatar-menu")


def sign_out(page: Page) -> None:
    find_account_menu(page).locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
