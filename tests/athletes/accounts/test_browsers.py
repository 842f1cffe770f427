"""The browsers in which a person is signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client

from athletes.accounts.browsers import delete_ended_browsers, describe_browser
from athletes.models import User
from tests.support.cast import NOON, PASSWORD, Cast

PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0"
TABLET = "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(cast: Cast) -> User:
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    return cast.ada


def sign_in(user: User, user_agent: str = LAPTOP, address: str = "192.0.2.1") -> Client:
    client = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR=address)
    assert client.post("/sign-in", {"email": user.email, "password": PASSWORD}).status_code == 302
    return client


def read_browsers(client: Client) -> list[str]:
    page = client.get("/settings/tokens").content.decode()
    return re.findall(r'data-label="Browser">([^<]+)<', page)


def end_other_browser(client: Client) -> None:
    [browser_id] = re.findall(
        r'name="browser_id" value="(\d+)"', client.get("/settings/tokens").content.decode()
    )
    assert client.post("/settings/tokens/browser", {"browser_id": browser_id}).status_code == 302


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (PHONE, "Firefox on Android"),
        (LAPTOP, "Edge on Windows"),
        (TABLET, "Safari on iPad"),
        ("", "Unknown browser"),
        ("curl/8.0", "Unknown browser"),
    ],
)
def test_names_of_browsers(user_agent: str, name: str):
    assert describe_browser(user_agent) == name


def test_page_lists_browsers_with_the_last_used_first(ada: User, clock: Any):
    laptop = sign_in(ada)
    clock.shift(timedelta(minutes=1))
    sign_in(ada, PHONE, "198.51.100.7")
    assert read_browsers(laptop) == ["Firefox on Android", "Edge on Windows"]
    page = laptop.get("/settings/tokens").content.decode()
    assert "198.51.100.7" in page
    assert page.count("This browser<") == 1


def test_use_is_noted_at_most_every_five_minutes(ada: User, clock: Any):
    browser = sign_in(ada)
    browser.defaults["REMOTE_ADDR"] = "203.0.113.9"
    for minutes, address in ((4, "192.0.2.1"), (1, "203.0.113.9")):
        clock.shift(timedelta(minutes=minutes))
        browser.get("/settings")
        assert UserSession.objects.get().ip == address


def test_person_ends_another_browser(ada: User):
    laptop, phone = sign_in(ada), sign_in(ada, PHONE)
    end_other_browser(laptop)
    assert read_browsers(laptop) == ["Edge on Windows"]
    assert phone.get("/settings").status_code == 302


def test_nobody_ends_the_browser_of_somebody_else(ada: User, cast: Cast):
    browser = sign_in(ada)
    other = Client()
    other.force_login(cast.ben)
    other.post("/settings/tokens/browser", {"browser_id": str(UserSession.objects.get(user=ada).pk)})
    assert browser.get("/settings").status_code == 200


def test_ended_sessions_are_not_listed(ada: User):
    laptop, phone = sign_in(ada), sign_in(ada, PHONE)
    phone.post("/sign-out")
    assert read_browsers(laptop) == ["Edge on Windows"]
    sign_in(ada, TABLET)
    laptop.post("/settings/password", {"current_password": PASSWORD, "password": "a longer way to run"})
    assert read_browsers(laptop) == ["Edge on Windows"]


def test_rows_of_ended_sessions_are_deleted_at_night(ada: User):
    sign_in(ada)
    sign_in(ada, PHONE).post("/sign-out")
    delete_ended_browsers()
    assert [row.user_agent for row in UserSession.objects.all()] == [LAPTOP]
