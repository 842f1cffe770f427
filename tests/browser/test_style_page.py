"""The style page: every piece, light and dark. Only a local run has it."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.page_checks import check_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.urls("tests.browser.style_urls")
def test_style_page_shows_every_piece(page: Page, live_server: LiveServer):
    page.goto(f"{live_server.url}/style")
    expect(page.get_by_role("heading", level=2)).to_have_count(8)
    expect(page.get_by_role("slider", name="HRV")).to_be_visible()
    check_page(page)


def test_style_page_is_only_in_a_local_run():
    assert Client().get("/style").status_code == 404
