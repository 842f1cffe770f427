"""The activity page and the list of activities."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity
from tests.browser.page_checks import check_page
from tests.browser.recorded_run import record_run
from tests.browser.sign_in import open_page_as
from tests.support.cast import Cast, make_cast
from tests.support.recordings import build_uneven_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_activity_is_viewed_edited_and_deleted(page: Page, live_server: LiveServer, people: Cast):
    activity = record_run(people)
    open_page_as(page, live_server, people.ada, f"/activities/{activity.public_id}")
    for title in ("Pace", "Heart rate", "Altitude"):
        drawing = page.get_by_role("img", name=title, exact=True)
        expect(drawing).to_be_visible()
        width = page.viewport_size["width"]  # type: ignore[index]
        assert drawing.bounding_box()["width"] <= width  # type: ignore[index]
    check_page(page)
    page.get_by_text("Pace as a table").click()
    expect(page.get_by_role("columnheader", name="Pace, min/km")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Over time").click()
    expect(page.locator("#profile .chart-x-axis").first).to_contain_text("min")
    page.get_by_text("Edit activity").click()
    page.get_by_label("Name").fill("Up and down")
    page.get_by_role("group", name="Effort").get_by_label("6").check()
    check_page(page)
    page.get_by_role("button", name="Save").last.click()  # the first one saves how it felt
    expect(page.get_by_role("heading", name="Up and down")).to_be_visible()
    page.get_by_text("Edit activity").click()
    page.get_by_role("link", name="Delete …").click()
    check_page(page)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing recorded yet.")).to_be_visible()
    assert not Activity.objects.exists()


def test_records_fit_a_phone_and_a_range_is_shown_in_place(page: Page, live_server: LiveServer, people: Cast):
    activity = record_run(people)
    open_page_as(page, live_server, people.carl, f"/athletes/{people.ada.public_id}/records")
    expect(page.get_by_role("rowheader", name="5 km", exact=True)).to_be_visible()
    check_page(page)
    page.get_by_label("From").fill((activity.local_date + timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No run of these days reached a standard distance.")).to_be_visible()
    page.get_by_role("link", name="All time").click()
    expect(page.get_by_role("rowheader", name="5 km", exact=True)).to_be_visible()


def test_a_recording_is_chosen_split_off_and_put_back(page: Page, live_server: LiveServer, people: Cast):
    activity = record_run(people)
    ingest_file(people.ada.athlete, Upload(encode_fit(build_uneven_run()), "second-device.fit"))
    open_page_as(page, live_server, people.ada, f"/activities/{activity.public_id}")
    recordings = page.get_by_role("region", name="Recordings")
    expect(recordings.get_by_text("second-device.fit")).to_be_visible()
    check_page(page)
    recordings.get_by_role("button", name="Let it count").click()
    expect(recordings.get_by_text("chosen by a person")).to_be_visible()
    recordings.get_by_role("button", name="Make it an activity of its own").last.click()
    expect(page.get_by_text("an activity of its own now")).to_be_visible()
    assert Activity.objects.count() == 2
    check_page(page)
    recordings.get_by_role("button", name="Put it back").click()
    expect(recordings.get_by_text("recorded 2 times")).to_be_visible()
    assert Activity.objects.get() == activity


def test_activities_are_listed_and_filtered(page: Page, live_server: LiveServer, people: Cast):
    record_run(people)
    open_page_as(page, live_server, people.carl, f"/activities?athlete={people.ada.public_id}")
    expect(page.get_by_role("heading", name="Activities of Ada")).to_be_visible()
    check_page(page)
    page.get_by_label("Races").select_option("1")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("No activities match these filters.")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Run", exact=True).click()
    expect(page.get_by_role("link", name="Activities of Ada")).to_be_visible()


def test_print_shows_the_table_of_a_chart(page: Page, live_server: LiveServer, people: Cast):
    activity = record_run(people)
    open_page_as(page, live_server, people.ada, f"/activities/{activity.public_id}")
    row = page.locator("#profile-pace table tbody tr").first
    expect(row).not_to_be_visible()
    page.emulate_media(media="print")
    expect(row).to_be_visible()
