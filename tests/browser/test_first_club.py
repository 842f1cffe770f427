"""From an empty server to a club with an athlete and a first upload, without help."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.models import User
from athletes.organizations.consent import load_consents
from metrics.files.xml.writer import encode_gpx
from tests.browser.page_checks import check_page
from tests.browser.sign_in import sign_in_by_form
from tests.support.cast import PASSWORD
from tests.support.recordings import build_steady_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def found_club(page: Page, server: LiveServer) -> None:
    """The first person signs in, follows the checklist, and founds a club."""
    root = User.objects.create_superuser("root@example.test", PASSWORD, display_name="Rita")
    sign_in_by_form(page, server, root)
    expect(page.get_by_role("heading", name="From an empty server to a club")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Found a club").click()
    page.get_by_label("Name of the club").fill("Lakeside Joggers")
    check_page(page)
    page.get_by_role("button", name="Found the club").click()
    expect(page.get_by_role("heading", name="Set up Lakeside Joggers")).to_be_visible()
    check_page(page)


def create_athlete_link(page: Page) -> str:
    page.get_by_role("link", name="Invite athletes").click()
    page.get_by_label("For how many people").fill("3")
    page.get_by_role("button", name="Create link").click()
    return page.locator("code.secret").inner_text()


def join(page: Page, link: str) -> None:
    """A new athlete opens the link, sees who invites and what is asked, and joins."""
    page.goto(link)
    expect(page.get_by_text("Rita invites you to Lakeside Joggers as athlete.")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    check_page(page)
    page.get_by_label("E-mail address").fill("mira@example.test")
    page.get_by_label("Password").fill("seven wet horses")
    page.get_by_label("Name").fill("Mira")
    page.get_by_label("My activities").check()
    page.get_by_label("My goals and plans").check()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Welcome to Lakeside Joggers!")).to_be_visible()


def test_empty_server_becomes_a_working_club(
    page: Page, browser: Browser, live_server: LiveServer, tmp_path: Path
):
    found_club(page, live_server)
    link = create_athlete_link(page)

    athlete = browser.new_context().new_page()
    join(athlete, link)
    run = tmp_path / "run.gpx"
    run.write_bytes(encode_gpx(build_steady_run(duration_s=600)))
    athlete.goto(f"{live_server.url}/upload")
    athlete.get_by_label("Files", exact=True).set_input_files(run)
    athlete.get_by_role("button", name="Upload").click()
    expect(athlete.locator(".result .badge")).to_have_text(["Stored"])
    athlete.context.close()

    mira = User.objects.get(email="mira@example.test")
    club = mira.memberships.get().organization
    answers = {"activities": True, "health": False, "goals_and_plans": True}
    assert load_consents(mira.athlete, club) == answers
    page.goto(f"{live_server.url}/start")
    expect(page.get_by_text("The club works.")).to_be_visible()
    page.get_by_role("link", name="Go to the roster").click()
    expect(page.get_by_role("link", name="Mira").first).to_be_visible()
