"""The week on the own page, and the calendar: drag, keyboard, undo, two people at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from coaching.models import CalendarSession
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.plan_fixtures import create_race
from tests.support.cast import Cast, create_run, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STEPS = [{"duration": 900, "zone": 1}, {"repeat": 6, "distance": 1_000, "zone": 4, "recovery": 90}]


@pytest.fixture
def people() -> Cast:
    """Ada has sessions from Monday of last week to Sunday of next week."""
    cast = make_cast()
    today = cast.ada.athlete.local_date(datetime.now(UTC))
    monday = today - timedelta(today.weekday())
    for ahead in range(-7, 14):
        day = monday + timedelta(ahead)
        steps = STEPS if (day - today).days == 1 else []
        create_session(cast.ada, day, title=f"Session {day:%d.%m.}", zone=1, steps=steps)
    create_run(cast.ada, datetime.now(UTC) - timedelta(days=1), name="Along the river")
    create_race(cast.ada, 0, date=today + timedelta(days=20))
    return cast


def get_today(cast: Cast) -> CalendarSession:
    return CalendarSession.objects.get(day=cast.ada.athlete.local_date(datetime.now(UTC)))


def find_day(page: Page, session: CalendarSession, ahead: int = 0):
    return page.locator(f"[data-day='{session.day + timedelta(ahead)}']")


def test_athlete_sees_today_and_tomorrow_without_scrolling_on_a_phone(
    page: Page, live_server: LiveServer, people: Cast
):
    page.set_viewport_size({"width": page.viewport_size["width"], "height": 740})  # type: ignore[index]
    open_page_as(page, live_server, people.ada, "/home")
    for name in ("Today", "Tomorrow"):
        day = page.locator(".week-days > li").filter(has=page.get_by_role("heading", name=name))
        box = day.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 740, f"{name} ends at {box['y'] + box['height']}"
    check_page(page)


def test_month_week_and_session_pass_the_page_check(page: Page, live_server: LiveServer, people: Cast):
    session = get_today(people)
    api = CalendarClient(people.ada, people.carl)
    body = {"version": 1, "date": str(session.day + timedelta(1))}
    api.change("post", f"sessions/{session.public_id}/move?propose=1", body)
    open_page_as(page, live_server, people.carl, f"/coach/athletes/{people.ada.public_id}/calendar")
    expect(page.get_by_role("heading", name="Proposed changes")).to_be_visible()
    page.get_by_text("Move or copy many sessions").click()
    check_page(page)
    page.get_by_role("link", name="Week", exact=True).click()
    check_page(page)
    for path in (f"sessions/{session.public_id}", "calendar/new-session"):
        page.goto(f"{live_server.url}/athletes/{people.ada.public_id}/{path}")
        check_page(page)


def test_session_is_dragged_to_a_day_and_undo_brings_it_back(
    page: Page, live_server: LiveServer, people: Cast
):
    session = get_today(people)
    open_page_as(page, live_server, people.ada, f"/home/calendar?view=week&day={session.day}")
    ahead = 1 if session.day.weekday() < 6 else -1
    dragged = find_day(page, session).locator("[data-move]")
    dragged.drag_to(find_day(page, session, ahead))
    expect(page.locator(".notice.success")).to_contain_text(f"Moved “{session.title}”")
    expect(find_day(page, session, ahead)).to_contain_text(session.title)
    expect(page).to_have_url(f"{live_server.url}/home/calendar?view=week&day={session.day}")
    page.locator(".notice").get_by_role("button", name="Undo").click()
    expect(page.locator(".notice.success")).to_contain_text("Undid a change")
    expect(find_day(page, session)).to_contain_text(session.title)


def test_session_is_moved_with_the_keyboard_alone(page: Page, live_server: LiveServer, people: Cast):
    session = get_today(people)
    open_page_as(page, live_server, people.ada, "/home/calendar")
    page.get_by_role("link", name=session.title, exact=True).focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("New day")
    expect(field).to_have_value(str(session.day))
    field.focus()
    target = session.day + timedelta(1)
    page.keyboard.type(f"{target:%m%d%Y}")
    expect(field).to_have_value(str(target))
    page.keyboard.press("Enter")
    expect(page.locator(".notice.success")).to_contain_text(f"Moved “{session.title}”")
    session.refresh_from_db()
    assert session.day == target


def test_second_of_two_people_overwrites_nothing(
    page: Page, browser: Browser, live_server: LiveServer, people: Cast
):
    session = get_today(people)
    open_page_as(page, live_server, people.ada, f"/home/calendar?view=week&day={session.day}")
    context = browser.new_context()
    other = context.new_page()
    path = f"/athletes/{people.ada.public_id}/sessions/{session.public_id}"
    open_page_as(other, live_server, people.carl, path)
    other.get_by_label("New day").fill(str(session.day + timedelta(3)))
    other.get_by_role("button", name="Move", exact=True).click()
    expect(other.locator(".notice.success")).to_be_visible()
    context.close()
    ahead = 1 if session.day.weekday() < 6 else -1
    find_day(page, session).locator("[data-move]").drag_to(find_day(page, session, ahead))
    notice = page.locator(".notice.warning")
    expect(notice).to_contain_text("Nothing was saved")
    expect(notice).to_contain_text(f"Carl moved “{session.title}”")
    expect(page.get_by_role("heading", level=1, name=session.title)).to_be_visible()
    session.refresh_from_db()
    assert session.version == 2
