"""The inbox, its switches, the link of an e-mail and the week of a club."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from athletes.models.notices import NoticeKind
from athletes.notices.unsubscribing import build_unsubscribe_url
from athletes.notices.writing import NewNotice, tell_person
from coaching.models import SignalEpisode
from coaching.notices.digests import write_due_digests
from tests.athletes.notices.notice_fixtures import tell_of_import
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.coaching.signal_history.episode_fixtures import backdate_memberships
from tests.support.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG_NAME = f"{'export' * 20}.zip"


def test_a_coach_reads_the_inbox_and_the_week_of_the_club(page: Page, live_server: LiveServer, cast: Cast):
    now = datetime.now(UTC)
    monday = now.date() - timedelta(days=now.weekday())
    backdate_memberships()
    episode = SignalEpisode.objects.create(
        athlete=cast.ada.athlete, code="POSSIBLE_ILLNESS", worst_severity="critical",
        raised_on=monday - timedelta(days=3),
    )  # fmt: skip
    tell_person(cast.carl.pk, NewNotice(NoticeKind.SIGNAL, cast.ada.pk, episode.pk, ()), now)
    tell_of_import(cast.carl, now - timedelta(days=1), name=LONG_NAME)
    write_due_digests(datetime(monday.year, monday.month, monday.day, 6, tzinfo=UTC))
    open_page_as(page, live_server, cast.carl, "/notices")
    check_page(page)
    page.get_by_role("button", name="Mark as read").first.click()
    expect(page.get_by_text("Marked as read.")).to_be_visible()
    page.get_by_role("link", name="The last week in Harbour Runners").click()
    expect(page.get_by_role("heading", name="Who needs you")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Notices").click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("All notices are marked as read.")).to_be_visible()


def test_a_person_chooses_and_unsubscribes(page: Page, live_server: LiveServer, cast: Cast, settings):
    settings.PUBLIC_URL = live_server.url
    page.goto(build_unsubscribe_url(cast.ada, NoticeKind.COMMENT))
    check_page(page)
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("heading", name="Switched off")).to_be_visible()
    open_page_as(page, live_server, cast.ada, "/settings/notices")
    check_page(page)
    expect(page.get_by_label("A comment")).not_to_be_checked()
    page.get_by_label("A comment").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("A comment")).to_be_checked()
