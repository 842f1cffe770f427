"""Proposals: API keys and careful people propose; an athlete or coach decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.organizations.api_keys import create_api_key
from coaching.models import CalendarSession
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.plan_fixtures import get_data_version, get_day
from tests.support.cast import NOON, Cast
from tests.support.error_shape import assert_error


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def create_key_client(cast: Cast) -> CalendarClient:
    secret = create_api_key(cast.harbour, "Robot", ["write"], NOON + timedelta(days=9), cast.hanna)[1]
    return CalendarClient(cast.ada, client=Client(headers={"X-API-Key": secret}))


def decide(api: CalendarClient, verb: str, change_id: str) -> Any:
    return api.send("post", f"calendar/changes/{change_id}/{verb}")


def test_key_proposes_and_the_athlete_accepts(cast: Cast):
    session = create_session(cast.ada, get_day(1))
    key, api = create_key_client(cast), CalendarClient(cast.ada)
    answer = key.send("post", f"sessions/{session.public_id}/move", {"date": str(get_day(2)), "version": 1})
    data = answer.json()["data"]
    assert (answer.status_code, data["state"], get_data_version(cast.ada)) == (202, "proposed", 0)
    assert [row["date"] for row in data["sessions"]] == [str(get_day(1))]
    (proposal,) = api.list_changes(state="proposed")
    assert (proposal["author_name"], proposal["author_id"]) == ("Robot", None)
    assert proposal["org_id"] == cast.harbour.public_id
    assert [row["after"]["date"] for row in proposal["sessions"]] == [str(get_day(2))]
    assert_error(decide(key, "accept", data["change_id"]), 403, "PERMISSION_DENIED")
    accepted = decide(api, "accept", data["change_id"]).json()["data"]
    assert (accepted["state"], accepted["sessions"][0]["date"]) == ("made", str(get_day(2)))
    (change,) = api.list_changes()
    assert (change["decided_by"], change["author_name"]) == (cast.ada.public_id, "Robot")
    assert_error(decide(api, "accept", data["change_id"]), 409, "NOT_PROPOSED")
    assert api.undo(data["change_id"]).status_code == 200


def test_accepted_session_of_a_key_belongs_to_the_keys_club(cast: Cast):
    key, api = create_key_client(cast), CalendarClient(cast.ada)
    answer = key.send("post", "sessions", {"date": str(get_day(1)), "target_duration": 60})
    assert not CalendarSession.objects.exists()
    decide(api, "accept", answer.json()["data"]["change_id"])
    assert CalendarSession.objects.get().organization == cast.harbour


def test_person_proposes_if_asked_to_and_a_coach_declines(cast: Cast):
    session = create_session(cast.ada, get_day(1))
    api, coach = CalendarClient(cast.ada), CalendarClient(cast.ada, cast.carl)
    data = api.change("delete", f"sessions/{session.public_id}?propose=1")
    declined = decide(coach, "decline", data["change_id"]).json()["data"]
    assert (declined["state"], declined["decided_by"]) == ("declined", cast.carl.public_id)
    assert_error(decide(api, "accept", data["change_id"]), 409, "NOT_PROPOSED")
    assert_error(api.undo(data["change_id"]), 409, "NOT_MADE")
    assert len(api.read_sessions(get_day(1))) == 1


def test_proposal_is_stale_if_the_session_changed_meanwhile(cast: Cast):
    session = create_session(cast.ada, get_day(1))
    api = CalendarClient(cast.ada)
    path = f"sessions/{session.public_id}"
    data = api.change("post", f"{path}/skip?propose=1", {"version": 1})
    api.change("patch", path, {"title": "New", "version": 1})
    answer = decide(api, "accept", data["change_id"])
    assert_error(answer, 409, "STALE_VERSION")
    assert answer.json()["details"]["session"]["title"] == "New"
    assert api.list_changes(state="proposed")[0]["change_id"] == data["change_id"]


def test_proposed_shift_is_stale_if_a_session_came_in_between(cast: Cast):
    create_session(cast.ada, get_day(1))
    api = CalendarClient(cast.ada)
    data = api.change("post", "calendar/shift?propose=true", {"from": str(get_day(1)), "days": 1})
    api.add(get_day(3))
    assert_error(decide(api, "accept", data["change_id"]), 409, "STALE_VERSION")


def test_proposed_undo_is_made_when_it_is_accepted(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Old")
    api = CalendarClient(cast.ada)
    changed = api.change("patch", f"sessions/{session.public_id}", {"title": "New", "version": 1})
    proposed = create_key_client(cast).undo(changed["change_id"]).json()["data"]
    assert proposed["state"] == "proposed"
    decide(api, "accept", proposed["change_id"])
    assert [change["state"] for change in api.list_changes()] == ["made", "undone"]
    assert api.read_sessions(get_day(1))[0]["title"] == "Old"


def test_propose_is_a_flag_and_only_for_changes(cast: Cast):
    api = CalendarClient(cast.ada)
    body = {"date": str(get_day(1)), "target_duration": 60}
    assert_error(api.send("post", "sessions?propose=maybe", body), 400, "INVALID", "propose")
    session = create_session(cast.ada, get_day(1))
    answer = api.send("get", f"sessions/{session.public_id}?propose=1")
    assert_error(answer, 400, "UNKNOWN_FIELD", "propose")
