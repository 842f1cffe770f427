"""Coaches assign a plan to an athlete on the athlete's page."""

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


def athlete_path(user: User) -> str:
    return f"/coach/athletes/{user.public_id}"


def list_offered_plans(viewer: User, athlete: User) -> list[str]:
    page = html.unescape(browser(viewer).get(athlete_path(athlete)).content.decode())
    return re.findall(r'<option value="plan_\w+">(.*?)</option>', page)


def assign_plan(
    viewer: User, athlete: User, plan: Plan, start: str = str(NEXT_MONDAY), **more: str
) -> tuple[int, str]:
    """Post the form. Return the status and the page after a redirect, or the page of the error."""
    next_path = f"{athlete_path(athlete)}?range=4w"
    body = {"plan_id": plan.public_id, "start_date": start, "next": next_path} | more
    client = browser(viewer)
    answer = client.post(f"{athlete_path(athlete)}/plans", body)
    if answer.status_code != 302:
        return answer.status_code, answer.content.decode()
    assert answer.headers["Location"] == body["next"]
    return 302, client.get(answer.headers["Location"]).content.decode()


def test_coach_assigns_a_plan_of_the_club_from_next_monday(cast: Cast):
    plan = create_test_plan(cast.harbour, {}, name="Ten <b>")
    create_test_plan(cast.hill, {}, name="Elsewhere")
    assert list_offered_plans(cast.carl, cast.ada) == ["Ten <b> (4 weeks)"]
    assert f'value="{NEXT_MONDAY}"' in browser(cast.carl).get(athlete_path(cast.ada)).content.decode()
    status, page = assign_plan(cast.carl, cast.ada, plan)
    assert (status, f"Ada has {escape(plan.name)} from Mon 15 Jun 2026." in page) == (302, True)
    assert assign_plan(cast.carl, cast.ada, plan)[0] == 302  # the second time changes nothing
    instance = PlanInstance.objects.get()
    assert (instance.athlete_id, instance.plan, instance.assigned_by) == (cast.ada.pk, plan, cast.carl)


def test_assigning_a_cancelled_plan_again_shows_a_message(cast: Cast):
    plan = create_test_plan(cast.harbour, {})
    instance = follow_plan(cast.ada, plan, NEXT_MONDAY)
    end_plan_instance(instance, PlanInstance.Ending.CANCELLED, NOON.date())
    assert "already, and it was cancelled." in assign_plan(cast.carl, cast.ada, plan)[1]


def test_only_coaches_who_may_plan_for_the_athlete_see_the_form(cast: Cast):
    plan = create_test_plan(cast.harbour, {})
    assistant = cast.asha
    assert list_offered_plans(assistant, cast.ada) == list_offered_plans(cast.ada, cast.ada) == []
    assert assign_plan(assistant, cast.ada, plan)[0] == assign_plan(cast.ada, cast.ada, plan)[0] == 403
    Membership.objects.filter(user=cast.ada).update(assigned_coach=assistant)
    assert list_offered_plans(assistant, cast.ada) == ["Ten kilometres (4 weeks)"]
    assert assign_plan(assistant, cast.ada, plan)[0] == 302


def test_plan_cannot_be_assigned_when_goals_and_plans_are_withheld(cast: Cast):
    plan = create_test_plan(cast.harbour, {})
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    assert list_offered_plans(cast.carl, cast.ada) == []
    assert assign_plan(cast.carl, cast.ada, plan)[0] == 403


def test_plan_of_another_club_cannot_be_assigned(cast: Cast):
    assert assign_plan(cast.carl, cast.ada, create_test_plan(cast.hill, {}))[0] == 403
    create_member(cast.carl, cast.hill, Role.COACH)
    assert (
        "No athlete here is in the plan"
        in assign_plan(cast.carl, cast.ada, create_test_plan(cast.hill, {}))[1]
    )
    assert not PlanInstance.objects.exists()


@pytest.mark.parametrize("start", ["", "next Monday", "2026-02-30", "1969-12-31"])
def test_assign_plan_page_shows_an_error_for_an_invalid_date(cast: Cast, start: str):
    status, page = assign_plan(cast.carl, cast.ada, create_test_plan(cast.harbour, {}), start)
    assert (status, "start_date" in page) == (400, True)


def test_second_plan_in_the_same_weeks_is_refused_with_a_way_to_have_both(cast: Cast):
    follow_plan(cast.ada, create_test_plan(cast.harbour, {}, name="Spring"))
    page = assign_plan(cast.carl, cast.ada, create_test_plan(cast.harbour, {}))[1]
    assert "In these weeks Ada has Spring. Choose “Look at it first” to have both plans." in page
    assert PlanInstance.objects.count() == 1


def test_archived_plan_is_not_offered(cast: Cast):
    create_test_plan(cast.harbour, {}, name="Now")
    Plan.objects.filter(pk=create_test_plan(cast.harbour, {}, name="Old").pk).update(archived_at=NOON)
    assert list_offered_plans(cast.carl, cast.ada) == ["Now (4 weeks)"]
