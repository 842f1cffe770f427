"""A coach makes a plan of three weeks with the keyboard alone, and gives it to a group."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from coaching.models import Plan, PlanInstance
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.coaching.training_fixtures import add_to_training_group
from tests.support.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def type_week(page: Page, *lines: str) -> None:
    """Type one line for each day from the focused Monday on, and save with Enter."""
    expect(page.get_by_label("Monday", exact=True)).to_be_focused()
    for place, line in enumerate(lines):
        if place:
            page.keyboard.press("Tab")  # the link to all fields
            page.keyboard.press("Tab")
        page.keyboard.type(line)
    page.keyboard.press("Enter")


def press_button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")


def test_plan_of_three_weeks_is_made_by_keyboard_and_given_to_a_group(
    page: Page, live_server: LiveServer, cast: Cast
):
    group = add_to_training_group(cast.ada, cast.harbour)
    open_page_as(page, live_server, cast.carl, "/coach/plans")
    check_page(page)
    page.get_by_label("Name", exact=True).last.focus()
    page.keyboard.type("Three weeks")
    page.keyboard.press("Enter")
    type_week(page, "rest", "60 min easy", "15' + 6×1 km Z4 90s + 10'", "", "", "Long run: 16 km Z1 key")
    entered = page.locator(".notice").get_by_text("Wednesday: 15 min + 6 × 1 km Z4 90 s + 10 min. That is")
    expect(entered).to_be_visible()
    check_page(page)
    press_button(page, "Last week +10 %")
    expect(page.get_by_text("Week 2 is week 1 with 10 % more.")).to_be_visible()
    press_button(page, "Repeat last week")
    expect(page.get_by_role("heading", name="Week 3 of 3")).to_be_visible()
    type_week(page, "8 kn")
    expect(page.get_by_text("“8” needs a unit")).to_be_visible()
    page.get_by_role("link", name="Done: look at the plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Three weeks")).to_be_visible()
    check_page(page)
    plan = Plan.objects.get()
    assert (plan.total_weeks, plan.sessions.count()) == (3, 12)

    page.get_by_role("link", name="Give the plan …").focus()
    page.keyboard.press("Enter")
    page.get_by_label("To", exact=True).select_option(group.public_id)
    check_page(page)
    press_button(page, "Look at it first")
    expect(page.get_by_role("heading", name="Give Three weeks to Milers?")).to_be_visible()
    check_page(page)
    press_button(page, "Give the plan")
    expect(page.get_by_text("Ada has Three weeks from")).to_be_visible()
    check_page(page)
    monday = PlanInstance.objects.get(athlete=cast.ada.athlete, group=group).start_date
    assert monday.weekday() == 0
    assert monday - datetime.now(UTC).date() < timedelta(days=8)


def test_steps_are_typed_as_fields_and_sums_appear_while_typing(
    page: Page, live_server: LiveServer, cast: Cast
):
    plan = Plan.objects.create(organization=cast.harbour, name="Base", created_by=cast.carl, total_weeks=1)
    open_page_as(page, live_server, cast.carl, f"/coach/plans/{plan.public_id}/edit")
    page.get_by_label("Tuesday", exact=True).fill("60 min easy")
    expect(page.get_by_text("The week with it: 1 session, 1 h 00 min")).to_be_visible()
    check_page(page)

    open_page_as(page, live_server, cast.carl, f"/coach/plans/{plan.public_id}/session?week=1&weekday=2")
    page.get_by_label("Steps", exact=True).fill("15 min + 6×1 km Z4")
    second = page.locator(".step-row").nth(1)
    expect(second.get_by_label("Length")).to_have_value("1 km")
    second.get_by_label("Pause").fill("90 s")
    expect(page.get_by_label("Steps", exact=True)).to_have_value("15 min + 6 × 1 km Z4 90 s")
    page.locator(".step-row").nth(2).get_by_label("Length").fill("10 min")
    expect(page.get_by_label("Steps", exact=True)).to_have_value("15 min + 6 × 1 km Z4 90 s + 10 min")
    check_page(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Tuesday: 15 min + 6 × 1 km Z4 90 s + 10 min. That is")).to_be_visible()
    assert [step["kind"] for step in plan.sessions.get().steps] == ["warmup", "repeat", "cooldown"]
