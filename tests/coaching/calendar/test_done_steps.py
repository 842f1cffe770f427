"""The steps of a session are matched with the activity that it was, for those who may see plans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from athletes.looks.buffer import look_buffer
from athletes.models import AccessLogEntry, Consent, Threshold
from coaching.calendar import done_steps
from coaching.models import CalendarSession, PlanLink
from coaching.steps.planned_parts import list_planned_parts
from metrics.models import Activity
from metrics.science.intervals.steps import SessionPart, TargetBand
from tests.browser.recorded_intervals import record_intervals
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.support.cast import NOON, ApiClient, Cast

FAST: dict[str, Any] = {"kind": "work", "distance": 800.0, "target": {"pace": [235, 220]}}
JOG: dict[str, Any] = {"kind": "recovery", "duration": 120.0}
STEPS = [
    {"kind": "warmup", "duration": 900.0},
    {"kind": "repeat", "times": 5, "steps": [FAST, JOG]},
    FAST,
    {"kind": "cooldown", "duration": 600.0},
]


@pytest.fixture
def activity(cast: Cast) -> Activity:
    return record_intervals(cast)


@pytest.fixture
def session(cast: Cast, activity: Activity) -> CalendarSession:
    return create_session(
        cast.ada, activity.local_date, title="Six fast ones", sport="run", steps=STEPS, duration_s=3_200.0
    )


def read(client: Client, activity: Activity) -> dict[str, Any]:
    answer = client.get(f"/api/v1/activities/{activity.public_id}/intervals")
    assert answer.status_code == 200, answer.content
    data: dict[str, Any] = answer.json()["data"]
    return data


def test_repetitions_are_those_of_the_steps(cast: Cast, activity: Activity, session: CalendarSession):
    for who in (cast.ada, cast.carl):
        data = read(ApiClient(who), activity)
        assert (data["method"], data["session_id"]) == ("steps", session.public_id)
        assert [one["step"]["number"] for one in data["repetitions"]] == [2, 4, 6, 8, 10, 12]
        assert data["missed_steps"] == []
        for one in data["repetitions"]:
            assert one["step"]["distance"] == 800.0
            assert one["step"]["target"] == {
                "pace": ["3:55", "3:40"], "pace_s_per_km": [235.0, 220.0], "heart_rate": None,
            }  # fmt: skip
            assert one["in_target"] is True
            assert 30 < one["time_in_target"] <= one["duration"]
            assert one["compliance"] == pytest.approx(one["distance"] / 8, abs=0.1)


def test_the_access_log_tells_of_the_plan(cast: Cast, activity: Activity, session: CalendarSession):
    read(ApiClient(cast.carl), activity)
    look_buffer.flush()
    assert [row.categories for row in AccessLogEntry.objects.all()] == [["activities", "goals_and_plans"]]


def test_the_access_log_tells_of_no_plan_that_was_not_shown(
    cast: Cast, activity: Activity, session: CalendarSession
):
    CalendarSession.objects.filter(pk=session.pk).update(
        day=activity.local_date - timedelta(days=1), sport="bike"
    )
    assert read(ApiClient(cast.carl), activity)["session_id"] is None
    look_buffer.flush()
    assert [row.categories for row in AccessLogEntry.objects.all()] == [["activities"]]


def test_who_is_not_known_to_see_an_athlete_sees_no_steps(
    cast: Cast, activity: Activity, session: CalendarSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(done_steps, "load_visibilities", lambda viewer, ids: {})
    assert done_steps.find_session_steps(cast.carl, activity, NOON) is None
    assert done_steps.find_session_steps(cast.ada, activity, NOON)


def test_steps_need_consent_to_show_plans(cast: Cast, activity: Activity, session: CalendarSession):
    Consent.objects.create(
        athlete=cast.ada.athlete,
        organization=cast.harbour,
        category="goals_and_plans",
        granted=False,
        changed_at=NOON,
    )
    data = read(ApiClient(cast.carl), activity)
    assert (data["method"], data["session_id"]) == ("speed", None)
    assert read(ApiClient(cast.ada), activity)["method"] == "steps"
    client = Client()
    client.force_login(cast.carl)
    page = client.get(f"/activities/{activity.public_id}").content.decode()
    assert "Six fast ones" not in page
    assert "Found by speed." in page


def test_a_link_counts_and_a_skipped_or_distant_session_does_not(
    cast: Cast, activity: Activity, session: CalendarSession
):
    CalendarSession.objects.filter(pk=session.pk).update(day=activity.local_date - timedelta(days=5))
    assert read(ApiClient(cast.ada), activity)["method"] == "speed"
    PlanLink.objects.create(athlete=cast.ada.athlete, session=session, activity=activity)
    assert read(ApiClient(cast.ada), activity)["method"] == "steps"
    CalendarSession.objects.filter(pk=session.pk).update(is_skipped=True)
    assert read(ApiClient(cast.ada), activity)["method"] == "speed"


def test_the_page_shows_target_and_what_was_done(cast: Cast, activity: Activity, session: CalendarSession):
    slower = {**FAST, "target": {"pace": [210, 200]}}
    steps = [*STEPS[:-2], slower, JOG, {**FAST, "distance": 200.0}, STEPS[-1]]
    CalendarSession.objects.filter(pk=session.pk).update(steps=steps)
    client = Client()
    client.force_login(cast.ada)
    page = client.get(f"/activities/{activity.public_id}").content.decode()
    assert "Session: <bdi>Six fast ones</bdi>." in page
    assert page.count('<span class="badge good">on target</span>') == 5
    assert page.count('<span class="badge warning">slower</span>') == 1
    assert "0.80 km, 3:55 to 3:40 /km" in page
    assert "Planned and not found: 0.20 km at 3:55 to 3:40 /km." in page


def test_steps_become_parts_without_repeats():
    zone = {"kind": "work", "duration": 60.0, "target": {"zone": 4}}
    pulse = {"kind": "work", "duration": 60.0, "target": {"heart_rate": [150, 160]}}
    steps = [{"kind": "repeat", "times": 2, "steps": [zone, JOG]}, pulse, {"kind": "work", "until_lap": True}]
    parts = list_planned_parts(steps, 4.0)
    assert [part.is_work for part in parts] == [True, False, True, False, True, True]
    band = parts[0].band
    assert band
    assert band.quantity == "pace"
    assert 3.9 < band.low < band.high < 4.8
    assert parts[4].band == TargetBand("heart_rate", 150, 160)
    assert parts[5] == SessionPart(True)
    assert list_planned_parts(steps, None)[0].band is None


def test_zones_become_paces_by_the_threshold_of_the_day(
    cast: Cast, activity: Activity, session: CalendarSession
):
    zone = {**FAST, "target": {"zone": 5}}
    CalendarSession.objects.filter(pk=session.pk).update(
        steps=[STEPS[0], {"kind": "repeat", "times": 6, "steps": [zone, JOG]}]
    )
    assert read(ApiClient(cast.ada), activity)["repetitions"][0]["step"]["target"] is None
    Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", value=270.0, valid_from=activity.local_date
    )
    target = read(ApiClient(cast.ada), activity)["repetitions"][0]["step"]["target"]
    assert target["pace"][0] > target["pace"][1]
