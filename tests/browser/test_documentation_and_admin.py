"""The API documentation and the admin, with the strict content security policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.models import User
from tests.browser.page_checks import check_width

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_documentation_lists_the_calls(page: Page, live_server: LiveServer):
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="API documentation").click()
    page.locator("#operations-tag-analytics").click()
    expect(page.get_by_text("/api/v1/analytics/running_stats")).to_be_visible()
    assert page.url.endswith("/api/docs")
    check_width(page)
    page.get_by_role("link", name="Back to Astral").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_staff_signs_in_and_finds_an_athlete(page: Page, live_server: LiveServer):
    User.objects.create_superuser("stella@example.test", "correct horse battery", username="stella")
    User.objects.create_user("lucja@example.test", None, username="lucja", display_name="Łucja Ångström")
    page.goto(f"{live_server.url}/admin/athletes/user/")
    page.get_by_label("E-mail address").fill("stella@example.test")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()
    page.locator("#searchbar").fill("lucja angstrom")
    page.locator("#searchbar").press("Enter")
    expect(page.get_by_role("link", name="lucja@example.test")).to_be_visible()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.goto(f"{live_server.url}/admin/")
    for name in ("Sign-in attempts", "Background jobs"):
        expect(page.get_by_role("link", name=name)).to_be_attached()
    page.get_by_role("link", name="Back to Astral").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
