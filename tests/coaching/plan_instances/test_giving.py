"""Giving a plan: before a race, beside other plans, and what it would mean."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from athletes.models import Group, Membership
from athletes.organizations.consent import change_consent
from coaching.models import Plan, PlanInstance
from coaching.plan_instances.assign import end_plan_instance
from coaching.plan_instances.preview import find_last_day, find_start_before_race
from tests.coaching.plan_fixtures import (
    MONDAY,
    create_absence,
    create_race,
    create_test_plan,
    follow_plan,
    get_data_version,
    get_day,
)
from tests.coaching.plans.pages.plan_browser import PlanBrowser, read_text
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person
from tests.support.error_shape import assert_error

INSTANCES, GIVE = "/api/v1/plan_instances", "/coach/plans/give"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def give(viewer, plan: Plan, **body: Any) -> Any:
    body = {"plan_id": plan.public_id} | body
    return ApiClient(viewer).send_json("post", INSTANCES, body)


@given(st.integers(1, 104), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_last_week_of_a_plan_before_a_race_is_the_race_week(weeks: int, race_day: date):
    start = find_start_before_race(weeks, race_day)
    last = find_last_day(Plan(total_weeks=weeks), start)
    assert start.weekday() == 0
    assert last - timedelta(days=6) <= race_day <= last


def test_plan_is_given_backwards_from_a_race_or_a_day(cast: Cast, plan: Plan):
    race = create_race(cast.ada, 60)  # Sunday 9 August
    given = give(cast.carl, plan, user_id=cast.ada.public_id, race_id=race.public_id).json()["data"]
    dates = {name: given["plan_instances"][0][name] for name in ("start_date", "end_date")}
    assert dates == {"start_date": "2026-07-13", "end_date": "2026-08-09"}
    again = give(cast.carl, plan, user_id=cast.ben.public_id, race_day="2026-08-05").json()["data"]
    assert again["plan_instances"][0]["start_date"] == "2026-07-13"


def test_race_must_be_of_somebody_whom_one_plans_for(cast: Cast, plan: Plan):
    race = create_race(cast.zoe, 60)
    refused = give(cast.carl, plan, user_id=cast.ada.public_id, race_id=race.public_id)
    assert_error(refused, 403, "PERMISSION_DENIED")


@pytest.mark.parametrize("fields", [{}, {"start_date": "2026-07-13", "race_day": "2026-08-05"}])
def test_giving_needs_one_start(cast: Cast, plan: Plan, fields: dict[str, str]):
    refused = give(cast.carl, plan, user_id=cast.ada.public_id, **fields)
    assert_error(refused, 400, "REQUIRED", "start_date")


def test_second_plan_in_the_same_weeks_is_refused_unless_it_is_allowed(cast: Cast, plan: Plan, group: Group):
    spring = create_test_plan(cast.harbour, {}, name="Spring")
    instance = follow_plan(cast.ada, spring, get_day(-9))
    body = {"group_id": group.public_id, "start_date": str(MONDAY)}
    details = assert_error(give(cast.carl, plan, **body), 409, "PLAN_OVERLAP")
    assert details["overlaps"] == [
        {
            "user_id": cast.ada.public_id,
            "display_name": "Ada",
            "plan_instance_id": instance.public_id,
            "name": "Spring",
            "start_date": str(get_day(-9)),
            "end_date": str(instance.last_day),
        }
    ]
    assert (PlanInstance.objects.count(), get_data_version(cast.ben)) == (1, 0)
    assert give(cast.carl, plan, **body, allow_overlap=True).status_code == 201
    assert give(cast.carl, plan, **body).status_code == 201  # nothing is new
    assert PlanInstance.objects.count() == 3


def test_plan_after_another_and_after_an_ended_one_does_not_overlap(cast: Cast, plan: Plan):
    other = create_test_plan(cast.harbour, {}, name="Other", weeks=2)
    follow_plan(cast.ada, other, MONDAY - timedelta(days=14))
    ended = follow_plan(cast.ada, create_test_plan(cast.harbour, {}, name="Ended"), get_day(-9))
    end_plan_instance(ended, PlanInstance.Ending.CANCELLED, MONDAY)
    assert give(cast.carl, plan, user_id=cast.ada.public_id, start_date=str(MONDAY)).status_code == 201


def test_dry_run_says_what_it_would_mean_and_changes_nothing(cast: Cast, plan: Plan, group: Group):
    spring = follow_plan(cast.ada, create_test_plan(cast.harbour, {}, name="Spring"), get_day(-9))
    absence, race = create_absence(cast.ben, 3, None, "holiday"), create_race(cast.ada, 10)
    create_absence(cast.ben, -9, -5)
    create_race(cast.ada, 100)
    answer = give(cast.carl, plan, group_id=group.public_id, start_date=str(MONDAY), dry_run=True)
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["start_date"], data["end_date"]) == ("2026-06-08", "2026-07-05")
    ada, ben = data["athletes"]
    assert [row["plan_instance_id"] for row in ada["overlaps"]] == [spring.public_id]
    assert [row["race_id"] for row in ada["races"]] == [race.public_id]
    assert (ben["display_name"], ben["overlaps"], ben["has_plan"]) == ("Ben", [], False)
    assert [row["absence_id"] for row in ben["absences"]] == [absence.public_id]
    assert PlanInstance.objects.count() == 1


@pytest.mark.parametrize("members", [3, 30])
def test_preview_takes_the_same_statements_for_3_and_30_members(
    cast: Cast, plan: Plan, group: Group, django_assert_num_queries: Any, members: int
):
    runners = [create_person(f"runner{number}") for number in range(members)]
    group.members.set([create_member(runner, cast.harbour) for runner in runners])
    for runner in runners:
        follow_plan(runner, create_test_plan(cast.harbour, {}, name="Other"))
    api = ApiClient(cast.carl)
    body = {
        "plan_id": plan.public_id,
        "group_id": group.public_id,
        "start_date": str(MONDAY),
        "dry_run": True,
    }
    # Token with its user; plan, group, who is eligible; athletes, their plans, absences and races.
    with django_assert_num_queries(8):
        assert api.send_json("post", INSTANCES, body).status_code == 200


# The page


def send(viewer, plan: Plan, target: Any, **fields: str) -> Any:
    body = {"plan_id": plan.public_id, "to": target.public_id, "when": "start", "day": "2026-06-15"} | fields
    return PlanBrowser(viewer).send(GIVE, **body)


def test_page_shows_what_it_would_mean_before_it_gives(cast: Cast, plan: Plan, group: Group):
    create_absence(cast.ben, 3, 20, "holiday")
    create_race(cast.ada, 11, name="Mile race")
    page = read_text(send(cast.carl, plan, group))
    assert "Give Ten kilometres to Tempo ?" in page
    assert "From Mon 15 Jun 2026 to Sun 12 Jul 2026" in page
    assert "Ada – – A: Mile race , Sun 21 Jun 2026" in page
    assert "Ben – Holiday from Sat 13 Jun 2026 to Tue 30 Jun 2026 –" in page
    assert not PlanInstance.objects.exists()
    given = read_text(send(cast.carl, plan, group, confirmed="1"))
    assert "2 athletes have Ten kilometres from Mon 15 Jun 2026." in given
    assert "Plans of the group" in given
    instances = PlanInstance.objects.values_list("group", "start_date", "assigned_by")
    assert set(instances) == {(group.pk, date(2026, 6, 15), cast.carl.pk)}
    assert "has it already" in read_text(send(cast.carl, plan, group))


def test_page_gives_backwards_from_a_race_of_the_athletes(cast: Cast, plan: Plan):
    create_race(cast.ada, 60, name="City run")
    create_race(cast.ben, 60, name="City run")
    form = PlanBrowser(cast.carl).read(GIVE)
    assert "Back from City run, Sun 9 Aug 2026 (2 athletes)" in form
    page = read_text(send(cast.carl, plan, cast.ada, when="2026-08-09", day=""))
    assert "From Mon 13 Jul 2026 to Sun 9 Aug 2026" in page
    page = read_text(send(cast.carl, plan, cast.ada, when="race-day", day="2026-08-09"))
    assert "From Mon 13 Jul 2026 to Sun 9 Aug 2026" in page


def test_page_gives_an_overlapping_plan_only_on_purpose(cast: Cast, plan: Plan):
    follow_plan(cast.ada, create_test_plan(cast.harbour, {}, name="Spring"))
    assert "same weeks Spring , Mon 8 Jun 2026 to Sun 5 Jul 2026" in read_text(
        send(cast.carl, plan, cast.ada)
    )
    refused = read_text(send(cast.carl, plan, cast.ada, confirmed="1"))
    assert "Nothing was given. In these weeks Ada has Spring." in refused
    assert PlanInstance.objects.count() == 1
    given = read_text(send(cast.carl, plan, cast.ada, confirmed="1", others="keep"))
    assert "Ada has Ten kilometres from Mon 15 Jun 2026." in given


def test_page_ends_the_other_plans_on_the_day_before(cast: Cast, plan: Plan):
    spring = follow_plan(cast.ada, create_test_plan(cast.harbour, {}, name="Spring"))
    send(cast.carl, plan, cast.ada, confirmed="1", others="end")
    spring.refresh_from_db()
    assert (spring.ended_as, spring.ended_on) == ("cancelled", date(2026, 6, 14))
    assert PlanInstance.objects.filter(plan=plan, ended_as="").count() == 1


def test_plan_of_another_club_is_not_ended(cast: Cast, plan: Plan):
    create_member(cast.ada, cast.hill)
    follow_plan(cast.ada, create_test_plan(cast.hill, {}, name="Hilly"))
    page = read_text(send(cast.carl, plan, cast.ada, confirmed="1", others="end"))
    assert "Nothing was given. In these weeks Ada has Hilly." in page
    assert PlanInstance.objects.get().ended_as == ""


def test_page_says_who_is_left_out_of_a_group(cast: Cast, plan: Plan, group: Group):
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    page = read_text(send(cast.carl, plan, group))
    assert "1 of the group does not get it" in page
    assert "Ada" not in page


def test_assistant_gives_plans_to_her_athletes_only(cast: Cast, plan: Plan, group: Group):
    assert "No athlete here is in the plan's organization" in read_text(send(cast.asha, plan, group))
    Membership.objects.filter(user=cast.ben).update(assigned_coach=cast.asha)
    form = PlanBrowser(cast.asha).read(GIVE)
    assert ("Ben" in form, "Ada" in form) == (True, False)
    assert "1 of the group does not get it" in read_text(send(cast.asha, plan, group))
    assert "No athlete here" in read_text(send(cast.asha, plan, cast.ada, confirmed="1"))
    send(cast.asha, plan, group, confirmed="1")
    assert [instance.athlete_id for instance in PlanInstance.objects.all()] == [cast.ben.pk]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": ""}, "Choose a day."),
        ({"to": "nobody"}, "Choose a group or an athlete of this club."),
        ({"to": "grp_01h00000000000000000000000"}, "Choose a group or an athlete of this club."),
        ({"when": "soon"}, "Use a date in the form YYYY-MM-DD."),
        ({"day": "2026-02-30"}, "Use a date in the form YYYY-MM-DD."),
    ],
)
def test_form_says_what_is_wrong(cast: Cast, plan: Plan, fields: dict[str, str], sentence: str):
    answer = send(cast.carl, plan, cast.ada, **fields)
    assert (answer.status_code, sentence in read_text(answer)) == (200, True)


def test_plan_of_another_club_cannot_be_given(cast: Cast):
    assert send(cast.carl, create_test_plan(cast.hill, {}), cast.ada).status_code == 403


@pytest.mark.parametrize("athletes", [1, 40])
def test_form_takes_the_same_statements_for_1_and_40_athletes(
    cast: Cast, athletes: int, django_assert_num_queries: Any
):
    for number in range(athletes):
        runner = create_person(f"runner{number}")
        create_member(runner, cast.harbour)
        create_race(runner, number)
    browser = PlanBrowser(cast.carl)
    browser.get(GIVE)
    # Session, user, clubs and units of the viewer; the club; plans, groups, athletes, races.
    with django_assert_num_queries(9):
        browser.get(GIVE)
