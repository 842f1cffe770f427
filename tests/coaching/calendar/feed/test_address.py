"""The secret address: made, renewed and ended by the athlete alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import AccessLogEntry
from athletes.personal_data.account_deletion import delete_account
from coaching.models import CalendarFeed
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.calendar.feed.feed_fixtures import CalendarProgram
from tests.coaching.calendar.pages.page_fixtures import PageClient
from tests.coaching.plan_fixtures import get_day
from tests.support.cast import NOON, Cast
from tests.support.error_shape import assert_error

SETTINGS = "/settings/calendar"
ADDRESS = re.compile(r'value="http://testserver(/calendar/[\w-]{43}\.ics)"')
NOTHING = {"is_on": False, "made_at": None, "last_read_at": None}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def make_address(api: CalendarClient) -> str:
    answer = api.send("post", "calendar_feed")
    assert answer.status_code == 201, answer.content
    url: str = answer.json()["data"]["url"]
    return url.removeprefix("http://testserver")


def read_status(path: str) -> int:
    return int(Client().get(path).status_code)


def find_addresses(text: str) -> list[str]:
    return ADDRESS.findall(text)


def test_new_address_works_and_the_old_one_stops_at_once(cast: Cast):
    api = CalendarClient(cast.ada)
    old = make_address(api)
    assert read_status(old) == 200
    new = make_address(api)
    assert (read_status(old), read_status(new)) == (404, 200)
    assert CalendarFeed.objects.count() == 1


def test_ended_unknown_and_malformed_secrets_get_the_same_404(cast: Cast):
    api = CalendarClient(cast.ada)
    path = make_address(api)
    assert api.send("delete", "calendar_feed").status_code == 204
    assert api.send("delete", "calendar_feed").status_code == 204
    answers = [Client().get(address) for address in (path, "/calendar/x.ics", "/calendar/%00%22é.ics")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


def test_calendar_of_a_switched_off_account_is_not_found(cast: Cast):
    program = CalendarProgram(cast.ada)
    cast.ada.is_active = False
    cast.ada.save()
    assert program.get().status_code == 404


def test_api_says_when_the_address_was_made_and_read(cast: Cast, clock: Any):
    api = CalendarClient(cast.ada)
    assert api.send("get", "calendar_feed").json()["data"] == NOTHING
    path = make_address(api)
    made = {"is_on": True, "made_at": "2026-06-10T12:00:00Z", "last_read_at": None}
    assert api.send("get", "calendar_feed").json()["data"] == made
    for _ in range(3):
        Client().get(path)
        clock.shift(timedelta(minutes=59))
    read = api.send("get", "calendar_feed").json()["data"]
    assert read == made | {"last_read_at": "2026-06-10T13:58:00Z"}


def test_address_is_stored_as_a_digest_only(cast: Cast):
    secret = make_address(CalendarClient(cast.ada)).split("/")[2].removesuffix(".ics")
    assert len(secret) == 43
    (stored,) = CalendarFeed.objects.values()
    assert secret not in str(stored)


def test_nobody_else_reads_or_makes_an_address(cast: Cast):
    for caller in (cast.carl, cast.hanna, cast.zoe):
        for method in ("get", "post", "delete"):
            answer = CalendarClient(cast.ada, caller).send(method, "calendar_feed")
            assert_error(answer, 403, "PERMISSION_DENIED")
    assert not CalendarFeed.objects.exists()


def test_unknown_fields_and_parameters_are_refused(cast: Cast):
    answer = CalendarClient(cast.ada).send("post", "calendar_feed", {"secret": "mine"})
    assert_error(answer, 400, "UNKNOWN_FIELD", "secret")
    assert Client().get(CalendarProgram(cast.ada).path, {"x": "1"}).status_code == 400


def test_page_shows_the_address_once(cast: Cast):
    page = PageClient(cast.ada)
    assert "You have no address." in page.read(SETTINGS)
    answer = page.submit(SETTINGS, "/settings/calendar")
    (path,) = find_addresses(answer.content.decode())
    assert read_status(path) == 200
    assert "You have an address since" in page.read(SETTINGS)
    assert find_addresses(page.read(SETTINGS)) == []


def test_form_that_is_sent_twice_makes_one_address(cast: Cast):
    page = PageClient(cast.ada)
    form = page.fill(SETTINGS, "/settings/calendar")
    first, second = (find_addresses(page.post(*form).content.decode()) for _ in range(2))
    assert first == second
    assert read_status(first[0]) == 200


def test_old_form_does_not_bring_an_old_address_back(cast: Cast):
    page = PageClient(cast.ada)
    form = page.fill(SETTINGS, "/settings/calendar")
    (old,) = find_addresses(page.post(*form).content.decode())
    (new,) = find_addresses(page.submit(SETTINGS, "/settings/calendar").content.decode())
    assert find_addresses(page.post(*form).content.decode()) == []
    assert (read_status(old), read_status(new)) == (404, 200)


def test_page_ends_the_address(cast: Cast):
    page, program = PageClient(cast.ada), CalendarProgram(cast.ada)
    answer = page.submit(SETTINGS, "/settings/calendar/end")
    assert "The address no longer works." in page.unescape(answer)
    assert program.get().status_code == 404


def test_reading_the_own_calendar_is_no_look(cast: Cast):
    create_session(cast.ada, get_day(1))
    CalendarProgram(cast.ada).get()
    assert not AccessLogEntry.objects.exists()


def test_deleted_account_has_no_address(cast: Cast):
    program = CalendarProgram(cast.ada)
    delete_account(cast.ada, NOON)
    assert program.get().status_code == 404
    assert not CalendarFeed.objects.exists()
