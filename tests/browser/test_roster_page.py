"""The roster: search, filters, acknowledging, and editing several athletes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.models import Membership, User
from athletes.roles import Role
from coaching.assessments.current import current_assessments
from coaching.models import Acknowledgement, Assessment
from metrics.models import HealthDay
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.coaching.training_fixtures import add_to_training_group
from tests.support.cast import Cast, create_run, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WARNING = {
    "code": "LOAD_JUMP", "domain": "load", "severity": "warning", "since": "2026-06-09",
    "message": "Load is 845.",
    "evidence": {}, "confidence": 1.0,
}  # fmt: skip


def store_signal(user: User, now: datetime, **signal: str) -> None:
    current_assessments([user.pk], now)
    counts = {str(signal.get("severity", "warning")): 1, "priority": 25.0}
    Assessment.objects.filter(pk=user.pk).update(signals=[WARNING | signal], **counts)


@pytest.fixture
def people() -> Cast:
    """Ada and Ben have signals, Ada is in a group and has data for charts."""
    cast, now = make_cast(), datetime.now(UTC)
    for back in range(20):
        day = (now - timedelta(days=back)).date()
        HealthDay.objects.create(athlete=cast.ada.athlete, date=day, source="x", hrv_rmssd_ms=50.0 + back % 5)
        create_run(cast.ada, now - timedelta(days=back, hours=1), training_load=60.0)
    add_to_training_group(cast.ada, cast.harbour)
    Membership.objects.filter(user=cast.ben).update(labels=["marathon"])
    for user in (cast.ada, cast.ben):
        user.athlete.__class__.objects.filter(pk=user.pk).bump_version()
        store_signal(user, now)
    return cast


def list_row_names(page: Page) -> list[str]:
    return page.locator(".roster-table tbody th a").all_text_contents()


def test_coach_searches_filters_and_goes_back(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.carl)
    expect(page.get_by_role("heading", name="Harbour Runners")).to_be_visible()
    expect(page.get_by_text("2 need attention")).to_be_visible()
    check_page(page)
    search = page.get_by_label("Search")
    search.press_sequentially("ad", delay=20)
    expect(page.locator(".roster-table tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("search=ad"))
    expect(search).to_be_focused()
    search.press_sequentially("a")
    expect(page).to_have_url(re.compile("search=ada"))
    assert list_row_names(page) == ["Ada"]
    expect(search).to_have_value("ada")
    page.get_by_role("link", name="Clear").click()
    expect(page.locator(".roster-table tbody tr")).to_have_count(2)
    expect(page.get_by_label("Search")).to_have_value("")
    page.get_by_label("Label").first.select_option("marathon")
    expect(page.locator(".roster-table tbody tr")).to_have_count(1)
    assert list_row_names(page) == ["Ben"]
    page.go_back()
    expect(page.locator(".roster-table tbody tr")).to_have_count(2)
    User.objects.filter(pk=people.ben.pk).update(display_name="Wolfeschlegelsteinhausenbergerdorff" * 3)
    Membership.objects.filter(user=people.ben).update(labels=["mmmmmmmmmm" * 4])
    page.get_by_role("link", name="In no group").click()
    expect(page.locator(".roster-table tbody tr")).to_have_count(1)
    check_page(page)


def test_signal_is_acknowledged_in_place_and_undone(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.carl, "/coach/?search=ada")
    page.locator(".waiting select").first.select_option("5")
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.get_by_role("status")).to_contain_text("for Ada: Load is 845.")
    expect(page).to_have_url(re.compile("search=ada"))
    acknowledgement = Acknowledgement.objects.get()
    days = (acknowledgement.until - acknowledgement.since).days
    assert (days, acknowledgement.coach) == (5, people.carl)
    store_signal(people.ada, datetime.now(UTC))
    page.reload()
    check_page(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("No longer acknowledged for Ada.")
    assert not Acknowledgement.objects.exists()


def test_keyboard_focus_moves_to_the_next_signal(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.carl)
    buttons = page.locator(".waiting .acknowledge-form .button")
    buttons.first.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Load is 845.")
    expect(buttons).to_have_count(1)
    expect(buttons.first).to_be_focused()


def test_coach_edits_several_athletes_at_once(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.hanna)
    page.locator("input[name=athletes]").first.check()
    page.get_by_text("Edit selected (1)").click()
    check_page(page)
    page.locator("#choose-all, input[name=athletes]:not(:checked)").last.check()
    expect(page.get_by_text("Edit selected (2)")).to_be_visible()
    page.get_by_label("Label").last.fill("fast")
    page.get_by_label("Label").last.press("Enter")
    expect(page.get_by_role("status")).to_have_text("2 athletes labelled “fast”.")
    expect(page.get_by_text("Edit selected", exact=True)).to_be_visible()
    page.locator("input[name=athletes]").first.check()
    page.get_by_text("Edit selected (1)").click()
    page.get_by_label("Coach", exact=True).select_option("Asha")
    page.get_by_role("button", name="Assign coach").click()
    expect(page.get_by_role("status")).to_have_text("1 athlete assigned to Asha.")
    assert Membership.objects.filter(labels__contains=["fast"]).count() == 2
    assert people.asha.assigned_memberships.count() == 1


def test_roster_works_without_javascript(browser: Browser, live_server: LiveServer, people: Cast):
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}).new_page()
    open_page_as(page, live_server, people.carl)
    page.get_by_label("Search").fill("ada")
    page.get_by_role("button", name="Show").click()
    assert list_row_names(page) == ["Ada"]
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.get_by_role("status")).to_contain_text("for Ada: Load is 845.")
    expect(page.get_by_label("Search")).to_have_value("ada")
    page.locator("input[name=athletes]").check()
    page.get_by_text("Edit selected").click()
    page.get_by_role("button", name="Add label").click()
    expect(page.get_by_role("status")).to_have_text("Write a label.")
    page.context.close()


def test_empty_roster_passes_the_page_check(page: Page, live_server: LiveServer, people: Cast):
    Membership.objects.filter(role=Role.ATHLETE).delete()
    open_page_as(page, live_server, people.carl)
    expect(page.get_by_role("heading", name="No athletes yet")).to_be_visible()
    check_page(page)
