"""The roster: search, filters, acknowledging, and editing several athletes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from astral.http.error_pages import FORM_EXPIRED_TITLE
from athletes.models import Membership, User
from athletes.roles import Role
from coaching.models import Acknowledgement, SignalAction
from metrics.models import HealthDay
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.coaching.roster.roster_fixtures import fall_ill
from tests.coaching.signal_history.episode_fixtures import backdate_memberships
from tests.coaching.training_fixtures import add_to_training_group, stop_running
from tests.support.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    """Ada and Ben have not run for 12 days, Ada is in a group and has data for charts."""
    cast, now = make_cast(), datetime.now(UTC)
    for back in range(20):
        day = (now - timedelta(days=back)).date()
        HealthDay.objects.create(athlete=cast.ada.athlete, date=day, source="x", hrv_rmssd_ms=50.0 + back % 5)
    add_to_training_group(cast.ada, cast.harbour)
    Membership.objects.filter(user=cast.ben).update(labels=["marathon"])
    for user in (cast.ada, cast.ben):
        stop_running(user, 12, now)
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


def list_card_names(page: Page) -> list[str]:
    return page.locator(".queue-card h3").all_text_contents()


def test_three_clicks_in_one_spot_acknowledge_one_athlete_once(
    page: Page, live_server: LiveServer, people: Cast
):
    open_page_as(page, live_server, people.carl)
    names = list_card_names(page)
    assert sorted(names) == ["Ada", "Ben"]
    box = page.locator(".queue-card button[id^=seen-]").first.bounding_box()
    assert box
    for _ in range(3):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator(".queue-card").first.get_by_role("status")).to_contain_text("Seen by you until")
    assert list_card_names(page) == names
    first = people.ada if names[0] == "Ada" else people.ben
    assert set(Acknowledgement.objects.values_list("athlete", flat=True)) == {first.pk}
    assert SignalAction.objects.count() == Acknowledgement.objects.count()
    check_page(page)
    page.get_by_role("button", name=f"Undo {names[0]}").click()
    expect(page.locator(".queue-card button[id^=seen-][type=submit]")).to_have_count(2)
    assert not Acknowledgement.objects.exists()
    assert list_card_names(page) == names


def test_card_is_acknowledged_with_days_and_a_reason(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.carl, "/coach/?search=ada")
    page.locator(".seen-options summary").first.click()
    check_page(page)
    page.get_by_label("Quiet for").select_option("5")
    page.get_by_label("Reason").fill("On holiday")
    page.get_by_role("button", name="Seen Ada").click()
    expect(page.get_by_role("status")).to_contain_text(": On holiday")
    expect(page).to_have_url(re.compile("search=ada$"))
    rows = Acknowledgement.objects.all()
    assert {((row.until - row.since).days, row.coach, row.reason) for row in rows} == {
        (5, people.carl, "On holiday")
    }
    page.reload()
    expect(page.get_by_text("Acknowledged (1)")).to_be_visible()
    expect(page.get_by_text(": On holiday").first).to_be_visible()
    check_page(page)


def test_keyboard_focus_stays_on_the_pressed_button(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.carl)
    button = page.locator(".queue-card button[id^=seen-]").first
    for _ in range(3):
        button.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Seen by you")
        expect(button).to_be_focused()
    assert Acknowledgement.objects.values("athlete").distinct().count() == 1


def test_refused_click_shows_the_error_page(browser: Browser, live_server: LiveServer, people: Cast):
    page = browser.new_context().new_page()
    open_page_as(page, live_server, people.carl)
    page.context.clear_cookies(name="csrftoken")
    page.locator(".queue-card button[id^=seen-]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FORM_EXPIRED_TITLE)
    assert not Acknowledgement.objects.exists()
    page.context.close()


def test_cards_of_the_queue_are_compact(page: Page, live_server: LiveServer, people: Cast):
    """At desk width a card takes about 72 pixels."""
    open_page_as(page, live_server, people.carl)
    heights = page.locator(".queue-card").evaluate_all("cards => cards.map(card => card.offsetHeight)")
    is_desk = (page.viewport_size or {"width": 0})["width"] > 1000
    assert len(heights) == 2
    assert max(heights) <= (74 if is_desk else 230)


def test_coach_eases_tomorrow_and_writes_from_the_queue(page: Page, live_server: LiveServer, people: Cast):
    now = datetime.now(UTC)
    fall_ill(people.ben, now)
    people.ben.athlete.refresh_from_db()  # in browsers everybody has the same time zone
    tomorrow = people.ben.athlete.local_date(now) + timedelta(days=1)
    session = create_session(people.ben, tomorrow, title="Tempo", zone=4)
    open_page_as(page, live_server, people.carl, "/coach/?search=ben")
    page.locator("summary", has_text="More for Ben").click()
    page.get_by_text("Move hard session").click()
    check_page(page)
    page.locator("summary", has_text="More for Ben").click()  # close it: it lies over the card
    page.get_by_role("button", name="Make tomorrow easy").click()
    expect(page.get_by_role("status")).to_contain_text("Changed “Tempo (easy)”")
    check_page(page)
    session.refresh_from_db()
    assert session.zone == 1
    page.locator("summary", has_text="More for Ben").click()
    page.get_by_role("link", name="Write").first.click()
    page.get_by_label("Write a comment").fill("Take it easy tomorrow.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your comment is saved.")).to_be_visible()
    expect(page.get_by_text("Take it easy tomorrow.")).to_be_visible()


def test_coach_reads_what_was_done_and_what_helped(page: Page, live_server: LiveServer, people: Cast):
    backdate_memberships()
    open_page_as(page, live_server, people.carl, "/coach/?search=ada")
    page.get_by_role("button", name="Seen Ada").click()
    expect(page.get_by_role("status")).to_contain_text("Seen by you")
    page.get_by_role("link", name="Which signals helped").click()
    expect(page.get_by_role("heading", name="Which signals helped")).to_be_visible()
    expect(page.get_by_text("No run for much longer than")).to_be_visible()
    check_page(page)
    page.goto(f"{live_server.url}/coach/athletes/{people.ada.public_id}")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Seen by you on").first).to_be_visible()
    check_page(page)


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
    spot = page.locator(".queue-card button[id^=seen-]").bounding_box()
    assert spot
    for _ in range(3):
        page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
        page.wait_for_load_state()
        expect(page.locator(".queue-card").get_by_role("status")).to_contain_text("Seen by you until")
    assert set(Acknowledgement.objects.values_list("athlete", flat=True)) == {people.ada.pk}
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
