"""Staff pages: everything opens, what is saved makes a new standing, and plans that are followed are settled."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coaching.models import Absence, Acknowledgement, Plan, PlanInstance, Race
from coaching.standing import current_standings
from tests.cast import NOON, Cast, person
from tests.coaching.planning import TODAY, absence_of, day, follow, plan_of, race_of, version

NAMES = ("race", "absence", "plan", "planinstance", "acknowledgement", "standing")


@pytest.fixture
def root(db: None) -> Client:
    client = Client()
    client.force_login(person("root", is_staff=True, is_superuser=True))
    return client


def page(name: str, what: str, *ids: Any) -> str:
    return reverse(f"admin:coaching_{name}_{what}", args=ids)


def everything(cast: Cast) -> dict[str, Any]:
    plan = plan_of(cast.harbour, {"weekday": 1})
    acknowledgement = Acknowledgement.objects.create(
        athlete=cast.ada.athlete, organization=cast.harbour, code="X", severity="info", since=TODAY, until=TODAY
    )
    return {
        "race": race_of(cast.ada, 3),
        "absence": absence_of(cast.ada, 0, 3),
        "plan": plan,
        "planinstance": follow(cast.ada, plan),
        "acknowledgement": acknowledgement,
        "standing": current_standings([cast.ada.pk], NOON)[cast.ada.pk],
    }


def test_every_list_and_page_opens(cast: Cast, root: Client):
    rows = everything(cast)
    paths = [page(name, "changelist") for name in NAMES] + [page(n, "change", row.pk) for n, row in rows.items()]
    paths += [page(name, "add") for name in ("race", "absence", "plan")]
    assert {path: root.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_rows_are_found_by_the_athletes_name(cast: Cast, root: Client):
    race_of(cast.ada, 3), race_of(cast.ben, 4)
    found = root.get(page("race", "changelist"), {"q": "ADA"}).context["cl"].queryset
    assert [race.athlete_id for race in found] == [cast.ada.pk]


def test_what_staff_saves_and_deletes_raises_the_version(cast: Cast, root: Client):
    body = {"athlete": cast.ada.pk, "name": "Run", "date": str(day(9)), "distance_m": 5000, "priority": "B"}
    assert root.post(page("race", "add"), body).status_code == 302
    race = Race.objects.get()
    assert root.post(page("race", "change", race.pk), body | {"priority": "A"}).status_code == 302
    assert (Race.objects.get().priority, version(cast.ada)) == ("A", 2)
    assert root.post(page("race", "delete", race.pk), {"post": "yes"}).status_code == 302
    absence = absence_of(cast.ben, 0, 1)
    chosen = {"action": "delete_selected", "_selected_action": [str(absence.pk)], "post": "yes"}
    assert root.post(page("absence", "changelist"), chosen).status_code == 302
    assert (Absence.objects.exists(), version(cast.ada), version(cast.ben)) == (False, 3, 1)


def test_an_absence_that_ends_before_it_begins_is_refused(cast: Cast, root: Client):
    body = {"athlete": cast.ada.pk, "kind": "ill", "first_day": str(day(2)), "last_day": str(day(1))}
    answer = root.post(page("absence", "add"), body)
    assert (answer.status_code, Absence.objects.exists()) == (200, False)


def test_standings_are_only_looked_at(cast: Cast, root: Client):
    standing = everything(cast)["standing"]
    assert root.get(page("standing", "add")).status_code == 403
    assert root.post(page("standing", "change", standing.pk), {}).status_code == 403
    assert root.post(page("standing", "delete", standing.pk), {"post": "yes"}).status_code == 403


def sessions(**more: str) -> dict[str, str]:
    counts = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    first = {"week": "1", "weekday": "1", "position": "0", "sport": "run"} | more
    told = {f"sessions-{name}": value for name, value in counts.items()}
    return told | {f"sessions-0-{name}": value for name, value in first.items()}


def test_a_plan_is_made_with_sessions_that_say_how_long(cast: Cast, root: Client):
    body = {"organization": cast.harbour.pk, "name": "Ten", "total_weeks": 4}
    for wrong in (sessions(), sessions(duration_s="60", weekday="8"), sessions(duration_s="60", week="0")):
        assert root.post(page("plan", "add"), body | wrong).status_code == 200
    assert not Plan.objects.exists()
    assert root.post(page("plan", "add"), body | sessions(duration_s="3600")).status_code == 302
    assert Plan.objects.get().sessions.get().duration_s == 3600.0


def test_a_plan_that_somebody_follows_keeps_its_sessions_and_is_not_deleted(cast: Cast, root: Client):
    plan = plan_of(cast.harbour, {"weekday": 1})
    follow(cast.ada, plan)
    before = version(cast.ada)
    change = page("plan", "change", plan.pk)
    body = {"name": "Other", "description": "", "total_weeks": 9} | sessions(duration_s="60")
    assert root.post(change, body).status_code == 302
    plan.refresh_from_db()
    assert (plan.name, plan.total_weeks, plan.sessions.count()) == ("Other", 4, 1)
    assert version(cast.ada) == before + 1
    assert root.post(page("plan", "delete", plan.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [str(plan.pk)], "post": "yes"}
    root.post(page("plan", "changelist"), chosen)
    assert PlanInstance.objects.count() == 1


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_makes_the_same_statements_for_3_rows_and_30(
    cast: Cast, root: Client, rows: int, django_assert_num_queries
):
    plan = plan_of(cast.harbour)
    for number in range(rows):
        runner = person(f"runner{number}")
        race_of(runner, number), absence_of(runner, 0, 1), follow(runner, plan)
    current_standings([user.athlete.pk for user in (cast.ada, cast.ben, cast.zoe)], NOON)
    for name in ("race", "absence", "planinstance", "standing"):
        with django_assert_num_queries(4):  # session, who is asking, count, page
            assert root.get(page(name, "changelist")).status_code == 200
