"""Make tomorrow easy, and move the next hard session."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from athletes.models import Membership, Threshold, User
from coaching.calendar.pages.hard_sessions import is_hard, load_hard_sessions
from coaching.models import CalendarSession
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.coaching.calendar.pages.page_fixtures import PageClient
from tests.coaching.plan_fixtures import TODAY, get_day
from tests.support.cast import NOON, Cast

INTERVALS = [{"repeat": 6, "distance": 1_000, "zone": 4, "recovery": 90}]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def press(viewer: User, athlete: User, button: str, **fields: str) -> Any:
    client = PageClient(viewer).client
    address = f"/athletes/{athlete.public_id}/calendar/{button}"
    return client.post(address, {"next": f"/coach/athletes/{athlete.public_id}"} | fields, follow=True)


def test_tomorrow_becomes_easy_and_undo_brings_the_hard_session_back(cast: Cast):
    session = create_session(
        cast.ada, get_day(1), title="Tempo", duration_s=3_600.0, distance_m=12_000.0, zone=4, load=90.0,
        steps=INTERVALS, is_key=True,
    )  # fmt: skip
    before = CalendarSession.objects.values().get()
    answer = press(cast.carl, cast.ada, "easy-tomorrow")
    assert answer.redirect_chain == [(f"/coach/athletes/{cast.ada.public_id}", 302)]
    session.refresh_from_db()
    assert (session.title, session.duration_s, session.distance_m) == ("Tempo (easy)", 3_600, None)
    assert (session.zone, session.steps, session.is_key, session.load) == (1, [], False, None)
    page = PageClient(cast.carl)
    assert "Changed “Tempo (easy)” on Thu 11 Jun 2026." in page.unescape(answer)
    page.press(answer, "Undo")
    assert CalendarSession.objects.values().get() == before | {"version": 3}


def test_distance_becomes_the_time_that_it_would_have_taken(cast: Cast):
    Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", valid_from=get_day(-30), value=240.0, source="manual"
    )
    session = create_session(
        cast.ada, get_day(1), title="Tempo", duration_s=None, distance_m=10_000.0, zone=3
    )
    press(cast.carl, cast.ada, "easy-tomorrow")
    session.refresh_from_db()
    assert (session.distance_m, session.title) == (None, "Tempo (easy)")
    assert 40 * 60 <= (session.duration_s or 0) <= 45 * 60


def test_distance_stays_without_a_threshold(cast: Cast):
    session = create_session(
        cast.ada, get_day(1), title="T" * 120, duration_s=None, distance_m=10_000.0, zone=4
    )
    press(cast.carl, cast.ada, "easy-tomorrow")
    session.refresh_from_db()
    assert (session.distance_m, session.zone, session.duration_s) == (10_000, 1, None)
    assert session.title == "T" * 113 + " (easy)"


def test_without_a_hard_session_tomorrow_nothing_changes(cast: Cast):
    create_session(cast.ada, get_day(0), zone=5)
    create_session(cast.ada, get_day(1), zone=2)
    create_session(cast.ada, get_day(1), zone=5, is_skipped=True)
    create_session(cast.ada, get_day(2), zone=5)
    answer = press(cast.carl, cast.ada, "easy-tomorrow")
    assert "There is no hard session that you can change." in PageClient(cast.carl).unescape(answer)
    assert set(CalendarSession.objects.values_list("version", flat=True)) == {1}


def test_next_hard_session_is_moved(cast: Cast):
    create_session(cast.ada, get_day(1), zone=1)
    hard = create_session(cast.ada, get_day(2), title="Hills", zone=4)
    answer = press(cast.carl, cast.ada, "move-hard-session", date=str(get_day(5)))
    assert "Moved “Hills” from Fri 12 Jun 2026 to Mon 15 Jun 2026." in PageClient(cast.carl).unescape(answer)
    hard.refresh_from_db()
    assert hard.day == get_day(5)


@pytest.mark.parametrize(("viewer", "status"), [("asha", 403), ("zora", 403), ("hanna", 200), ("ada", 200)])
def test_only_who_may_change_the_calendar_may_press(cast: Cast, viewer: str, status: int):
    create_session(cast.ada, get_day(1), zone=4)
    assert press(getattr(cast, viewer), cast.ada, "easy-tomorrow", next="/home").status_code == status


@pytest.mark.parametrize(
    ("fields", "hard"),
    [
        ({"zone": 2}, False),
        ({"zone": 3}, True),
        ({"is_key": True}, True),
        ({"sport": "rest", "is_key": True, "duration_s": None}, False),
        ({"steps": INTERVALS}, True),
        ({"steps": [{"duration": 600, "zone": 2}], "zone": 5}, False),
        ({"steps": [{"kind": "work", "duration": 600.0, "target": {"pace": [240, 230]}, "text": ""}]}, True),
        ({"steps": [{"kind": "work", "duration": 600.0, "target": {"effort": 3}, "text": ""}]}, False),
        ({"steps": [{"kind": "warmup", "duration": 600.0, "target": None, "text": ""}]}, False),
    ],
)
def test_hard_is_a_key_session_or_one_with_a_hard_part(fields: dict[str, Any], hard: bool):
    assert is_hard(CalendarSession(**({"duration_s": 3_600.0} | fields))) is hard


def test_hard_sessions_of_many_athletes_take_one_statement(cast: Cast):
    today: dict[Any, date] = {user.pk: TODAY for user in (cast.ada, cast.ben, cast.zoe)}
    create_session(cast.ada, get_day(1), title="Easy", zone=1)
    hard = create_session(cast.ada, get_day(1), title="Tempo", zone=4, position=1)
    create_session(cast.ada, get_day(2), title="Later", zone=4)
    create_session(cast.ben, get_day(8), title="Far", zone=4)
    create_session(cast.zoe, get_day(1), title="Foreign", zone=4)
    with CaptureQueriesContext(connection) as captured:
        found = load_hard_sessions(cast.carl, today)
    assert len(captured) == 1
    assert set(found) == {cast.ada.pk}
    assert (found[cast.ada.pk].public_id, found[cast.ada.pk].is_tomorrow) == (hard.public_id, True)
    assert load_hard_sessions(cast.carl, {}) == {}
    Membership.objects.filter(user=cast.carl).update(role="assistant_coach")
    Membership.objects.filter(user=cast.ada).update(assigned_coach=None)
    assert load_hard_sessions(cast.carl, today) == {}
