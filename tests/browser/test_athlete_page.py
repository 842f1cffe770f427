"""The athlete page: range, acknowledging, notes, the athlete's own page, and print."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.models import Athlete, Membership
from athletes.organizations.consent import change_consent
from metrics.models import HealthDay
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.coaching.plan_fixtures import create_race, create_test_plan, follow_plan, list_daily_sessions
from tests.support.cast import Cast, create_run, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    cast, now = make_cast(), datetime.now(UTC)
    for back in range(40):
        zones = {f"zone{zone}_s": 700.0 - 100 * zone for zone in range(1, 6)}
        create_run(
            cast.ada,
            now - timedelta(days=back, hours=1),
            training_load=50.0 + back % 9,
            name="Along the river",
            **zones,
        )
        HealthDay.objects.create(
            athlete=cast.ada.athlete,
            date=(now - timedelta(days=back)).date(),
            source="garmin",
            hrv_rmssd_ms=50.0 + back % 7,
            resting_hr_bpm=50.0 + back % 3,
        )
    race = create_race(cast.ada, 0, name="Sea and " + "very" * 20 + " long name")
    race.date = (now + timedelta(days=30)).date()
    race.save()
    follow_plan(
        cast.ada,
        create_test_plan(cast.harbour, *list_daily_sessions(zone=1)),
        (now - timedelta(days=10)).date(),
    )
    Athlete.objects.filter(pk=cast.ada.pk).bump_version()
    return cast


def test_coach_changes_range_acknowledges_and_writes_notes(page: Page, live_server: LiveServer, people: Cast):
    address = f"/coach/athletes/{people.ada.public_id}"
    open_page_as(page, live_server, people.carl, address)
    expect(page.get_by_role("heading", level=1, name="Ada")).to_be_visible()
    page.get_by_role("link", name="1 year").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.get_by_role("link", name="1 year").click()
    expect(page.get_by_role("link", name="1 year")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(f"{live_server.url}{address}?range=1y#progress")
    assert page.evaluate("scrollY") > before - 100, "the page keeps its scroll position"
    page.get_by_text("HRV (rMSSD) as a table").click()
    expect(page.get_by_role("columnheader", name="Normal from")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Seen").last.click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page).to_have_url(f"{live_server.url}{address}?range=1y")
    page.get_by_role("textbox", name="Notes").fill("Prefers mornings.")
    page.get_by_role("button", name="Save notes").click()
    expect(page.get_by_text("Notes about Ada saved.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("Prefers mornings.")
    page.get_by_role("link", name="Along the river").first.click()
    expect(page.get_by_role("heading", level=1, name="Along the river")).to_be_visible()
    assert Membership.objects.get(user=people.ada).notes == "Prefers mornings."


def test_the_charts_show_one_day_and_the_plan_below_name_and_next_race(
    page: Page, live_server: LiveServer, people: Cast
):
    open_page_as(page, live_server, people.carl, f"/coach/athletes/{people.ada.public_id}")
    fitness = page.get_by_role("slider", name="Fitness and fatigue")
    fitness.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(fitness).to_have_attribute("aria-valuetext", re.compile(r"Sea and very"))
    page.keyboard.press("ArrowLeft")
    expect(fitness).to_have_attribute("aria-valuetext", re.compile(r"Fitness, planned \d"))
    form = page.get_by_role("slider", name="Form").locator(".chart-readout")
    expect(form).to_contain_text("Form, planned")
    expect(page.get_by_role("slider", name="HRV (rMSSD)").locator(".chart-readout")).to_have_count(0)
    for _ in range(4):
        page.keyboard.press("PageDown")
    shown = page.locator("#progress .chart-readout strong")
    times = [text for text in shown.all_inner_texts() if not text.startswith("Week of")]
    assert len(times) >= 4
    assert len(set(times)) == 1
    expect(page.get_by_role("heading", level=1, name="Ada")).to_be_in_viewport(ratio=1)
    expect(page.locator(".athlete-bar time")).to_be_in_viewport(ratio=1)
    expect(page.locator("#load .chart-readout")).to_contain_text("Week of")
    check_page(page)


def test_athlete_starts_at_own_training(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.ada)
    expect(page.get_by_role("heading", level=1, name="My training")).to_be_visible()
    expect(page.get_by_role("button", name="Seen")).to_have_count(0)
    expect(page.get_by_role("link", name="My training")).to_have_attribute("aria-current", "page")
    check_page(page)


def test_empty_athlete_page_says_why(page: Page, live_server: LiveServer, people: Cast):
    nothing = dict.fromkeys(("activities", "health", "goals_and_plans"), False)
    change_consent(people.ada.athlete, people.harbour, nothing, datetime.now(UTC))
    open_page_as(page, live_server, people.carl, f"/coach/athletes/{people.ada.public_id}")
    expect(page.get_by_text("Not shared with your club.").first).to_be_visible()
    check_page(page)
    page.goto(f"{live_server.url}/coach/athletes/{people.ben.public_id}")
    expect(page.get_by_role("link", name="Upload recordings").first).to_be_visible()
    check_page(page)


def test_print_shows_tables_and_hides_buttons(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.carl, f"/coach/athletes/{people.ada.public_id}?range=4w")
    page.emulate_media(media="print")
    expect(page.get_by_role("columnheader", name="Normal range from, ms")).to_be_visible()
    expect(page.get_by_role("button", name="Seen")).to_have_count(0)
    expect(page.get_by_role("button", name="Save notes")).to_have_count(0)
