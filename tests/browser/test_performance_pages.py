"""Performance and comparison: values are read off the charts, and blocks are compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.models import Athlete
from metrics.science.speed_curve import CURVE_DURATIONS_S
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.metrics.performance.curves import build_curve
from tests.support.cast import Cast, create_run, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    """Ada runs every fourth day, a little more in the last weeks; Ben runs once a week."""
    cast, now = make_cast(), datetime.now(UTC)
    for user, step in ((cast.ada, 4), (cast.ben, 7)):
        for back in range(1, 100, step):
            zones = {f"zone{zone}_s": 1_500.0 / zone for zone in range(1, 6)}
            speed_mps = 4.2 if back < 90 else 3.8
            create_run(
                user,
                now - timedelta(days=back, hours=2),
                training_load=90.0 if back <= 42 else 60.0,
                speed_curve_mmps=build_curve(7_200, speed_mps),
                **zones,
            )
        create_run(
            user,
            now - timedelta(days=2, hours=9),
            distance_m=30_000.0,
            duration_s=9_000.0,
            moving_time_s=9_000.0,
            durability={"decoupling": 1.08, "onset_m": 22_000.0, "efficiency_m": 1.3},
        )
        Athlete.objects.filter(pk=user.pk).bump_version()
    return cast


def test_the_pace_curve_is_read_and_compared(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.carl, f"/athletes/{people.ada.public_id}/performance?period=1y")
    curve = page.get_by_role("slider", name="Best pace over each time", exact=True)
    curve.scroll_into_view_if_needed()
    box = curve.locator(".chart-window").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(curve.locator(".chart-readout")).to_contain_text("min/km")
    curve.focus()
    page.keyboard.press("Home")
    places = len([seconds for seconds in CURVE_DURATIONS_S if seconds < 1_200])
    for _ in range(places):
        page.keyboard.press("ArrowRight")
    readout = curve.locator(".chart-readout")
    expect(readout).to_contain_text("20:00")
    expect(readout).to_contain_text("1 year 3:49 min/km")
    expect(page.locator(".facts").first).to_contain_text("3:58 /km")
    expect(page.get_by_role("link", name="20:00 at 3:49 /km")).to_be_visible()
    check_page(page)
    old = (datetime.now(UTC) - timedelta(days=99)).date().isoformat()
    older = (datetime.now(UTC) - timedelta(days=91)).date().isoformat()
    page.get_by_label("Compare with, from").fill(old)
    page.get_by_label("to", exact=True).fill(older)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#pace-curve .chart-legend")).to_contain_text(f"{old} to {older}")


def test_blocks_of_an_athlete_are_compared_week_by_week(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.ada, f"/athletes/{people.ada.public_id}/compare")
    page.get_by_label("Weeks").first.fill("3")
    page.get_by_role("button", name="Compare").first.click()
    load = page.get_by_role("slider", name="Load", exact=True)
    load.scroll_into_view_if_needed()
    box = load.locator(".chart-window").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    expect(load.locator(".chart-readout")).to_contain_text("2")
    expect(page.locator("#blocks .chart-readout")).not_to_have_count(1)  # linked charts show the same week
    expect(page.get_by_role("row", name="Load")).to_be_visible()
    check_page(page)


def test_a_coach_puts_athletes_side_by_side(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.carl, "/coach/compare")
    page.get_by_label("Athlete 1").select_option("Ada")
    page.get_by_label("Athlete 2").select_option("Ben")
    page.get_by_role("button", name="Compare").click()
    table = page.locator(".compare-figures")
    expect(table.get_by_role("columnheader", name="Ben")).to_be_visible()
    expect(table.get_by_role("row", name="Running distance")).to_contain_text("km")
    check_page(page)
