"""A plan that athletes follow changes on pages: coaches edit a copy, then apply it to chosen calendars."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.models import Plan
from coaching.plans.editing import create_plan, update_plan
from coaching.plans.revisions import begin_revision
from tests.coaching.calendar.calendar_fixtures import CalendarClient
from tests.coaching.plan_fixtures import HOUR, MONDAY, follow_plan, get_day
from tests.coaching.plans.pages.plan_browser import PlanBrowser, list_sessions, plan_path, read_text
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def coach(cast: Cast) -> PlanBrowser:
    return PlanBrowser(cast.carl)


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """An hour on Monday, Thursday and Friday of week 1. Ada and Ben follow it. Today is Wednesday."""
    plan = create_weekly_plan(cast)
    for athlete in (cast.ada, cast.ben):
        follow_plan(athlete, plan)
    return plan


def create_weekly_plan(cast: Cast) -> Plan:
    days = [{"weekday": weekday, "sessions": [{"duration_s": HOUR}]} for weekday in (1, 4, 5)]
    return create_plan(cast.harbour, cast.carl, "Mile", "", [{"week": 1, "days": days}])


def revise(coach: PlanBrowser, plan: Plan) -> Plan:
    """In a copy: half an hour on Monday and Thursday, Saturday is new, Friday is gone."""
    coach.send(plan_path(plan, "/revise"))
    revision = Plan.everything.get(revises=plan)
    for session in revision.sessions.all():
        fields = {"session_id": session.public_id, "version": read_version(revision)}
        coach.send(plan_path(revision, "/session/remove"), week=1, **fields)
    answer = coach.send(
        plan_path(revision, "/entries"),
        week=1,
        version=read_version(revision),
        day1="30 min",
        day4="30 min",
        day6="30 min",
    )
    assert answer.status_code == 200
    revision.refresh_from_db()
    return revision


def read_version(plan: Plan) -> int:
    return Plan.everything.get(pk=plan.pk).version


def apply(coach: PlanBrowser, plan: Plan, revision: Plan, to: str = "all", **fields: Any) -> Any:
    versions = {"version": read_version(plan), "revision_version": revision.version}
    return coach.send(plan_path(plan, "/apply"), **(versions | {"apply_to": to} | fields))


def read_minutes(user: Any) -> dict[str, float]:
    sessions = CalendarClient(user).read_sessions(MONDAY, get_day(20))
    return {session["date"]: session["target_duration"] / 60 for session in sessions}


BEFORE = {str(MONDAY): 60, str(get_day(1)): 60, str(get_day(2)): 60}
AFTER = {str(MONDAY): 60, str(get_day(1)): 30, str(get_day(3)): 30}


def test_copy_is_edited_and_nothing_changes_for_the_athletes(cast: Cast, coach: PlanBrowser, plan: Plan):
    answer = coach.send(plan_path(plan, "/revise"))
    assert "Nothing changes for the athletes until you apply it." in read_text(answer)
    revision = revise(coach, plan)
    assert [row[:2] for row in list_sessions(revision)] == [(1, 1), (1, 4), (1, 6)]
    assert [row[:2] for row in list_sessions(plan)] == [(1, 1), (1, 4), (1, 5)]
    assert read_minutes(cast.ada) == BEFORE
    page = coach.read(plan_path(plan))
    assert "This plan has changes that are not applied yet." in page
    assert "Change the sessions" not in page


def test_changes_reach_all_followers_from_tomorrow_on(cast: Cast, coach: PlanBrowser, plan: Plan):
    revision = revise(coach, plan)
    page = coach.read(plan_path(plan, "/apply"))
    assert "Week 1, Monday 60 min 30 min" in page
    assert "Week 1, Friday 60 min – Week 1, Saturday – 30 min" in page
    assert "Mile changed. 2 calendars changed." in read_text(apply(coach, plan, revision))
    assert read_minutes(cast.ada) == read_minutes(cast.ben) == AFTER
    assert [row[:2] for row in list_sessions(plan)] == [(1, 1), (1, 4), (1, 6)]
    assert Plan.everything.get() == plan
    (change,) = CalendarClient(cast.ada).list_changes()
    assert (change["kind"], change["author_id"]) == ("plan_changed", cast.carl.public_id)


def test_session_that_was_changed_for_an_athlete_stays_and_is_named(
    cast: Cast, coach: PlanBrowser, plan: Plan
):
    api = CalendarClient(cast.ada)
    (friday,) = api.read_sessions(get_day(2))
    own = {"target_duration": 600, "title": "Mine", "version": 1}
    api.change("patch", f"sessions/{friday['session_id']}", own)
    revision = revise(coach, plan)
    page = coach.read(plan_path(plan, "/apply"))
    assert f"{cast.ada} Mon 8 Jun 2026 1" in page
    assert f"{cast.ben} Mon 8 Jun 2026 –" in page
    answer = read_text(apply(coach, plan, revision))
    assert "stay, because they were changed for the athlete: " in answer
    assert "Mine on Fri 12 Jun 2026." in answer
    assert read_minutes(cast.ada) == AFTER | {str(get_day(2)): 10}
    assert read_minutes(cast.ben) == AFTER


def test_changes_for_chosen_athletes_or_nobody(cast: Cast, coach: PlanBrowser, plan: Plan):
    revision = revise(coach, plan)
    assert "Tick at least one athlete." in read_text(apply(coach, plan, revision, "chosen"))
    apply(coach, plan, revision, "chosen", athletes=[cast.ben.public_id])
    assert (read_minutes(cast.ada), read_minutes(cast.ben)) == (BEFORE, AFTER)
    coach.send(plan_path(plan, "/revise"))
    revision = Plan.everything.get(revises=plan)
    coach.send(plan_path(revision, "/weeks"), do="repeat", version=revision.version)
    revision.refresh_from_db()
    assert "The plan has 2 weeks instead of 1." in coach.read(plan_path(plan, "/apply"))
    assert "No calendar changed." in read_text(apply(coach, plan, revision, "none"))
    plan.refresh_from_db()
    assert (plan.total_weeks, read_minutes(cast.ben)) == (2, AFTER)


@pytest.mark.parametrize(("since", "thursday"), [(-5, 30), (1, 30), (2, 60)])
def test_changes_begin_on_a_day_and_past_days_never_change(
    cast: Cast, coach: PlanBrowser, plan: Plan, since: int, thursday: int
):
    apply(coach, plan, revise(coach, plan), apply_from=str(get_day(since)))
    assert read_minutes(cast.ada) == AFTER | {str(get_day(1)): thursday}


def test_discarded_changes_leave_the_plan_as_it_was(cast: Cast, coach: PlanBrowser, plan: Plan):
    revise(coach, plan)
    assert "Discard the changes of Mile ?" in coach.read(plan_path(plan, "/discard"))
    assert "Mile is as it was." in read_text(coach.send(plan_path(plan, "/discard")))
    assert Plan.everything.get() == plan
    assert (plan.sessions.count(), read_minutes(cast.ada)) == (3, BEFORE)


# Two coaches at once


def test_plan_that_was_changed_meanwhile_is_shown_before_it_is_replaced(
    cast: Cast, coach: PlanBrowser, plan: Plan
):
    revision = revise(coach, plan)
    update_plan(plan, {"name": "Miles"})
    for answer in (coach.get(plan_path(plan, "/apply")), apply(coach, plan, revision, version=1)):
        assert answer.status_code == 409
        assert "Nothing was applied, and your changes are kept." in read_text(answer)
    assert (read_minutes(cast.ada), plan.sessions.count()) == (BEFORE, 3)
    assert f"/apply?version={read_version(plan)}" in answer.content.decode()
    page = coach.get(plan_path(plan, "/apply"), {"version": 2})
    assert (page.status_code, page.context["form"]["version"].value()) == (200, "2")
    assert "Miles changed. 2 calendars changed." in read_text(apply(coach, plan, revision))


def test_second_coach_continues_the_same_copy_and_sees_what_the_first_one_did(
    cast: Cast, coach: PlanBrowser, plan: Plan
):
    revision, hanna = revise(coach, plan), PlanBrowser(cast.hanna)
    assert "Week 1 of 1" in read_text(hanna.send(plan_path(plan, "/revise")))
    assert Plan.everything.filter(revises=plan).count() == 1
    hanna.send(plan_path(revision, "/weeks"), do="repeat", version=revision.version)
    stale = coach.send(plan_path(revision, "/weeks"), do="repeat", version=revision.version)
    assert (stale.status_code, "has changed meanwhile" in read_text(stale)) == (409, True)
    answer = read_text(apply(coach, plan, revision))
    assert "Somebody edited the changes meanwhile. Look at them again." in answer
    assert "The plan has 2 weeks instead of 1." in answer
    assert read_minutes(cast.ada) == BEFORE


def test_changes_are_applied_once(cast: Cast, coach: PlanBrowser, plan: Plan):
    revision = revise(coach, plan)
    apply(coach, plan, revision)
    answer = apply(PlanBrowser(cast.hanna), plan, revision)
    assert "There are no changes to apply any more." in read_text(answer)
    assert len(CalendarClient(cast.ada).list_changes()) == 1


# Who may


def test_copy_is_in_no_list_and_cannot_be_given(cast: Cast, coach: PlanBrowser, plan: Plan):
    revision = begin_revision(plan)
    listed = ApiClient(cast.carl).get("/api/v1/training_plans").json()["data"]
    assert [row["plan_id"] for row in listed] == [plan.public_id]
    assert revision.public_id not in coach.get("/coach/plans").content.decode()
    assert revision.public_id not in coach.get("/coach/plans/give").content.decode()
    api = ApiClient(cast.carl)
    path = f"/api/v1/training_plans/{revision.public_id}"
    given = {"plan_id": revision.public_id, "user_id": cast.ada.public_id, "start_date": str(MONDAY)}
    answers = [
        api.get(path),
        api.send_json("patch", path, {"name": "x"}),
        api.delete(path),
        api.send_json("post", "/api/v1/plan_instances", given),
        *(coach.get(plan_path(revision, page)) for page in ("", "/details", "/delete", "/apply", "/discard")),
    ]
    assert {answer.status_code for answer in answers} == {403}


def test_coach_changes_only_calendars_of_athletes_for_whom_they_may_plan(
    cast: Cast, coach: PlanBrowser, plan: Plan
):
    change_consent(cast.ben.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    revision = revise(coach, plan)
    assert str(cast.ben) not in coach.read(plan_path(plan, "/apply"))
    assert apply(coach, plan, revision, "chosen", athletes=[cast.ben.public_id]).status_code == 403
    assert "1 calendar changed." in read_text(apply(coach, plan, revision))
    change_consent(cast.ben.athlete, cast.harbour, {"goals_and_plans": True}, NOON)
    assert (read_minutes(cast.ada), read_minutes(cast.ben)) == (AFTER, BEFORE)


def test_assistant_coach_changes_only_own_plans(cast: Cast, plan: Plan):
    assistant = create_person("alex")
    create_member(assistant, cast.harbour, Role.ASSISTANT_COACH)
    browser = PlanBrowser(assistant)
    assert browser.send(plan_path(plan, "/revise")).status_code == 403
    begin_revision(plan)
    assert browser.get(plan_path(plan, "/apply")).status_code == 403
    own = create_plan(cast.harbour, assistant, "Own", "", [{"week": 1, "days": []}])
    follow_plan(cast.ada, own)
    assert "Week 1 of 1" in read_text(browser.send(plan_path(own, "/revise")))


@pytest.mark.parametrize("followers", [2, 20])
def test_page_takes_the_same_statements_for_2_and_20_followers(
    cast: Cast, coach: PlanBrowser, followers: int, django_assert_num_queries: Any
):
    plan = create_weekly_plan(cast)
    for number in range(followers):
        runner = create_person(f"runner{number}")
        create_member(runner, cast.harbour)
        follow_plan(runner, plan)
    revise(coach, plan)
    coach.get(plan_path(plan, "/apply"))
    # Session, user, clubs and units of the viewer; the plan, its club; the copy, the sessions of both,
    # followers, their own changes.
    with django_assert_num_queries(11):
        assert coach.get(plan_path(plan, "/apply")).status_code == 200
