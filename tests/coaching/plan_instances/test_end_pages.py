"""Coaches end, resume and take back a plan on the athlete's page, and undo each."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Group, Membership, User
from athletes.organizations.consent import change_consent
from coaching.models import Plan, PlanInstance
from tests.coaching.plan_fixtures import HOUR, bump_data_version, create_test_plan, follow_plan, get_day
from tests.coaching.plans.pages.plan_browser import PlanBrowser, read_text
from tests.support.cast import NOON, Cast, create_member, create_run


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def press(viewer: User, instance: PlanInstance, action: str) -> Any:
    return PlanBrowser(viewer).send(f"/coach/plan_instances/{instance.public_id}/{action}")


def undo(viewer: User, answer: Any) -> Any:
    found = re.search(r'<form class="undo" method="post" action="([^"]*)"', answer.content.decode())
    assert found
    return PlanBrowser(viewer).send(html.unescape(found[1]))


def test_plan_is_ended_from_today_and_the_notice_undoes_it(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    ended = press(cast.carl, instance, "end")
    assert "Ten kilometres of Ada has ended: nothing is expected from today on." in read_text(ended)
    assert "Resume Ten kilometres" in read_text(ended)
    instance.refresh_from_db()
    assert (instance.ended_as, instance.ended_on) == ("cancelled", get_day(-1))
    assert "Ada follows Ten kilometres again." in read_text(undo(cast.carl, ended))
    instance.refresh_from_db()
    assert (instance.ended_as, instance.ended_on) == ("", None)


def test_plan_of_which_nothing_is_done_is_taken_back_and_the_notice_undoes_it(
    cast: Cast, plan: Plan, group: Group
):
    instance = follow_plan(cast.ada, plan, group=group)
    taken = press(cast.carl, instance, "take_back")
    assert "Ten kilometres of Ada is taken back." in read_text(taken)
    assert not PlanInstance.objects.exists()
    assert "Ada has Ten kilometres from Mon 8 Jun 2026 again." in read_text(undo(cast.carl, taken))
    again = PlanInstance.objects.get()
    assert (again.plan, again.start_date, again.group) == (plan, instance.start_date, group)


def test_plan_with_a_done_session_is_not_taken_back(cast: Cast, plan: Plan):
    instance = follow_plan(cast.ada, plan)
    create_run(cast.ada, NOON - timedelta(days=1), duration_s=HOUR)
    bump_data_version(cast.ada)
    page = read_text(press(cast.carl, instance, "take_back"))
    assert "1 session of Ten kilometres is done, so it cannot be taken back. End it instead." in page
    assert PlanInstance.objects.exists()


@pytest.mark.parametrize(("start", "is_kept"), [(0, True), (1, False)])
def test_refusal_does_not_tell_about_withheld_activities(cast: Cast, plan: Plan, start: int, is_kept: bool):
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    page = read_text(press(cast.carl, follow_plan(cast.ada, plan, get_day(start)), "take_back"))
    assert ("Ten kilometres has begun, so it cannot be taken back." in page) == is_kept
    assert PlanInstance.objects.exists() == is_kept


@pytest.mark.parametrize("action", ["end", "resume", "take_back"])
def test_only_coaches_who_may_plan_for_the_athlete_change_the_plan(cast: Cast, plan: Plan, action: str):
    instance = follow_plan(cast.ada, plan)
    for user in (cast.ada, cast.ben, cast.asha, cast.zora):
        assert press(user, instance, action).status_code == 403
    assert PlanInstance.objects.get().ended_as == ""
    Membership.objects.filter(user=cast.ada).update(assigned_coach=cast.asha)
    assert press(cast.asha, instance, action).status_code == 200


def test_buttons_are_only_for_those_who_may_use_them(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan)
    create_member(cast.ada, cast.hill)
    path = f"/coach/athletes/{cast.ada.public_id}"
    assert "End Ten kilometres from today" in PlanBrowser(cast.carl).read(path)
    for viewer in (cast.asha, cast.zora):
        assert "End Ten kilometres from today" not in PlanBrowser(viewer).read(path)
    assert "from today" not in PlanBrowser(cast.ada).read("/home")


def test_ended_plan_can_be_resumed_for_four_weeks(cast: Cast):
    for number, days in enumerate((-28, -30)):
        follow_plan(
            cast.ada,
            create_test_plan(cast.harbour, {}, name=f"Plan {number}", weeks=20),
            get_day(-60),
            ended_as="cancelled",
            ended_on=get_day(days),
        )
    page = PlanBrowser(cast.carl).read(f"/coach/athletes/{cast.ada.public_id}")
    assert ("Resume Plan 0" in page, "Resume Plan 1" in page) == (True, False)
