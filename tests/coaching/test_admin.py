"""Staff pages: all pages open, saving raises the data version, and assigned plans keep their sessions."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from athletes.models import Threshold
from coaching.assessments.current import current_assessments
from coaching.models import (
    Absence,
    Acknowledgement,
    Assessment,
    CalendarChange,
    CalendarSession,
    Plan,
    PlanInstance,
    Race,
)
from tests.coaching.plan_fixtures import (
    TODAY,
    create_absence,
    create_race,
    create_test_plan,
    follow_plan,
    get_data_version,
    get_day,
)
from tests.support.cast import NOON, Cast, create_person

NAMES = (
    "race", "absence", "plan", "planinstance", "calendarsession", "calendarchange", "acknowledgement",
    "assessment",
)  # fmt: skip


@pytest.fixture
def root(db: None) -> Client:
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    return client


def admin_path(name: str, view: str, *ids: Any) -> str:
    return reverse(f"admin:coaching_{name}_{view}", args=ids)


def create_one_of_each(cast: Cast) -> dict[str, Any]:
    plan = create_test_plan(cast.harbour, {"weekday": 1})
    acknowledgement = Acknowledgement.objects.create(
        athlete=cast.ada.athlete,
        organization=cast.harbour,
        code="X",
        severity="info",
        since=TODAY,
        until=TODAY,
    )
    current_assessments([cast.ada.pk], NOON)
    return {
        "race": create_race(cast.ada, 3),
        "absence": create_absence(cast.ada, 0, 3),
        "plan": plan,
        "planinstance": follow_plan(cast.ada, plan),
        "calendarsession": CalendarSession.objects.get(),
        "calendarchange": CalendarChange.objects.create(
            athlete=cast.ada.athlete, kind="shift", author=cast.carl, made_at=NOON
        ),
        "acknowledgement": acknowledgement,
        "assessment": Assessment.objects.get(pk=cast.ada.pk),
    }


def test_every_list_and_page_opens(cast: Cast, root: Client):
    rows = create_one_of_each(cast)
    paths = [admin_path(name, "changelist") for name in NAMES] + [
        admin_path(name, "change", row.pk) for name, row in rows.items()
    ]
    paths += [admin_path(name, "add") for name in ("race", "absence", "plan")]
    assert {path: root.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_rows_are_found_by_the_athletes_name(cast: Cast, root: Client):
    create_race(cast.ada, 3)
    create_race(cast.ben, 4)
    found = root.get(admin_path("race", "changelist"), {"q": "ADA"}).context["cl"].queryset
    assert [race.athlete_id for race in found] == [cast.ada.pk]


def test_saving_and_deleting_raises_the_data_version(cast: Cast, root: Client):
    body = {
        "athlete": cast.ada.pk,
        "name": "Run",
        "date": str(get_day(9)),
        "distance_m": 5000,
        "priority": "B",
    }
    assert root.post(admin_path("race", "add"), body).status_code == 302
    race = Race.objects.get()
    assert root.post(admin_path("race", "change", race.pk), body | {"priority": "A"}).status_code == 302
    assert (Race.objects.get().priority, get_data_version(cast.ada)) == ("A", 2)
    assert root.post(admin_path("race", "delete", race.pk), {"post": "yes"}).status_code == 302
    absence = create_absence(cast.ben, 0, 1)
    selection = {"action": "delete_selected", "_selected_action": [str(absence.pk)], "post": "yes"}
    assert root.post(admin_path("absence", "changelist"), selection).status_code == 302
    assert (Absence.objects.exists(), get_data_version(cast.ada), get_data_version(cast.ben)) == (False, 3, 1)


def test_absence_that_ends_before_it_begins_is_refused(cast: Cast, root: Client):
    body = {"athlete": cast.ada.pk, "kind": "ill", "first_day": str(get_day(2)), "last_day": str(get_day(1))}
    answer = root.post(admin_path("absence", "add"), body)
    assert (answer.status_code, Absence.objects.exists()) == (200, False)


def test_assessments_are_read_only(cast: Cast, root: Client):
    assessment = create_one_of_each(cast)["assessment"]
    assert root.get(admin_path("assessment", "add")).status_code == 403
    assert root.post(admin_path("assessment", "change", assessment.pk), {}).status_code == 403
    assert root.post(admin_path("assessment", "delete", assessment.pk), {"post": "yes"}).status_code == 403


def build_session_form(**more: str) -> dict[str, str]:
    counts = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    first = {"week": "1", "weekday": "1", "position": "0", "sport": "run"} | more
    management = {f"sessions-{name}": value for name, value in counts.items()}
    return management | {f"sessions-0-{name}": value for name, value in first.items()}


def test_plan_sessions_need_a_target_and_a_valid_day(cast: Cast, root: Client):
    body = {"organization": cast.harbour.pk, "name": "Ten", "total_weeks": 4}
    for invalid in ({}, {"duration_s": "60", "weekday": "8"}, {"duration_s": "60", "week": "0"}):
        form = body | build_session_form(**invalid)
        assert root.post(admin_path("plan", "add"), form).status_code == 200
    assert not Plan.objects.exists()
    form = body | build_session_form(duration_s="3600")
    assert root.post(admin_path("plan", "add"), form).status_code == 302
    assert Plan.objects.get().sessions.get().duration_s == 3600.0


def test_assigned_plan_keeps_its_sessions_and_cannot_be_deleted(cast: Cast, root: Client):
    plan = create_test_plan(cast.harbour, {"weekday": 1})
    follow_plan(cast.ada, plan)
    before = get_data_version(cast.ada)
    change = admin_path("plan", "change", plan.pk)
    body = {"name": "Other", "description": "", "total_weeks": 9} | build_session_form(duration_s="60")
    assert root.post(change, body).status_code == 302
    plan.refresh_from_db()
    assert (plan.name, plan.total_weeks, plan.sessions.count()) == ("Other", 4, 1)
    assert get_data_version(cast.ada) == before + 1
    assert root.post(admin_path("plan", "delete", plan.pk), {"post": "yes"}).status_code == 403
    selection = {"action": "delete_selected", "_selected_action": [str(plan.pk)], "post": "yes"}
    root.post(admin_path("plan", "changelist"), selection)
    assert PlanInstance.objects.count() == 1


@pytest.mark.parametrize("rows", [3, 30])
def test_lists_take_the_same_statements_for_3_and_30_rows(
    cast: Cast, root: Client, rows: int, django_assert_num_queries
):
    plan = create_test_plan(cast.harbour, {})
    for number in range(rows):
        runner = create_person(f"runner{number}")
        create_race(runner, number)
        create_absence(runner, 0, 1)
        follow_plan(runner, plan)
    current_assessments([user.athlete.pk for user in (cast.ada, cast.ben, cast.zoe)], NOON)
    # Session, user, count, page. Lists with a date hierarchy also read its first and last day, and its rows.
    for name, statements in {
        "race": 6, "absence": 4, "planinstance": 6, "calendarsession": 6, "assessment": 4,
    }.items():  # fmt: skip
        with django_assert_num_queries(statements):
            assert root.get(admin_path(name, "changelist")).status_code == 200


@time_machine.travel(NOON, tick=False)
def test_race_shows_the_stored_forecast(cast: Cast, root: Client):
    Threshold.objects.create(athlete=cast.ada.athlete, kind="vdot", value=50.0, valid_from=TODAY)
    race = create_race(cast.ada, 3, distance_m=5_000.0)
    assert ">–<" in root.get(admin_path("race", "changelist")).content.decode()
    current_assessments([cast.ada.pk], NOON)
    for path in (admin_path("race", "changelist"), admin_path("race", "change", race.pk)):
        assert "0:19:35" in root.get(path).content.decode()
    assert root.get(admin_path("race", "add")).status_code == 200


@time_machine.travel(NOON, tick=False)
def test_plan_instance_shows_its_status_on_the_athletes_local_day(cast: Cast, root: Client):
    plan = create_test_plan(cast.harbour, weeks=1)
    for back in (0, 7, -7):
        follow_plan(cast.ada, plan, get_day(-back))
    content = root.get(admin_path("planinstance", "changelist")).content.decode()
    for status in ("Active", "Completed", "Scheduled"):
        assert content.count(f'<td class="field-status">{status}</td>') == 1


@pytest.mark.parametrize(("urgency", "found"), [("urgent", {"ada"}), ("watch", {"ben"}), ("calm", {"zoe"})])
def test_assessments_are_filtered_by_urgency(cast: Cast, root: Client, urgency: str, found: set[str]):
    current_assessments([cast.ada.pk, cast.ben.pk, cast.zoe.pk], NOON)
    for user, critical, warning in ((cast.ada, 1, 1), (cast.ben, 0, 2), (cast.zoe, 0, 0)):
        Assessment.objects.filter(pk=user.pk).update(critical=critical, warning=warning)
    rows = root.get(admin_path("assessment", "changelist"), {"urgency": urgency}).context["cl"].queryset
    assert set(rows.values_list("athlete__user__username", flat=True)) == found


def test_titles_name_the_athlete_or_the_plan(cast: Cast, root: Client):
    rows = create_one_of_each(cast)
    assert (
        f"Ada on {TODAY}"
        in root.get(admin_path("assessment", "change", rows["assessment"].pk)).content.decode()
    )
    assert (
        "Ten kilometres from"
        in root.get(admin_path("planinstance", "change", rows["planinstance"].pk)).content.decode()
    )
