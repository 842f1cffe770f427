"""Compliance judges the evening before: a later change of the calendar repairs nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Athlete
from athletes.organizations.consent import change_consent
from coaching.models import CalendarSession
from metrics.models import HealthDay
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.plan_fixtures import MONDAY, TODAY, bump_data_version, create_absence, get_day
from tests.support.cast import NOON, Cast, create_run
from tests.support.error_shape import assert_error


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def read_week_compliance(api: CalendarClient, day: date = MONDAY) -> Any:
    return api.read(day)["weeks"][0]["compliance"]


@pytest.mark.parametrize(
    ("method", "verb", "body"),
    [
        ("post", "/move", {"date": str(get_day(5))}),
        ("patch", "", {"target_duration": 60}),
        ("patch", "", {"sport": "rest"}),
        ("post", "/skip", {"reason": "Tired"}),
        ("delete", "?version=1", None),
    ],
)
def test_missed_session_is_not_repaired_afterwards(cast: Cast, method: str, verb: str, body: Any):
    create_session(cast.ada, get_day(-2), duration_s=1_800.0)
    session = create_session(cast.ada, get_day(-1))
    create_run(cast.ada, NOON - timedelta(days=2), duration_s=1_800.0)
    api = CalendarClient(cast.ada)
    assert read_week_compliance(api) == 33.3
    path = f"sessions/{session.public_id}{verb}"
    data = api.change(method, path, None if body is None else body | {"version": 1})
    assert read_week_compliance(api) == 33.3
    assert api.undo(data["change_id"]).status_code == 200
    assert read_week_compliance(api) == 33.3
    session.refresh_from_db()
    assert (session.as_planned, session.day, session.version) == (None, get_day(-1), 3)


def test_change_on_the_evening_before_is_judged(cast: Cast, clock: Any):
    session = create_session(cast.ada, get_day(1))
    api = CalendarClient(cast.ada)
    api.change("patch", f"sessions/{session.public_id}", {"target_duration": 1_800, "version": 1})
    clock.move_to(NOON + timedelta(days=2))
    create_run(cast.ada, NOON + timedelta(days=1), duration_s=1_800.0)
    bump_data_version(cast.ada)
    assert (read_week_compliance(api), api.read_sessions(get_day(1))[0]["compliance"]) == (100.0, 100.0)


def test_session_that_is_added_too_late_is_done_but_not_judged(cast: Cast):
    run = create_run(cast.ada, NOON - timedelta(days=1), duration_s=3_600.0)
    api = CalendarClient(cast.ada)
    session = api.add(get_day(-1))
    assert (session["status"], session["activity_id"]) == ("done", run.public_id)
    assert (session["compliance"], read_week_compliance(api)) == (None, None)


def test_moved_session_shows_the_activity_of_its_new_day_and_the_judgement_of_the_old(cast: Cast, clock: Any):
    session = create_session(cast.ada, get_day(-1))
    api = CalendarClient(cast.ada)
    api.change("post", f"sessions/{session.public_id}/move", {"date": str(get_day(1)), "version": 1})
    clock.move_to(NOON + timedelta(days=1, hours=6))
    run = create_run(cast.ada, NOON + timedelta(days=1), duration_s=3_600.0)
    bump_data_version(cast.ada)
    (shown,) = api.read_sessions(get_day(1))
    assert (shown["status"], shown["activity_id"], shown["compliance"]) == ("done", run.public_id, 0.0)
    assert read_week_compliance(api) == 0.0


def test_absence_and_rest_are_not_missed(cast: Cast):
    create_session(cast.ada, get_day(-2))
    create_session(cast.ada, get_day(-1), sport="rest", duration_s=None)
    create_absence(cast.ada, -2, -2)
    api = CalendarClient(cast.ada)
    statuses = [session["status"] for session in api.read_sessions(MONDAY, TODAY)]
    assert (statuses, read_week_compliance(api)) == (["skipped", "planned"], None)


# Time zones


def set_zone(user: Any, name: str) -> None:
    Athlete.objects.filter(pk=user.pk).update(timezone=name)


@pytest.mark.parametrize(("hour", "is_judged_as_changed"), [(11, True), (12, False)])
def test_the_day_is_the_athletes_not_the_coachs(
    cast: Cast, clock: Any, hour: int, is_judged_as_changed: bool
):
    """Midnight in Auckland is 12:00 UTC; the coach in Honolulu is a day behind."""
    set_zone(cast.ada, "Pacific/Auckland")
    set_zone(cast.carl, "Pacific/Honolulu")
    session = create_session(cast.ada, date(2026, 6, 11), organization=cast.harbour)
    clock.move_to(datetime(2026, 6, 10, hour, tzinfo=UTC))
    api = CalendarClient(cast.ada, cast.carl)
    api.change("patch", f"sessions/{session.public_id}", {"target_duration": 60, "version": 1})
    session.refresh_from_db()
    assert (session.as_planned is None) == is_judged_as_changed


def test_days_begin_at_local_midnight_when_clocks_change(cast: Cast, clock: Any):
    """In Madrid the last Sunday of March has 23 hours, and begins at 23:00 UTC."""
    sunday = date(2026, 3, 29)
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    midnight = datetime(2026, 3, 28, 23, tzinfo=UTC)
    next_midnight, minute = midnight + timedelta(hours=23), timedelta(minutes=1)
    starts = [midnight - minute, midnight, next_midnight - minute, next_midnight]
    runs = [create_run(cast.ada, start).public_id for start in starts]
    days = CalendarClient(cast.ada).read(sunday - timedelta(days=1), sunday + timedelta(days=1))["days"]
    shown = [[activity["activity_id"] for activity in day["activities"]] for day in days]
    assert shown == [runs[:1], runs[1:3], runs[3:]]


# What an athlete does not share


def test_withheld_activities_leave_only_the_plan(cast: Cast):
    create_session(cast.ada, get_day(-2))
    create_session(cast.ada, get_day(-1), is_skipped=True)
    create_run(cast.ada, NOON - timedelta(days=2))
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    data = CalendarClient(cast.ada, cast.carl).read(MONDAY, get_day(-1))
    sessions = [session for day in data["days"] for session in day["sessions"]]
    assert [session["status"] for session in sessions] == ["planned", "skipped"]
    assert {session["compliance"] for session in sessions} == {None}
    assert [day["activities"] for day in data["days"]] == [[], []]
    assert data["withheld"] == ["activities"]
    assert {data["weeks"][0][name] for name in ("done_distance", "done_load", "compliance")} == {None}


def test_note_about_illness_and_pain_needs_health(cast: Cast):
    HealthDay.objects.create(
        athlete=cast.ada.athlete, date=TODAY, source="manual", is_ill=True, pain_score=4, pain_where="Knee"
    )
    coach = CalendarClient(cast.ada, cast.carl)
    assert coach.read(TODAY)["days"][0]["note"] == "Ill. Pain 4 of 10: Knee."
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    assert coach.read(TODAY)["days"][0]["note"] is None


def test_withheld_plans_close_the_calendar(cast: Cast):
    session = create_session(cast.ada, get_day(1))
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    coach = CalendarClient(cast.ada, cast.carl)
    for answer in (
        coach.client.get(f"{coach.root}/calendar", {"from": str(TODAY), "to": str(TODAY)}),
        coach.send("get", "calendar/changes"),
        coach.send("patch", f"sessions/{session.public_id}", {"title": "x", "version": 1}),
    ):
        assert_error(answer, 403, "WITHHELD")


def test_assistant_coach_changes_only_assigned_athletes(cast: Cast):
    session = create_session(cast.ben, get_day(1), organization=cast.harbour)
    coach = CalendarClient(cast.ben, cast.asha)
    body = {"title": "x", "version": 1}
    assert_error(coach.send("patch", f"sessions/{session.public_id}", body), 403, "PERMISSION_DENIED")
    cast.ben.memberships.update(assigned_coach=cast.asha)
    assert coach.send("patch", f"sessions/{session.public_id}", body).status_code == 200


def test_coach_of_another_club_may_see_but_not_change_a_clubs_session(cast: Cast):
    cast.ada.memberships.create(organization=cast.hill, role="athlete")
    session = create_session(cast.ada, get_day(1), organization=cast.harbour)
    coach = CalendarClient(cast.ada, cast.zora)
    assert len(coach.read_sessions(get_day(1))) == 1
    body = {"title": "x", "version": 1}
    assert_error(coach.send("patch", f"sessions/{session.public_id}", body), 403, "PERMISSION_DENIED")
    assert coach.change("post", "calendar/shift", {"from": str(TODAY), "days": 1})["sessions"] == []
    assert coach.add(get_day(2))["version"] == 1
    assert CalendarSession.objects.latest("pk").organization == cast.hill
