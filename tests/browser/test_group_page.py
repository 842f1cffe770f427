"""The group page: a coach adds athletes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.coaching.training_fixtures import add_to_training_group
from tests.support.cast import Cast, create_member, create_person, create_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_coach_adds_an_athlete_to_the_group(page: Page, live_server: LiveServer, cast: Cast):
    create_run(cast.ada, datetime.now(UTC) - timedelta(days=8))
    add_to_training_group(cast.ada, cast.harbour)
    create_member(create_person("zita"), cast.harbour)
    open_page_as(page, live_server, cast.hanna, "/coach/groups")
    page.get_by_role("link", name="Milers", exact=True).click()
    check_page(page)
    page.get_by_text("Add athletes").click()
    page.get_by_label("Search").fill("zit")
    expect(page.get_by_label("Ben")).to_have_count(0)
    page.get_by_label("Zita").check()
    page.get_by_role("button", name="Add to group").click()
    expect(page.get_by_text("1 athlete added to Milers.")).to_be_visible()
    expect(page.get_by_role("row", name="Zita")).to_be_visible()
    assert "/coach/groups/grp_" in page.url
