"""Giving an athlete a plan on their page."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from athletes.models import Membership, User
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.models import Plan, PlanInstance
from coaching.plan_instances.assign import end_plan_instance
from tests.coaching.plan_fixtures import MONDAY, create_test_plan, follow_plan
from tests.support.cast import NOON, Cast, create_member

NEXT_MONDAY = MONDAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(user: User) -> str:
    return f"/coach/athletes/{user.public_id}"


def offered(viewer: User, athlete: User) -> list[str]:
    page = html.unescape(browser(viewer).get(address(athlete)).content.decode())
    return re.findall(r'<option value="plan_\w+">(.*?)</option>', page)


def give(
    viewer: User, athlete: User, plan: Plan, start: str = str(NEXT_MONDAY), **more: str
) -> tuple[int, str]:
    """The status, and what the page says then, if it leads there."""
    sent = {"plan_id": plan.public_id, "start_date": start, "next": f"{address(athlete)}?range=4w"} | more
    client = browser(viewer)
    answer = client.post(f"{address(athlete)}/plans", sent)
    if answer.status_code != 302:
        return answer.status_code, answer.content.decode()
    assert answer.headers["Location"] == sent["next"]
    return 302, client.get(answer.headers["Location"]).content.decode()


def test_a_coach_gives_a_plan_of_the_club_from_next_monday(cast: Cast):
    plan = create_test_plan(cast.harbour, {}, name="Ten <b>")
    create_test_plan(cast.hill, {}, name="Elsewhere")
    assert offered(cast.carl, cast.ada) == ["Ten <b> (4 weeks)"]
    assert f'value="{NEXT_MONDAY}"' in browser(cast.carl).get(address(cast.ada)).content.decode()
    status, page = give(cast.carl, cast.ada, plan)
    assert (status, f"Ada has {escape(plan.name)} from Mon 15 Jun 2026." in page) == (302, True)
    assert give(cast.carl, cast.ada, plan)[0] == 302  # twice is once
    instance = PlanInstance.objects.get()
    assert (instance.athlete_id, instance.plan, instance.assigned_by) == (cast.ada.pk, plan, cast.carl)


def test_a_plan_that_was_ended_is_not_told_to_be_given(cast: Cast):
    plan = create_test_plan(cast.harbour, {})
    instance = follow_plan(cast.ada, plan, NEXT_MONDAY)
    end_plan_instance(instance, PlanInstance.Ending.CANCELLED, NOON.date())
    assert "already, and it was cancelled." in give(cast.carl, cast.ada, plan)[1]


def test_plans_are_offered_to_who_plans_for_the_athlete_only(cast: Cast):
    plan = create_test_plan(cast.harbour, {})
    assistant = cast.asha
    assert offered(assistant, cast.ada) == offered(cast.ada, cast.ada) == []
    assert give(assistant, cast.ada, plan)[0] == give(cast.ada, cast.ada, plan)[0] == 403
    Membership.objects.filter(user=cast.ada).update(assigned_coach=assistant)
    assert offered(assistant, cast.ada) == ["Ten kilometres (4 weeks)"]
    assert give(assistant, cast.ada, plan)[0] == 302


def test_what_is_not_shared_is_not_planned(cast: Cast):
    plan = create_test_plan(cast.harbour, {})
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    assert offered(cast.carl, cast.ada) == []
    assert give(cast.carl, cast.ada, plan)[0] == 403


def test_a_plan_of_another_club_is_out_of_reach(cast: Cast):
    assert give(cast.carl, cast.ada, create_test_plan(cast.hill, {}))[0] == 403
    create_member(cast.carl, cast.hill, Role.COACH)
    assert "No athlete here is in the plan" in give(cast.carl, cast.ada, create_test_plan(cast.hill, {}))[1]
    assert not PlanInstance.objects.exists()


@pytest.mark.parametrize("start", ["", "next Monday", "2026-02-30", "1969-12-31"])
def test_assign_plan_page_shows_an_error_for_an_invalid_date(cast: Cast, start: str):
    status, page = give(cast.carl, cast.ada, create_test_plan(cast.harbour, {}), start)
    assert (status, "start_date" in page) == (400, True)
