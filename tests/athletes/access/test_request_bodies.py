"""A body is validated only for a caller with the right, and a large body takes little time."""

from __future__ import annotations

import json
import resource
import time
from typing import Any

import pytest

from athletes.models import User
from tests.support.cast import ApiClient, Cast
from tests.support.error_shape import assert_error

PLANS = "/api/v1/training_plans"
MAX_CPU_S = 0.5
WRONG = {"unknown": "field"}


def call(user: User, method: str, path: str, body: Any) -> Any:
    return ApiClient(user).generic(method, path, json.dumps(body), "application/json")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/activities"),
        ("POST", "/api/v1/races"),
        ("POST", "/api/v1/plan_instances"),
        ("PUT", "/api/v1/health/days"),
    ],
)
def test_a_wrong_body_about_a_foreign_athlete_is_403(cast: Cast, method: str, path: str):
    body = WRONG | {"user_id": cast.zoe.public_id}
    assert_error(call(cast.carl, method, path, body), 403, "PERMISSION_DENIED")


@pytest.mark.parametrize("org", [None, "harbour"])
def test_a_wrong_plan_of_somebody_in_no_club_is_403(cast: Cast, org: str | None):
    body = WRONG | ({"org_id": getattr(cast, org).public_id} if org else {})
    assert_error(call(cast.otto, "POST", PLANS, body), 403, "PERMISSION_DENIED")


def test_a_malformed_id_in_a_body_is_400(cast: Cast):
    body = {"user_id": "usr_1", "race_name": "x", "race_date": "2026-06-10", "distance": 5_000}
    assert_error(call(cast.ada, "POST", "/api/v1/races", body), 400, "MALFORMED_ID", "user_id")


def week(sessions: int, steps: int = 0) -> dict[str, Any]:
    """Weeks of a plan have seven days of at most four sessions."""
    session = {"duration": 60, "steps": [{"duration": 60}] * steps}
    days = [{"weekday": day + 1, "sessions": [session] * min(4, sessions - 4 * day)} for day in range(7)]
    return {"days": [day for day in days if day["sessions"]]}


SESSION_WITH_UNKNOWN = {"duration": 60, "steps": [{f"f{number}": 0 for number in range(1_000)}] * 4}
WRONG_STEP: dict[str, Any] = dict.fromkeys(("repeat", "duration", "distance", "zone", "recovery", "text"), [])
WRONG_DAY = {"weekday": 0, "sessions": [{"sport": 1, "duration": "", "steps": [WRONG_STEP] * 7}] * 4}
LARGE_BODIES = {
    "weeks": (PLANS, "POST", {"name": "x", "weeks": [0] * 600_000}),
    "days": (PLANS, "POST", {"name": "x", "weeks": [{"week": 1, "days": [0] * 600_000}]}),
    "empty weeks": (PLANS, "POST", {"name": "x", "weeks": [[]] * 400_000}),
    "wrong steps": (
        PLANS,
        "POST",
        {"name": "x", "weeks": [week(28, 4) | {"week": number} for number in range(300)]},
    ),
    "unknown fields in steps": (
        PLANS,
        "POST",
        {
            "name": "x",
            "weeks": [{"week": 1, "days": [{"weekday": 1, "sessions": [SESSION_WITH_UNKNOWN] * 4}] * 4}],
        },
    ),
    "every field wrong": (PLANS, "POST", {"name": 1, "weeks": [{"week": 0, "days": [WRONG_DAY] * 7}] * 20}),
    "unknown fields": (PLANS, "POST", {f"f{number}": 0 for number in range(100_000)}),
    "name": (PLANS, "POST", {"name": "x" * 1_900_000, "weeks": []}),
    "scopes": ("/api/v1/organizations/{org}/api_keys", "POST", {"name": "x", "scopes": ["x"] * 190_000}),
    "labels": ("/api/v1/organizations/{org}/members/{ada}", "PATCH", {"labels": ["x"] * 190_000}),
    "notes": ("/api/v1/organizations/{org}/members/{ada}", "PATCH", {"notes": "x" * 990_000}),
    "health": ("/api/v1/health/days?", "PUT", {"days": [0] * 600_000}),
    "race name": ("/api/v1/races", "POST", {"race_name": "\u0301" * 160_000}),
}


@pytest.mark.parametrize("case", LARGE_BODIES)
def test_a_body_as_large_as_it_may_be_costs_little(cast: Cast, case: str):
    path, method, body = LARGE_BODIES[case]
    path = path.format(org=cast.harbour.public_id, ada=cast.ada.public_id)
    client, text = ApiClient(cast.hanna), json.dumps(body)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    answer = client.generic(method, path, text, "application/json")
    cpu_s = time.process_time() - started
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1_024
    assert answer.status_code == 400, answer.content[:200]
    assert len(answer.content) < 200_000
    assert cpu_s < MAX_CPU_S
    assert grown_mb < 50


@pytest.mark.parametrize("on_error", ["skip", "abort"])
def test_a_thousand_wrong_health_days_have_a_short_answer(cast: Cast, on_error: str):
    names = {f"f{number}": 0 for number in range(180)}
    days = [{"date": "2026-06-10", "source": f"s{number}"} | names for number in range(1_000)]
    body, started = json.dumps({"days": days, "on_error": on_error}), time.process_time()
    answer = ApiClient(cast.ada).generic("PUT", "/api/v1/health/days", body, "application/json")
    assert answer.status_code == (200 if on_error == "skip" else 400)
    assert len(answer.content) < 3_000_000
    assert time.process_time() - started < 2 * MAX_CPU_S


@pytest.mark.parametrize(
    ("path", "limit"), [(PLANS, 2_000_000), ("/api/v1/health/days", 2_000_000), ("/api/v1/races", 1_000_000)]
)
def test_a_body_above_the_limit_of_its_call_is_413(cast: Cast, path: str, limit: int):
    method = "PUT" if "health" in path else "POST"
    body = b'{"name": "' + b"a" * limit + b'"}'
    answer = ApiClient(cast.hanna).generic(method, path, body, "application/json")
    assert_error(answer, 413, "TOO_LARGE")


def test_a_plan_with_too_many_sessions_is_refused(cast: Cast):
    weeks = [week(28) | {"week": number + 1} for number in range(53)]
    details = assert_error(
        call(cast.hanna, "POST", PLANS, {"name": "x", "weeks": weeks}), 400, "MAX_LENGTH", "weeks"
    )
    assert details["field"] == "weeks"


def test_the_largest_plan_that_is_allowed_is_stored(cast: Cast):
    weeks = [week(14, 1) | {"week": number + 1} for number in range(104)]
    started = time.process_time()
    answer = call(cast.hanna, "POST", PLANS, {"name": "x", "weeks": weeks})
    assert answer.status_code == 201
    assert time.process_time() - started < 4 * MAX_CPU_S
