"""A run and a morning by hand, two taps from home, on a phone and on a desktop."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from metrics.models import Activity, HealthDay
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.support.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_run_and_a_morning_are_entered_from_home(page: Page, live_server: LiveServer):
    ada = make_cast().ada
    open_page_as(page, live_server, ada, "/home")
    page.get_by_role("link", name="Enter a run").click()
    page.get_by_label("Minutes").fill("52")
    page.get_by_role("group", name="Effort").get_by_label("7").check()
    page.get_by_role("group", name="How did it feel?").get_by_label("4 strong").check()
    check_page(page)
    page.get_by_role("button", name="Store").click()
    expect(page.get_by_role("status")).to_contain_text("Stored")
    run = Activity.objects.get()
    assert (run.duration_s, run.perceived_effort, run.feel) == (3_120.0, 7, 4)
    page.get_by_text("Edit activity").click()
    check_page(page)

    page.goto(f"{live_server.url}/home")
    page.get_by_role("link", name="Enter this morning").click()
    page.get_by_role("group", name="Mood?").get_by_label("5 very good").check()
    check_page(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Stored for")
    assert HealthDay.objects.get().mood == 5
    check_page(page)
    page.get_by_role("link", name="Enter this morning").click()
    expect(page.get_by_role("group", name="Mood?").get_by_label("5 very good")).to_be_checked()
    page.get_by_role("link", name="Delete …").click()
    check_page(page)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status")).to_contain_text("is deleted")
    assert not HealthDay.objects.exists()
