"""Accounts: sign in, settings, upload, invitations, sign out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.models import Athlete
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.roles import Role
from metrics.files.xml.writer import encode_fit, encode_gpx
from metrics.models import Activity
from tests.browser.page_checks import check_page
from tests.browser.sign_in import (
    find_account_menu,
    open_page_as,
    set_test_password,
    sign_in_by_form,
    sign_out,
)
from tests.support.cast import Cast, make_cast
from tests.support.recordings import build_steady_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_user_signs_in_and_out(page: Page, live_server: LiveServer, people: Cast):
    set_test_password(people.ada)
    page.goto(f"{live_server.url}/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    check_page(page)
    sign_in_by_form(page, live_server, people.ada, "wrong")
    expect(page.get_by_role("alert")).to_have_text("Wrong e-mail or password.")
    expect(page.get_by_label("E-mail address")).to_have_value(people.ada.email)
    check_page(page)
    sign_in_by_form(page, live_server, people.ada)
    expect(find_account_menu(page)).to_be_visible()
    sign_out(page)
    expect(page.get_by_role("status")).to_have_text("You have signed out.")


def test_user_changes_settings(page: Page, live_server: LiveServer, people: Cast):
    open_page_as(page, live_server, people.ada)
    find_account_menu(page).locator("summary").click()
    check_page(page)
    page.get_by_role("banner").get_by_role("link", name="Settings").click()
    check_page(page)
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    page.get_by_label("miles").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Settings saved.")
    assert Athlete.objects.filter(pk=people.ada.pk, timezone="Asia/Tokyo", unit_system="imperial").exists()
    for tab in ("Sharing", "Password", "Your data", "E-mail", "Security", "Devices"):
        page.get_by_role("navigation", name="Settings").get_by_role("link", name=tab).click()
        check_page(page)
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_text("Copy it now")).to_be_visible()
    check_page(page)


@pytest.fixture
def recordings(tmp_path: Path) -> list[Path]:
    run, junk = tmp_path / "run.gpx", tmp_path / "holiday.txt"
    run.write_bytes(encode_gpx(build_steady_run(duration_s=600)))
    junk.write_text("not a recording")
    return [run, junk]


def test_each_uploaded_file_has_a_result(
    page: Page, live_server: LiveServer, people: Cast, recordings: list[Path]
):
    open_page_as(page, live_server, people.ada)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Upload").click()
    check_page(page)
    for results in (["Stored", "Not stored"], ["Already there", "Not stored"]):
        page.get_by_label("Files", exact=True).set_input_files(recordings)
        page.get_by_role("button", name="Upload").click()
        expect(page.locator(".result .badge")).to_have_text(results)
    expect(page.get_by_text("0 stored, 1 already there, 1 not stored.")).to_be_visible()
    check_page(page)
    assert Activity.objects.get().athlete_id == people.ada.pk


def test_incomplete_recording_is_imported_on_request(
    page: Page, live_server: LiveServer, people: Cast, tmp_path: Path
):
    broken = tmp_path / "run.fit"
    broken.write_bytes(encode_fit(build_steady_run(duration_s=600))[:-2_000])
    open_page_as(page, live_server, people.ada, "/upload")
    page.get_by_label("Files", exact=True).set_input_files(broken)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Store what is readable").click()
    expect(page.locator(".result .badge")).to_have_text(["Stored"])
    check_page(page)


def test_coach_uploads_for_an_athlete(
    page: Page, live_server: LiveServer, people: Cast, recordings: list[Path]
):
    open_page_as(page, live_server, people.carl)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Upload").click()
    page.get_by_label("Name or e-mail address").fill("ada")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Ada").click()
    expect(page.get_by_role("heading", name=re.compile("Upload recordings of Ada"))).to_be_visible()
    page.get_by_label("Files", exact=True).set_input_files(recordings[0])
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".result .badge")).to_have_text(["Stored"])
    assert Activity.objects.get().athlete_id == people.ada.pk
    assert people.carl.memberships.get().role == Role.COACH


def test_invitation_link_fills_in_its_code(page: Page, live_server: LiveServer, people: Cast):
    now = datetime.now(UTC)
    token = create_invitation(
        people.harbour, InvitationOffer(Role.ATHLETE, now + timedelta(days=1)), people.hanna, now
    )[1]
    page.goto(f"{live_server.url}/join#{token}")
    expect(page.get_by_role("heading", name="Join Harbour Runners")).to_be_visible()
    assert token not in page.url
    check_page(page)
    page.get_by_label("E-mail address").fill("new@example.test")
    page.get_by_label("Password").fill("seven wet horses")
    page.get_by_label("Name").fill("Nell")
    expect(page.get_by_label("Time zone")).not_to_have_value("")
    page.get_by_label("My activities").check()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Welcome to Harbour Runners!")).to_be_visible()
    page.goto(f"{live_server.url}/settings/sharing")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)


def test_upload_works_without_javascript(
    browser: Browser, live_server: LiveServer, people: Cast, recordings: list[Path]
):
    set_test_password(people.ada)
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in_by_form(page, live_server, people.ada)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Upload").click()
    page.get_by_label("Files", exact=True).set_input_files(recordings)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".result .badge")).to_have_text(["Stored", "Not stored"])
    sign_out(page)
    expect(page.get_by_role("status")).to_have_text("You have signed out.")
    page.context.close()
