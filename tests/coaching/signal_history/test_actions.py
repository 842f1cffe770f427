"""What coaches do about signals is recorded; what athletes do themselves is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import User
from athletes.organizations.api_keys import create_api_key
from athletes.rights import ARRANGE
from coaching.models import SignalAction
from coaching.signal_history.actions import record_taken_action
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.coaching.plan_fixtures import get_day
from tests.coaching.roster.roster_fixtures import browser
from tests.coaching.signal_history.episode_fixtures import raise_signal
from tests.support.cast import NOON, ApiClient, Cast, create_member

ABSENCE = {"kind": "ill", "from_date": str(get_day(0))}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def enter_absence(api: Any, athlete: User, **headers: Any) -> None:
    path = f"/api/v1/athletes/{athlete.public_id}/absences"
    answer = api.post(path, ABSENCE, content_type="application/json", **headers)
    assert answer.status_code == 201, answer.content


def list_actions() -> list[tuple[Any, ...]]:
    rows = SignalAction.objects.select_related("coach", "organization").order_by("code", "organization__name")
    return [(row.code, row.kind, row.coach, row.organization) for row in rows]


def test_absence_that_a_coach_enters_is_an_answer_to_the_signals_that_ask_for_it(cast: Cast):
    create_member(cast.ada, cast.hill)
    for code in ("POSSIBLE_ILLNESS", "INACTIVITY", "LOAD_JUMP"):
        raise_signal(cast.ada, code)
    raise_signal(cast.ada, "SESSIONS_MISSED", days=2)
    enter_absence(ApiClient(cast.carl), cast.ada)
    assert list_actions() == [
        ("INACTIVITY", "absence_entered", cast.carl, cast.harbour),
        ("POSSIBLE_ILLNESS", "absence_entered", cast.carl, cast.harbour),
    ]


def test_absence_on_the_page_and_by_a_key_is_recorded_too(cast: Cast):
    raise_signal(cast.ada, "INACTIVITY")
    browser(cast.hanna).post(f"/athletes/{cast.ada.public_id}/absences", ABSENCE)
    assert list_actions() == [("INACTIVITY", "absence_entered", cast.hanna, cast.harbour)]
    SignalAction.objects.all().delete()
    secret = create_api_key(cast.harbour, "x", ["write"], NOON + timedelta(days=9), cast.hanna)[1]
    enter_absence(ApiClient(), cast.ada, headers={"X-API-Key": secret})
    assert list_actions() == [("INACTIVITY", "absence_entered", None, cast.harbour)]


def test_what_athletes_do_themselves_is_not_recorded(cast: Cast):
    raise_signal(cast.ada, "INACTIVITY")
    enter_absence(ApiClient(cast.ada), cast.ada)
    assert list_actions() == []


def test_assistant_acts_for_assigned_athletes(cast: Cast):
    for athlete in (cast.ada, cast.ben):
        raise_signal(athlete, "LOAD_JUMP")
    cast.ben.memberships.update(assigned_coach=cast.asha)
    for athlete in (cast.ada, cast.ben):
        record_taken_action(athlete.athlete, cast.asha, ARRANGE, "make_tomorrow_easy", NOON)
    assert list_actions() == [("LOAD_JUMP", "session_eased", cast.asha, cast.harbour)]
    assert SignalAction.objects.get().athlete_id == cast.ben.pk


def test_comment_of_a_coach_answers_the_signals_that_ask_for_a_word(cast: Cast):
    for code in ("HRV_BELOW_BASELINE", "LOAD_JUMP"):
        raise_signal(cast.ada, code)
    for author in (cast.ada, cast.asha):
        path = f"/api/v1/athletes/{cast.ada.public_id}/days/{get_day(0)}/comments"
        assert ApiClient(author).send_json("post", path, {"text": "How do you feel?"}).status_code == 201
    assert list_actions() == [("HRV_BELOW_BASELINE", "commented", cast.asha, cast.harbour)]


def test_eased_and_moved_sessions_are_recorded_and_refused_ones_are_not(cast: Cast):
    raise_signal(cast.ada, "INTENSITY_HEAVY")
    raise_signal(cast.ada, "LOAD_JUMP")
    path = f"/athletes/{cast.ada.public_id}/calendar"
    browser(cast.carl).post(f"{path}/easy-tomorrow")
    browser(cast.carl).post(f"{path}/move-hard-session", {"date": str(get_day(3))})
    assert list_actions() == []  # there is no hard session
    for day in (1, 2):
        create_session(cast.ada, get_day(day), title="Tempo", zone=4)
    browser(cast.carl).post(f"{path}/easy-tomorrow")
    browser(cast.carl).post(f"{path}/move-hard-session", {"date": str(get_day(3))})
    assert list_actions() == [
        ("INTENSITY_HEAVY", "session_moved", cast.carl, cast.harbour),
        ("LOAD_JUMP", "session_eased", cast.carl, cast.harbour),
    ]
