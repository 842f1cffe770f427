"""Coaches end a plan of a group and give it to later members; the page shows who has done today's session."""

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
from tests.coaching.plan_fixtures import (
    HOUR,
    MONDAY,
    bump_data_version,
    create_test_plan,
    follow_plan,
    get_data_version,
    get_day,
    list_daily_sessions,
)
from tests.coaching.plans.pages.plan_browser import PlanBrowser, read_text
from tests.coaching.training_fixtures import add_to_training_group
from tests.support.cast import NOON, Cast, create_member, create_person, create_run


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def milers(cast: Cast) -> Group:
    add_to_training_group(cast.ben, cast.harbour)
    return add_to_training_group(cast.ada, cast.harbour)


@pytest.fixture
def plan(cast: Cast, milers: Group) -> Plan:
    """An hour every day, which Ada and Ben follow since Monday."""
    made = create_test_plan(cast.harbour, *list_daily_sessions(zone=1))
    for user in (cast.ada, cast.ben):
        follow_plan(user, made, group=milers)
    return made


def press(viewer: User, group: Group, plan: Plan, action: str) -> Any:
    path = f"/coach/groups/{group.public_id}/plans/{action}"
    return PlanBrowser(viewer).send(path, plan_id=plan.public_id, start_date=str(MONDAY))


def test_plan_is_ended_for_all_and_the_notice_undoes_it(cast: Cast, milers: Group, plan: Plan):
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):  # Thursday in Tokyo, where Ben is
        answer = press(cast.carl, milers, plan, "end")
    assert "Ten kilometres has ended for 2 athletes: nothing is expected from today on." in read_text(answer)
    ended = dict(PlanInstance.objects.values_list("athlete", "ended_on"))
    assert ended == {cast.ada.pk: get_day(-1), cast.ben.pk: get_day(0)}
    assert (get_data_version(cast.ada), get_data_version(cast.ben)) == (2, 2)
    undo = re.search(r'<form class="undo" method="post" action="([^"]*)"', answer.content.decode())
    assert undo
    resumed = PlanBrowser(cast.carl).send(html.unescape(undo[1]))
    assert "Ten kilometres goes on for 2 athletes." in read_text(resumed)
    assert set(PlanInstance.objects.values_list("ended_as", "ended_on")) == {("", None)}


def test_member_who_joined_later_gets_the_plan(cast: Cast, milers: Group, plan: Plan):
    milers.members.add(create_member(cast.otto, cast.harbour))
    assert "Give it to those without it" in PlanBrowser(cast.carl).read(f"/coach/groups/{milers.public_id}")
    assert "Ten kilometres given to Otto." in read_text(press(cast.carl, milers, plan, "add"))
    given = PlanInstance.objects.get(athlete=cast.otto.athlete)
    assert (given.start_date, given.group) == (MONDAY, milers)
    assert "Every member has it" in read_text(press(cast.carl, milers, plan, "add"))


def test_later_member_with_another_plan_is_named(cast: Cast, milers: Group, plan: Plan):
    milers.members.add(create_member(cast.otto, cast.harbour))
    follow_plan(cast.otto, create_test_plan(cast.harbour, {}, name="Spring"))
    page = read_text(press(cast.carl, milers, plan, "add"))
    assert "In these weeks Otto has Spring. Choose “Give a plan” to have both." in page
    assert not PlanInstance.objects.filter(plan=plan, athlete=cast.otto.athlete).exists()


def test_assistant_ends_the_plan_only_for_her_athletes(cast: Cast, milers: Group, plan: Plan):
    assert "you may not end it" in read_text(press(cast.asha, milers, plan, "end"))
    Membership.objects.filter(user=cast.ben).update(assigned_coach=cast.asha)
    assert "has ended for 1 athlete" in read_text(press(cast.asha, milers, plan, "end"))
    assert PlanInstance.objects.get(ended_as="cancelled").athlete_id == cast.ben.pk


@pytest.mark.parametrize("action", ["end", "resume", "add"])
def test_plan_of_a_group_is_not_for_others(cast: Cast, milers: Group, plan: Plan, action: str):
    for user in (cast.ada, cast.zora):
        assert press(user, milers, plan, action).status_code == 403
    foreign = create_test_plan(cast.hill, {})
    assert "does not have this plan" in read_text(press(cast.carl, milers, foreign, action))
    assert set(PlanInstance.objects.values_list("ended_as", flat=True)) == {""}


def test_page_shows_who_has_done_todays_session(cast: Cast, milers: Group, plan: Plan):
    create_run(cast.ada, NOON - timedelta(hours=4), duration_s=HOUR)
    bump_data_version(cast.ada)
    zita = create_person("zita")
    milers.members.add(create_member(zita, cast.harbour))
    follow_plan(zita, plan, group=milers)
    change_consent(zita.athlete, cast.harbour, {"activities": False}, NOON)
    page = PlanBrowser(cast.carl).read(f"/coach/groups/{milers.public_id}")
    assert "Ben 60 min Z1 not yet Ada 60 min Z1 done Zita 60 min Z1 not shared" in page
    change_consent(cast.ben.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    assert "Ben 60 min Z1" not in PlanBrowser(cast.carl).read(f"/coach/groups/{milers.public_id}")


def test_todays_session_is_that_of_each_athletes_day(cast: Cast, milers: Group):
    plan = create_test_plan(cast.harbour, {"weekday": 3}, {"weekday": 4, "duration_s": 2 * HOUR})
    for user in (cast.ada, cast.ben):
        follow_plan(user, plan, group=milers)
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):
        page = PlanBrowser(cast.carl).read(f"/coach/groups/{milers.public_id}")
    assert "Ada 60 min not yet Ben 120 min not yet" in page
