"""The API of plans: weeks, days and sessions. The sessions of an assigned plan cannot change."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from athletes.models import Athlete
from athletes.roles import Role
from coaching.models import Plan, PlanSession
from tests.coaching.plan_fixtures import create_test_plan, follow_plan, get_data_version
from tests.support.cast import ApiClient, Cast, create_member
from tests.support.error_shape import assert_error

PLANS = "/api/v1/training_plans"
INTERVALS = {
    "sport": "run",
    "title": "6 × 1 km",
    "description": "On the track.",
    "duration": 3_600.0,
    "distance": None,
    "training_load": 85.0,
    "zone": None,
    "steps": [
        {"repeat": 1, "duration": 900.0, "zone": 1},
        {"repeat": 6, "distance": 1_000.0, "zone": 4, "recovery": 120.0, "text": "relaxed"},
    ],
    "is_key": True,
}
EASY = {"duration": 2_700, "zone": 1}
REST = {"sport": "rest"}
WEEKS = [
    {"week": 1, "days": [{"weekday": 2, "sessions": [INTERVALS]}, {"weekday": 4, "sessions": [EASY, EASY]}]},
    {"week": 3, "days": [{"weekday": 7, "sessions": [REST]}]},
]
TEN_KM = {"name": "Ten kilometres", "weeks": WEEKS}


def post(viewer, **body: Any):
    return ApiClient(viewer).send_json("post", PLANS, TEN_KM | body)


def path(plan: Plan) -> str:
    return f"{PLANS}/{plan.public_id}"


def test_create_plan_stores_weeks_days_and_sessions(cast: Cast):
    answer = post(cast.carl, description="For the club run.\nEasy weeks first.")
    plan = Plan.objects.get()
    data = answer.json()["data"]
    assert answer.status_code == 201
    assert {name: data[name] for name in ("plan_id", "org_id", "name", "description", "total_weeks")} == {
        "plan_id": plan.public_id,
        "org_id": cast.harbour.public_id,
        "name": "Ten kilometres",
        "description": "For the club run.\nEasy weeks first.",
        "total_weeks": 3,
    }
    assert plan.created_by == cast.carl
    assert [(week["week"], [day["weekday"] for day in week["days"]]) for week in data["weeks"]] == [
        (1, [2, 4]),
        (2, []),
        (3, [7]),
    ]
    assert ApiClient(cast.carl).get(path(plan)).json()["data"] == data
    first = data["weeks"][0]["days"][0]["sessions"][0]
    assert first.pop("session_id").startswith("ses_")
    assert first == INTERVALS


def test_answered_weeks_can_be_posted_again_without_ids(cast: Cast):
    weeks = post(cast.carl).json()["data"]["weeks"]
    copied = deepcopy(weeks)
    for week in copied:
        for day in week["days"]:
            for session in day["sessions"]:
                del session["session_id"]
    again = post(cast.carl, name="Copy", weeks=copied).json()["data"]["weeks"]
    assert [len(week["days"]) for week in again] == [len(week["days"]) for week in weeks]
    assert PlanSession.objects.count() == 8


def build_week(**session: Any) -> list[dict[str, Any]]:
    return [{"week": 1, "days": [{"weekday": 1, "sessions": [session]}]}]


SESSION = "weeks.0.days.0.sessions.0"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"weeks": []}, "MIN_LENGTH", "weeks"),
        ({"weeks": [{"week": 0, "days": []}]}, "MIN_VALUE", "weeks.0.week"),
        ({"weeks": [{"week": 105, "days": []}]}, "MAX_VALUE", "weeks.0.week"),
        ({"weeks": [{"week": 1, "days": []}] * 2}, "REPEATED", "weeks"),
        (
            {"weeks": [{"week": 1, "days": [{"weekday": 8, "sessions": [EASY]}]}]},
            "MAX_VALUE",
            "weeks.0.days.0.weekday",
        ),
        (
            {"weeks": [{"week": 1, "days": [{"weekday": 1, "sessions": [EASY]}] * 2}]},
            "REPEATED",
            "weeks.0.days",
        ),
        (
            {"weeks": [{"week": 1, "days": [{"weekday": 1, "sessions": []}]}]},
            "MIN_LENGTH",
            "weeks.0.days.0.sessions",
        ),
        ({"weeks": build_week(sport="run")}, "NO_TARGET", SESSION),
        ({"weeks": build_week(duration=None, zone=2)}, "NO_TARGET", SESSION),
        ({"weeks": build_week(duration=0)}, "MIN_VALUE", f"{SESSION}.duration"),
        ({"weeks": build_week(duration=60, zone=6)}, "MAX_VALUE", f"{SESSION}.zone"),
        ({"weeks": build_week(duration=60, sport="chess")}, "INVALID_CHOICE", f"{SESSION}.sport"),
        ({"weeks": build_week(duration=60, is_key=1)}, "INVALID", f"{SESSION}.is_key"),
        ({"weeks": build_week(duration=60, steps=[{"zone": 1}])}, "NO_TARGET", f"{SESSION}.steps.0"),
        ({"weeks": build_week(steps=[])}, "NO_TARGET", SESSION),
        ({"weeks": build_week(sport="swim", steps=[{"duration": 9}, {"distance": 9}])}, "NO_TARGET", SESSION),
        ({"weeks": build_week(steps=[{"repeat": 100, "duration": 900}])}, "MAX_VALUE", SESSION),
        (
            {"weeks": build_week(steps=[{"duration": 9, "steps": [{"duration": 9}]}])},
            "AMBIGUOUS",
            f"{SESSION}.steps.0",
        ),
        (
            {"weeks": build_week(steps=[{"steps": [{"steps": [{"duration": 9}]}]}])},
            "UNKNOWN_FIELD",
            f"{SESSION}.steps.0.steps.0.steps",
        ),
        ({"weeks": build_week(duration=60, pace="5:00")}, "UNKNOWN_FIELD", f"{SESSION}.pace"),
        ({"name": "a\nb"}, "ONE_LINE", "name"),
        ({"total_weeks": 3}, "UNKNOWN_FIELD", "total_weeks"),
    ],
)
def test_plan_api_names_invalid_fields_and_stores_nothing(
    cast: Cast, body: dict[str, Any], code: str, field: str
):
    assert_error(post(cast.carl, **body), 400, code, field)
    assert not Plan.objects.exists()


def test_rest_needs_no_target(cast: Cast):
    assert post(cast.carl, weeks=build_week(sport="rest")).status_code == 201


@pytest.mark.parametrize(
    ("steps", "duration", "distance"),
    [
        ([{"duration": 900}, {"repeat": 8, "duration": 180, "recovery": 60}], 2_760.0, None),
        (
            [{"repeat": 3, "recovery": 180, "steps": [{"repeat": 4, "duration": 80, "recovery": 60}]}],
            1_860.0,
            None,
        ),
        ([{"distance": 3_000}, {"repeat": 5, "distance": 1_000}], None, 8_000.0),
        ([{"duration": 900}, {"repeat": 6, "distance": 1_000, "zone": 3}, {"duration": 600}], 3_300.0, None),
    ],
)
def test_a_session_given_by_steps_alone_has_their_length(
    cast: Cast, steps: list[dict[str, Any]], duration: float | None, distance: float | None
):
    data = post(cast.carl, weeks=build_week(steps=steps)).json()["data"]
    [session] = data["weeks"][0]["days"][0]["sessions"]
    assert (session["duration"], session["distance"], session["training_load"]) == (duration, distance, None)
    assert len(session["steps"]) == len(steps)


def test_a_target_of_the_session_goes_before_its_steps(cast: Cast):
    data = post(cast.carl, weeks=build_week(distance=10_000, steps=[{"duration": 900}])).json()["data"]
    [session] = data["weeks"][0]["days"][0]["sessions"]
    assert (session["duration"], session["distance"]) == (None, 10_000.0)


def test_plan_update_replaces_weeks_of_an_unassigned_plan(cast: Cast):
    plan = create_test_plan(cast.harbour, {"weekday": 1}, {"weekday": 3})
    answer = ApiClient(cast.carl).send_json("patch", path(plan), {"weeks": WEEKS[:1]})
    assert answer.json()["data"]["total_weeks"] == 1
    assert sorted(PlanSession.objects.values_list("weekday", flat=True)) == [2, 4, 4]


def test_assigned_plan_allows_a_new_name_but_no_new_sessions(cast: Cast):
    plan = create_test_plan(cast.harbour, {"weekday": 1})
    follow_plan(cast.ada, plan)
    before = get_data_version(cast.ada)
    assert_error(ApiClient(cast.carl).send_json("patch", path(plan), {"weeks": WEEKS}), 400, "PLAN_ASSIGNED")
    assert_error(ApiClient(cast.carl).delete(path(plan)), 400, "PLAN_ASSIGNED")
    renamed = ApiClient(cast.carl).send_json("patch", path(plan), {"name": "Twelve"})
    assert renamed.json()["data"]["name"] == "Twelve"
    assert PlanSession.objects.get().weekday == 1
    assert get_data_version(cast.ada) == before + 1


def test_unassigned_plan_is_deleted_with_its_sessions(cast: Cast):
    plan = create_test_plan(cast.harbour, {"weekday": 1})
    assert ApiClient(cast.hanna).delete(path(plan)).status_code == 204
    assert not PlanSession.objects.exists()


def test_list_contains_plans_of_own_organizations_by_name(cast: Cast):
    create_member(cast.carl, cast.hill, Role.COACH)
    names = [create_test_plan(club, name=name).name for club, name in ((cast.hill, "B"), (cast.harbour, "A"))]
    api = ApiClient(cast.carl)
    assert [plan["name"] for plan in api.get(PLANS).json()["data"]] == sorted(names)
    assert [plan["name"] for plan in api.get(PLANS, {"org_id": cast.hill.public_id}).json()["data"]] == ["B"]
    assert_error(ApiClient(cast.hanna).get(PLANS, {"org_id": cast.hill.public_id}), 403, "PERMISSION_DENIED")


def test_plan_create_needs_org_id_for_coaches_of_several_organizations(cast: Cast):
    create_member(cast.carl, cast.hill, Role.COACH)
    assert_error(post(cast.carl), 400, "ORG_REQUIRED", "org_id")
    assert post(cast.carl, org_id=cast.hill.public_id).json()["data"]["org_id"] == cast.hill.public_id


@pytest.mark.parametrize(
    ("viewer", "create_status", "read_status"),
    [("hanna", 201, 200), ("carl", 201, 200), ("asha", 201, 200), ("stella", 201, 200)]
    + [(name, 403, 403) for name in ("ada", "ben", "zora", "otto", "lea")],
)
def test_only_coaches_can_create_and_read_unassigned_plans(
    cast: Cast, viewer: str, create_status: int, read_status: int
):
    user, plan = getattr(cast, viewer), create_test_plan(cast.harbour)
    assert post(user, org_id=cast.harbour.public_id).status_code == create_status
    missing = ApiClient(user).get(f"{PLANS}/plan_01h00000000000000000000000")
    answer = ApiClient(user).get(path(plan))
    assert answer.status_code == read_status
    if read_status == 403:
        assert answer.content == missing.content


def test_create_plan_does_not_change_any_data_version(cast: Cast):
    post(cast.carl)
    assert not Athlete.objects.filter(data_version__gt=0).exists()
