"""The list of plans, a look inside one, and its files."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.models import Plan, PlanInstance
from tests.coaching.plan_fixtures import create_test_plan, follow_plan, get_day, list_daily_sessions
from tests.coaching.plans.pages.plan_browser import PlanBrowser, list_sessions, plan_path, read_text
from tests.support.cast import NOON, Cast, create_member, create_person

PLANS, IMPORT = "/coach/plans", "/coach/plans/import"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return create_test_plan(cast.harbour, *list_daily_sessions(zone=1), name="Ten <b>")


def test_list_has_length_and_followers_of_each_plan(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan)
    follow_plan(cast.ben, plan, get_day(-100))  # over
    create_test_plan(cast.hill, {}, name="Elsewhere")
    page = PlanBrowser(cast.carl).read(PLANS)
    assert "Ten <b> 4 28 7 h 00 min 1 athlete" in page
    assert "Elsewhere" not in page


def test_list_counts_only_followers_who_share_their_plans(cast: Cast, plan: Plan):
    follow_plan(cast.ada, plan)
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    assert "Ten <b> 4 28 7 h 00 min –" in PlanBrowser(cast.carl).read(PLANS)
    assert "Nobody follows this plan" in PlanBrowser(cast.carl).read(plan_path(plan))


def test_archived_plan_is_behind_the_filter(cast: Cast, plan: Plan):
    browser = PlanBrowser(cast.carl)
    assert "Ten <b> is archived." in read_text(browser.send(plan_path(plan, "/archive"), archived="1"))
    assert "There are no plans yet." in browser.read(PLANS)
    assert "Ten <b>" in browser.read(PLANS, archived="1")
    browser.send(plan_path(plan, "/archive"), archived="0")
    assert "Ten <b>" in browser.read(PLANS, search="ten")
    assert "No plans match." in browser.read(PLANS, search="mile")


def test_plans_come_in_pages(cast: Cast):
    for number in range(30):
        create_test_plan(cast.harbour, name=f"Plan {number:02}")
    browser = PlanBrowser(cast.carl)
    assert "Plan 24" in browser.read(PLANS)
    second = browser.read(PLANS, page="2")
    assert ("26–30 of 30" in second, "Plan 24" in second) == (True, False)


@pytest.mark.parametrize("plans", [1, 20])
def test_list_takes_the_same_statements_for_1_and_20_plans(
    cast: Cast, plans: int, django_assert_num_queries: Any
):
    for number in range(plans):
        follow_plan(cast.ada, create_test_plan(cast.harbour, {}, name=f"Plan {number}"))
    browser = PlanBrowser(cast.carl)
    browser.get(PLANS)
    # Session, user, clubs and units of the viewer; the club; number of plans, plans, sessions, followers.
    with django_assert_num_queries(9):
        browser.get(PLANS)


@pytest.mark.parametrize("weeks", [1, 100])
def test_plan_takes_the_same_statements_for_1_and_100_weeks(
    cast: Cast, weeks: int, django_assert_num_queries: Any
):
    sessions = [{"week": week, "weekday": day} for week in range(1, weeks + 1) for day in range(1, 8)]
    plan = create_test_plan(cast.harbour, *sessions, weeks=weeks)
    for number in range(min(weeks, 20)):
        runner = create_person(f"runner{number}")
        create_member(runner, cast.harbour)
        follow_plan(runner, plan)
    browser = PlanBrowser(cast.carl)
    browser.get(plan_path(plan))
    # Session, user, clubs and units of the viewer; the plan, its club; followers, sessions,
    # and the changes that are not applied yet.
    with django_assert_num_queries(9):
        assert browser.get(plan_path(plan)).status_code == 200


def test_coach_looks_inside_a_plan(cast: Cast):
    plan = create_test_plan(
        cast.harbour,
        {"title": "Long run", "duration_s": None, "distance_m": 20_000.0, "zone": 1, "is_key": True},
        {"weekday": 3, "sport": "bike", "duration_s": 5_400.0},
        {"weekday": 5, "sport": "rest"},
        {"week": 2, "description": "Count your steps.", "zone": 3},
        weeks=2,
    )
    follow_plan(cast.ada, plan)
    page = PlanBrowser(cast.asha).read(plan_path(plan))
    assert "Long run key 20 km Z1" in page
    assert "Bike 90 min" in page
    assert "Week 1 Long run" in page
    assert "Rest 3 h 35 min 20 km" in page
    assert "60 min Z3 Count your steps. 1 h 00 min 12 km load 100 0 % easy" in page
    assert "Ada from Mon 8 Jun 2026" in page


def test_plan_of_another_club_is_refused(cast: Cast):
    plan = create_test_plan(cast.hill, {}, name="Elsewhere")
    for action in ("", "/edit", "/plan.json", "/session", "/details", "/delete"):
        answer = PlanBrowser(cast.carl).get(plan_path(plan, action))
        assert (answer.status_code, b"Elsewhere" in answer.content) == (403, False)


def test_assistant_edits_only_her_own_plans(cast: Cast, plan: Plan):
    browser = PlanBrowser(cast.asha)
    page = browser.read(plan_path(plan))
    assert ("Duplicate" in page, "Edit weeks" in page, "Archive" in page) == (True, False, False)
    assert browser.get(plan_path(plan, "/edit")).status_code == 403
    assert "Copy of Ten <b> is there." in read_text(browser.send(plan_path(plan, "/duplicate")))
    copy = Plan.objects.get(created_by=cast.asha)
    assert list_sessions(copy) == [(*place[:2], 0, "run") for place in list_sessions(plan)]
    assert "Edit weeks" in browser.read(plan_path(copy))


def test_plan_that_nobody_had_is_deleted_after_a_question(cast: Cast, plan: Plan):
    browser = PlanBrowser(cast.carl)
    assert "Delete Ten <b> ?" in browser.read(plan_path(plan, "/delete"))
    instance = follow_plan(cast.ada, plan)
    assert "cannot be deleted. Archive it instead." in browser.read(plan_path(plan, "/delete"))
    assert "so its sessions cannot change" in read_text(browser.send(plan_path(plan, "/delete")))
    instance.delete()
    assert "Ten <b> deleted." in read_text(browser.send(plan_path(plan, "/delete")))
    assert not Plan.objects.exists()


def upload(viewer, content: bytes) -> Any:
    return PlanBrowser(viewer).send(IMPORT, file=SimpleUploadedFile("plan.json", content))


def test_exported_file_is_imported_as_the_same_plan(cast: Cast, plan: Plan):
    answer = PlanBrowser(cast.carl).get(plan_path(plan, "/plan.json"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ten-b.json"'
    assert "Ten <b> imported." in read_text(upload(cast.carl, answer.content))
    again = Plan.objects.exclude(pk=plan.pk).get()
    assert (again.created_by, again.total_weeks) == (cast.carl, 4)
    assert [row[:2] for row in list_sessions(again)] == [row[:2] for row in list_sessions(plan)]


def test_answer_of_the_api_is_imported_too(cast: Cast, plan: Plan):
    client = PlanBrowser(cast.carl)
    answer = client.get(f"/api/v1/training_plans/{plan.public_id}")
    assert "imported" in read_text(upload(cast.carl, answer.content))


RUN = {"duration": 600}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"name": "x",\n "weeks": [}', "Line 2, character 12: this is no JSON."),
        (b"[1]", "This file holds no plan: it has no weeks."),
        (b"\xff\xfe", "this is no JSON."),
        ({"weeks": []}, "Name: This field is required."),
        (
            {"name": "x", "weeks": [{"week": 3, "days": [{"weekday": 2, "sessions": [RUN, {"zone": 9}]}]}]},
            "Week 3, Tuesday, session 2, zone: Ensure this value is less than or equal to 5.",
        ),
        (
            {"name": "x", "weeks": [{"week": 0, "days": [{"weekday": 9, "sessions": [{"sport": "go"}]}]}]},
            "Week 0, day no. 1, session 1, sport: “go” is not one of",
        ),
        ({"name": "x", "weeks": "many"}, "Weeks:"),
        ({"name": "x", "weeks": [{"week": 1, "days": []}], "colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_file_that_is_no_plan_is_refused_with_the_place_of_the_fault(cast: Cast, content: Any, sentence: str):
    page = read_text(
        upload(cast.carl, content if isinstance(content, bytes) else json.dumps(content).encode())
    )
    assert "This file was not imported." in page
    assert sentence.lower() in page.lower()
    assert not Plan.objects.exists()


def test_import_needs_a_file_of_at_most_2_mb(cast: Cast):
    assert "Choose a file." in read_text(PlanBrowser(cast.carl).send(IMPORT))
    assert upload(cast.carl, b" " * 2_000_001).status_code in (200, 413)
    assert not Plan.objects.exists()


def test_athletes_and_coaches_of_other_clubs_see_no_plans(cast: Cast, plan: Plan):
    create_member(cast.otto, cast.harbour)
    for user in (cast.ada, cast.otto, cast.zora):
        for path in (plan_path(plan), plan_path(plan, "/plan.json")):
            assert PlanBrowser(user).get(path).status_code == 403
    create_member(cast.lea, cast.hill, Role.COACH)
    assert PlanBrowser(cast.lea).get(plan_path(plan)).status_code == 403
    assert not PlanInstance.objects.exists()
