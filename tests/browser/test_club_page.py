"""The club page of the head coach, and an invitation link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.organizations.invitations import InvitationOffer, create_invitation
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.support.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_head_coach_creates_a_link(page: Page, live_server: LiveServer, cast: Cast):
    now = datetime.now(UTC)
    create_invitation(
        cast.harbour,
        InvitationOffer("athlete", now + timedelta(days=9), email="new@example.test"),
        cast.hanna,
        now,
    )
    open_page_as(page, live_server, cast.hanna, "/coach/club")
    page.get_by_text("Change Ben").click()
    check_page(page)
    page.get_by_label("For how many people").fill("12")
    page.get_by_role("button", name="Create link").click()
    expect(page.get_by_text("Copy it now")).to_be_visible()
    expect(page.get_by_text("For 12 athletes")).to_be_visible()
