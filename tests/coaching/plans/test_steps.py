"""The API of steps: two shapes, side by side, stored and answered as they were sent."""

from __future__ import annotations

from typing import Any

import pytest

from coaching.models import Plan, PlanSession
from coaching.plans.step_serializers import MAX_STEPS_WITH_PARTS
from tests.support.cast import ApiClient, Cast
from tests.support.error_shape import assert_error

WARM_UP = {"kind": "warmup", "until_lap": True, "text": "around the lake"}
WORK = {"kind": "work", "distance": 1_000.0, "target": {"pace": [240.0, 230.0]}}
JOG = {"kind": "recovery", "duration": 90.0, "target": None}
ZONE_STEP = {"repeat": 4, "duration": 60.0, "zone": 5, "recovery": 60.0}
STEPS = "weeks.0.days.0.sessions.0.steps"


def repeat(times: int, *steps: Any) -> dict[str, Any]:
    return {"kind": "repeat", "times": times, "steps": list(steps)}


def post(cast: Cast, steps: Any, **session: Any):
    weeks = [{"week": 1, "days": [{"weekday": 1, "sessions": [{"steps": steps} | session]}]}]
    return ApiClient(cast.carl).send_json("post", "/api/v1/training_plans", {"name": "Ten", "weeks": weeks})


def get_session(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.content
    session: dict[str, Any]
    [session] = answer.json()["data"]["weeks"][0]["days"][0]["sessions"]
    return session


def test_steps_of_both_shapes_are_stored_and_answered_as_they_were_sent(cast: Cast):
    steps = [
        WARM_UP,
        repeat(
            3, repeat(4, WORK, JOG), {"kind": "rest", "duration": 180.0, "target": {"heart_rate": [90, 110]}}
        ),
        ZONE_STEP,
        {"kind": "cooldown", "duration": 600.0, "target": {"effort": 3}},
    ]
    assert get_session(post(cast, steps, duration=5_400))["steps"] == steps
    assert PlanSession.objects.get().steps == steps


@pytest.mark.parametrize(
    ("steps", "duration", "distance"),
    [
        ([repeat(6, WORK, JOG)], 6 * (235 + 90), None),
        ([repeat(5, WORK), WORK], None, 6_000),
        ([WARM_UP, WORK], None, 1_000),
        ([ZONE_STEP, JOG], 7 * 60 + 90, None),
    ],
)
def test_a_session_of_steps_alone_has_their_length(
    cast: Cast, steps: Any, duration: float | None, distance: float | None
):
    session = get_session(post(cast, steps))
    assert (session["duration"], session["distance"]) == (pytest.approx(duration), distance)


@pytest.mark.parametrize(
    ("step", "code", "field"),
    [
        ({"kind": "sprint", "duration": 60}, "INVALID_CHOICE", "0.kind"),
        ({"kind": "work"}, "NO_TARGET", "0"),
        ({"kind": "work", "until_lap": False}, "NO_TARGET", "0"),
        ({"kind": "work", "duration": 60, "distance": 400}, "AMBIGUOUS", "0"),
        ({"kind": "work", "duration": 60, "until_lap": True}, "AMBIGUOUS", "0"),
        ({"kind": "work", "duration": 60, "zone": 3}, "UNKNOWN_FIELD", "0.zone"),
        (WORK | {"target": {"pace": [230, 240]}}, "WRONG_ORDER", "0.target.pace"),
        (WORK | {"target": {"pace": [240]}}, "MIN_LENGTH", "0.target.pace"),
        (WORK | {"target": {"pace": [30, 20]}}, "VALIDATION_ERROR", None),
        (WORK | {"target": {"heart_rate": [160, 150]}}, "WRONG_ORDER", "0.target.heart_rate"),
        (WORK | {"target": {"heart_rate": [150, 400]}}, "MAX_VALUE", "0.target.heart_rate.1"),
        (WORK | {"target": {"effort": 11}}, "MAX_VALUE", "0.target.effort"),
        (WORK | {"target": {"zone": 3, "effort": 7}}, "AMBIGUOUS", "0.target"),
        (WORK | {"target": {}}, "AMBIGUOUS", "0.target"),
        (repeat(0, WORK), "MIN_VALUE", "0.times"),
        (repeat(101, WORK), "MAX_VALUE", "0.times"),
        (repeat(2), "MIN_LENGTH", "0.steps"),
        (repeat(2, *[WORK] * 41), "MAX_LENGTH", "0.steps"),
        (repeat(2, repeat(2, repeat(2, WORK))), "INVALID_CHOICE", "0.steps.0.steps.0.kind"),
        (repeat(2, ZONE_STEP), "REQUIRED", "0.steps.0.kind"),
        ("fast", "INVALID", "0"),
        (None, "NULL", "0"),
    ],
)
def test_a_wrong_step_is_named_and_nothing_is_stored(cast: Cast, step: Any, code: str, field: str | None):
    answer = post(cast, [step], duration=3_600)
    if code == "VALIDATION_ERROR" or answer.json()["details"]["code"] == "VALIDATION_ERROR":
        errors = {(error["code"], error["field"]) for error in answer.json()["details"]["errors"]}
        assert field is None or (code, f"{STEPS}.{field}") in errors
    else:
        assert_error(answer, 400, code, f"{STEPS}.{field}")
    assert not Plan.objects.exists()


def test_a_pace_the_wrong_way_round_is_explained(cast: Cast):
    answer = post(cast, [WORK | {"target": {"pace": [230, 240]}}])
    assert answer.json()["error"].endswith("pace: Give the slower pace first: [slow, fast].")


def test_steps_until_the_lap_button_alone_need_a_length(cast: Cast):
    answer = post(cast, [WARM_UP, repeat(2, {"kind": "work", "until_lap": True})])
    assert_error(answer, 400, "NO_TARGET", STEPS.removesuffix(".steps"))
    assert "lap button" in answer.json()["error"]
    assert get_session(post(cast, [WARM_UP], duration=1_800))["duration"] == 1_800


def test_all_steps_in_repeats_are_counted_before_they_are_validated(cast: Cast):
    wrong = repeat(2, *[repeat(2, *["junk"] * 40)] * 40)
    answer = post(cast, [wrong])
    assert_error(answer, 400, "MAX_LENGTH", STEPS)
    assert f"at most {MAX_STEPS_WITH_PARTS} steps" in answer.json()["error"]
    assert_error(post(cast, [WORK] * 41), 400, "MAX_LENGTH", STEPS)
