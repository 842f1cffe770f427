"""The webhook pages of a club and of a person."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.athletes.webhooks.webhook_fixtures import ALL_EVENTS, add_webhook
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.support.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG_URL = f"https://hooks.example.org/{'astral' * 40}"


def test_head_coach_adds_a_webhook_tests_it_and_gets_a_new_secret(
    page: Page, live_server: LiveServer, cast: Cast
):
    add_webhook(cast.hanna, cast.harbour, url=LONG_URL, events=ALL_EVENTS)
    open_page_as(page, live_server, cast.hanna, "/coach/club/webhooks")
    check_page(page)
    page.get_by_label("Address").fill("https://hooks.example.org/new")
    page.get_by_label("Activity stored").check()
    page.get_by_role("button", name="Add webhook").click()
    expect(page.get_by_text("Copy it now")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name=LONG_URL).click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("Test message queued.")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="New secret").click()
    expect(page.get_by_text("Copy it now")).to_be_visible()


def test_person_switches_a_webhook_off(page: Page, live_server: LiveServer, cast: Cast):
    webhook, _ = add_webhook(cast.ada, url=LONG_URL)
    open_page_as(page, live_server, cast.ada, f"/settings/webhooks/{webhook.public_id}")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Nothing is sent since")).to_be_visible()
    check_page(page)
