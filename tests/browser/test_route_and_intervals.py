"""The route and the intervals on the activity page: hovering one part marks it in the others."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.page_checks import check_page
from tests.browser.recorded_intervals import record_intervals
from tests.browser.sign_in import open_page_as
from tests.support.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_a_repetition_is_marked_in_profile_and_map(page: Page, live_server: LiveServer, people: Cast):
    activity = record_intervals(people)
    open_page_as(page, live_server, people.ada, f"/activities/{activity.public_id}")
    check_page(page)
    table = page.get_by_role("region", name="Table of intervals")
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(6)
    rows.nth(1).hover()
    charts = page.locator("#profile .chart-frame").count()
    expect(page.locator("#profile .chart-mark")).to_have_count(charts)
    expect(page.locator(".route-mark")).to_have_count(1)
    mark = page.locator("#profile .chart-mark").first
    second = mark.get_attribute("x")
    page.mouse.move(0, 0)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(mark).not_to_have_attribute("x", second or "")
    page.get_by_role("slider", name="Pace", exact=True).focus()
    expect(page.locator(".route-mark")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    place = page.locator(".route-place")
    expect(place).to_have_count(1)
    before = place.get_attribute("cx")
    page.keyboard.press("PageDown")
    expect(place).not_to_have_attribute("cx", before or "")
    page.get_by_role("link", name="Over time").click()
    expect(page.locator("#profile .chart-x-axis").first).to_contain_text("min")
    page.get_by_role("link", name="Heart rate", exact=True).click()
    expect(page.locator(".route-legend")).to_contain_text("bpm")
    expect(page.locator("#profile .chart-x-axis").first).to_contain_text("min")
    rows.nth(1).hover()
    expect(page.locator(".route-mark")).to_have_count(1)


def test_a_coach_does_not_see_the_start(page: Page, live_server: LiveServer, people: Cast):
    activity = record_intervals(people)
    open_page_as(page, live_server, people.carl, f"/activities/{activity.public_id}?by=time")
    expect(page.get_by_text("Hidden: everything within 200 m")).to_be_visible()
    expect(page.locator(".route-start")).to_have_count(0)
    pace = page.get_by_role("slider", name="Pace", exact=True)
    pace.focus()
    page.keyboard.press("Home")
    expect(pace.locator(".chart-crosshair")).to_have_count(1)
    expect(page.locator(".route-place")).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    for _ in range(4):
        page.keyboard.press("PageUp")
    expect(page.locator(".route-place")).to_have_count(1)
    check_page(page)
