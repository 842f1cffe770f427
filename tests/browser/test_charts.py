"""Charts with values: pointer, finger and keys read them, and linked charts show the same position."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.page_checks import check_page, check_width
from tests.browser.recorded_run import record_run
from tests.browser.sign_in import open_page_as
from tests.support.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def profile(page: Page, live_server: LiveServer, people: Cast) -> Page:
    activity = record_run(people)
    open_page_as(page, live_server, people.ada, f"/activities/{activity.public_id}")
    page.locator("#profile-heart").scroll_into_view_if_needed()
    return page


def find_chart(page: Page, title: str) -> Locator:
    return page.get_by_role("slider", name=title, exact=True)


def move_to(page: Page, chart: Locator, share: float) -> float:
    """Move the mouse to this share of the drawn width; the y position of the screen."""
    chart.scroll_into_view_if_needed()
    box = chart.locator(".chart-window").bounding_box()
    assert box
    y = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + share * box["width"], y)
    return y


def test_the_mouse_reads_all_profiles_at_one_position(profile: Page):
    heart = find_chart(profile, "Heart rate")
    move_to(profile, heart, 0.5)
    readouts = profile.locator("#profile .chart-readout")
    charts = profile.locator("#profile .chart-frame").count()
    expect(readouts).to_have_count(charts)
    assert len({text.split(" km")[0] for text in readouts.all_inner_texts()}) == 1
    expect(heart.locator(".chart-readout")).to_contain_text("bpm")
    expect(find_chart(profile, "Pace").locator(".chart-readout")).to_contain_text("min/km")
    move_to(profile, heart, 0.02)
    expect(heart.locator(".chart-crosshair")).to_have_count(1)
    check_width(profile)
    move_to(profile, heart, 0.98)
    check_width(profile)
    profile.mouse.move(0, 0)
    expect(readouts).to_have_count(0)


def test_the_keys_read_a_chart_and_zoom_it(profile: Page):
    heart = find_chart(profile, "Heart rate")
    heart.focus()
    expect(heart).to_have_attribute("aria-valuetext", "Arrow keys read values; plus and minus zoom")
    profile.keyboard.press("Home")
    first = heart.get_attribute("aria-valuetext")
    assert first
    assert first.startswith("0 km, ")
    assert first.endswith(" bpm")
    profile.keyboard.press("ArrowRight")
    second = heart.get_attribute("aria-valuetext")
    assert second != first
    profile.keyboard.press("ArrowLeft")
    expect(heart).to_have_attribute("aria-valuetext", first)
    profile.keyboard.press("End")
    last = heart.get_attribute("aria-valuenow")
    assert last
    assert float(last) > 1
    check_page(profile)
    profile.keyboard.press("+")
    reset = heart.locator("xpath=..").get_by_role("button", name="Reset zoom")
    expect(reset).to_be_visible()
    expect(profile.locator("#profile .chart-zoomed")).to_have_count(
        profile.locator("#profile .chart-frame").count()
    )
    check_page(profile)
    profile.keyboard.press("Home")
    start = heart.get_attribute("aria-valuenow")
    assert start
    assert float(start) > 0.3 * float(last), "Home is the first point that the zoom shows"
    profile.keyboard.press("-")
    expect(profile.locator("#profile .chart-zoomed")).to_have_count(0)
    profile.keyboard.press("+")
    reset.focus()
    profile.keyboard.press("Enter")
    expect(profile.locator("#profile .chart-zoomed")).to_have_count(0)
    expect(heart).to_be_focused()


def test_a_drag_zooms_all_profiles_and_a_tab_resets_them(profile: Page):
    heart = find_chart(profile, "Heart rate")
    y = move_to(profile, heart, 0.25)
    box = heart.locator(".chart-window").bounding_box()
    assert box
    profile.mouse.down()
    profile.mouse.move(box["x"] + 0.5 * box["width"], y, steps=4)
    expect(profile.locator(".chart-selection")).to_have_count(1)
    profile.mouse.up()
    expect(profile.locator(".chart-selection")).to_have_count(0)
    plots = profile.locator("#profile .chart-plot")
    widths = {float((plot.get_attribute("width") or "").rstrip("%")) for plot in plots.all()}
    assert all(395 < width < 405 for width in widths)
    check_width(profile)
    profile.get_by_role("link", name="Over time").click()
    expect(profile.locator("#profile .chart-x-axis").first).to_contain_text("min")
    expect(profile.locator(".chart-zoomed")).to_have_count(0)
    move_to(profile, find_chart(profile, "Heart rate"), 0.5)
    expect(profile.locator("#profile .chart-readout").first).to_contain_text(":")


def test_a_lap_is_marked_in_the_profiles(profile: Page):
    profile.locator("summary#laps-heading").click()  # repetitions were found, so the laps are folded
    rows = profile.get_by_role("region", name="Table of laps").locator("tbody tr")
    rows.nth(1).hover()
    marks = profile.locator(".chart-mark")
    charts = profile.locator("#profile .chart-frame").count()
    expect(marks).to_have_count(charts)
    left = marks.first.get_attribute("x")
    rows.nth(2).hover()
    assert marks.first.get_attribute("x") != left
    profile.mouse.move(0, 0)
    expect(marks).to_have_count(0)
    rows.first.focus()
    expect(marks).to_have_count(charts)
    assert marks.first.get_attribute("x") == "0%"
    profile.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    expect(marks.first).to_have_attribute("x", left or "")
    check_page(profile)


@pytest.fixture
def touch_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_a_finger_reads_a_chart_and_zooms_with_its_button(
    touch_page: Page, live_server: LiveServer, people: Cast
):
    activity = record_run(people)
    open_page_as(touch_page, live_server, people.ada, f"/activities/{activity.public_id}")
    heart = find_chart(touch_page, "Heart rate")
    heart.tap()
    expect(heart.locator(".chart-readout")).to_contain_text("bpm")
    zoom_in = heart.locator("xpath=..").get_by_role("button", name="Zoom in")
    zoom_in.tap()
    expect(heart.locator(".chart-readout")).to_contain_text("bpm")
    expect(touch_page.locator("#profile .chart-zoomed").first).to_be_visible()
    heart.locator("xpath=..").get_by_role("button", name="Reset zoom").tap()
    expect(touch_page.locator("#profile .chart-zoomed")).to_have_count(0)


def test_charts_without_javascript_are_pictures(browser: Browser, live_server: LiveServer, people: Cast):
    activity = record_run(people)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_page_as(page, live_server, people.ada, f"/activities/{activity.public_id}")
    expect(page.get_by_role("img", name="Heart rate", exact=True)).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    context.close()
