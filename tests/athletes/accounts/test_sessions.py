"""Browser sessions end: after a time without a request, and some time after the sign-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from athletes.models import User
from tests.support.cast import NOON, Cast

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def open_browser(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def is_signed_in(browser: Client, page: str = "/settings") -> bool:
    return bool(browser.get(page).status_code == 200)


def test_a_session_ends_after_14_days_without_a_request(cast: Cast, clock: Any):
    browser = open_browser(cast.ada)
    clock.shift(13 * DAY)
    assert is_signed_in(browser)
    clock.shift(13 * DAY)
    assert is_signed_in(browser)
    clock.shift(14 * DAY)
    assert not is_signed_in(browser)
    assert not Session.objects.exists()


def test_a_session_ends_60_days_after_the_sign_in_although_it_is_used(cast: Cast, clock: Any):
    browser = open_browser(cast.ada)
    for _ in range(59):
        clock.shift(DAY)
        assert is_signed_in(browser)
    clock.shift(DAY)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("page", ["/settings", "/admin/"])
def test_a_session_of_staff_ends_after_2_hours_without_a_request(cast: Cast, clock: Any, page: str):
    User.objects.filter(pk=cast.stella.pk).update(is_superuser=True)
    browser = open_browser(cast.stella)
    clock.shift(2 * HOUR - MINUTE)
    assert is_signed_in(browser, page)
    clock.shift(2 * HOUR)
    assert not is_signed_in(browser, page)


def test_a_session_of_staff_ends_12_hours_after_the_sign_in(cast: Cast, clock: Any):
    browser = open_browser(cast.stella)
    for _ in range(11):
        clock.shift(HOUR)
        assert is_signed_in(browser)
    clock.shift(HOUR)
    assert not is_signed_in(browser)


def test_a_session_of_somebody_who_became_staff_has_the_shorter_limits(cast: Cast, clock: Any):
    browser = open_browser(cast.ada)
    clock.shift(DAY)
    assert is_signed_in(browser)
    User.objects.filter(pk=cast.ada.pk).update(is_staff=True)
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([15 * DAY], "You were signed out because you did nothing here for 14 days. Sign in again."),
        ([10 * DAY] * 6, "You were signed out because you signed in more than 60 days ago. Sign in again."),
    ],
)
def test_the_sign_in_page_says_why_the_session_ended(
    cast: Cast, clock: Any, steps: list[timedelta], reason: str
):
    browser = open_browser(cast.ada)
    for step in steps:
        clock.shift(step)
        answer = browser.get("/settings", follow=True)
    assert answer.request["PATH_INFO"] == "/sign-in"
    assert reason in answer.content.decode()


def test_the_admin_says_why_the_session_ended(cast: Cast, clock: Any):
    browser = open_browser(cast.stella)
    clock.shift(3 * HOUR)
    answer = browser.get("/admin/", follow=True)
    assert "because you did nothing here for 2 hours" in answer.content.decode()


def test_the_api_does_not_take_an_ended_session(cast: Cast, clock: Any):
    browser = open_browser(cast.ada)
    clock.shift(14 * DAY)
    assert browser.get("/api/v1/auth/me").status_code == 401


def test_a_session_is_written_at_most_every_five_minutes(cast: Cast, clock: Any):
    browser = open_browser(cast.ada)
    written = []
    for _ in range(11):
        clock.shift(MINUTE)
        with CaptureQueriesContext(
            connection,
        ) as statements:
            assert is_signed_in(browser)
        written.append(any('UPDATE "django_session"' in str(row["sql"]) for row in statements))
    assert [minute for minute, is_written in enumerate(written, start=1) if is_written] == [5, 10]


def test_the_time_of_a_session_of_an_older_version_begins_with_its_next_use(cast: Cast, clock: Any):
    browser = open_browser(cast.ada)
    session = browser.session
    session_key = session.session_key
    row = Session.objects.get(pk=session_key)
    data = {key: value for key, value in row.get_decoded().items() if not key.endswith("_at")}
    Session.objects.filter(pk=session_key).update(session_data=Session.objects.encode(data))
    clock.shift(20 * DAY)
    assert is_signed_in(browser)
    clock.shift(14 * DAY)
    assert not is_signed_in(browser)


def test_a_new_sign_in_after_the_end_begins_a_new_time(cast: Cast, clock: Any):
    browser = open_browser(cast.ada)
    clock.shift(14 * DAY)
    assert not is_signed_in(browser)
    browser.force_login(cast.ada)
    clock.shift(13 * DAY)
    assert is_signed_in(browser)


def test_a_sign_in_in_a_running_session_begins_a_new_time(cast: Cast, clock: Any):
    browser = open_browser(cast.stella)
    for _ in range(11):
        clock.shift(HOUR)
        assert is_signed_in(browser)
    browser.force_login(cast.stella)
    clock.shift(HOUR)
    assert is_signed_in(browser)
