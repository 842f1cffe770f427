"""Each change of a calendar tells the webhooks that may know it which sessions changed."""

from __future__ import annotations

import pytest
import time_machine

from athletes.models import WebhookEvent
from athletes.organizations.consent import change_consent
from tests.athletes.webhooks.webhook_fixtures import add_webhook, list_deliveries, list_recorded_kinds
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.plan_fixtures import get_day
from tests.support.cast import NOON, Cast


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_change_and_its_undo_are_events_and_a_proposal_is_none(cast: Cast):
    webhook = add_webhook(cast.hanna, cast.harbour)[0]
    session, api = create_session(cast.ada, get_day(1)), CalendarClient(cast.ada, cast.carl)
    body = {"version": 1, "date": str(get_day(2))}
    api.change("post", f"sessions/{session.public_id}/move?propose=1", body)
    assert list_deliveries(webhook) == []
    moved = api.change("post", f"sessions/{session.public_id}/move", body)
    assert api.undo(moved["change_id"]).status_code in (200, 201)
    assert list_recorded_kinds(webhook) == ["session.changed"] * 2
    assert set(WebhookEvent.objects.values_list("subject", flat=True)) == {session.public_id}


def test_refused_change_is_no_event(cast: Cast):
    webhook = add_webhook(cast.hanna, cast.harbour)[0]
    session = create_session(cast.ada, get_day(1), version=2)
    path = f"sessions/{session.public_id}/move"
    stale = CalendarClient(cast.ada).send("post", path, {"version": 1, "date": str(get_day(2))})
    assert stale.status_code == 409
    assert list_deliveries(webhook) == []


def test_shift_is_one_event_for_each_session(cast: Cast):
    webhook = add_webhook(cast.ada)[0]
    sessions = [create_session(cast.ada, get_day(day)) for day in (1, 2, 3)]
    CalendarClient(cast.ada).change("post", "calendar/shift", {"from": str(get_day(2)), "days": 1})
    assert {delivery.event.subject for delivery in list_deliveries(webhook)} == {
        session.public_id for session in sessions[1:]
    }


def test_club_without_goals_and_plans_gets_none(cast: Cast):
    webhook = add_webhook(cast.hanna, cast.harbour)[0]
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    CalendarClient(cast.ada).add(get_day(1))
    assert list_deliveries(webhook) == []
