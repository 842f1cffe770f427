"""Steps of two shapes become the same values, and are written in one shape."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from coaching.science.planned_load import expected_load, measure_steps
from coaching.steps.pauses import unfold_pauses
from coaching.steps.reader import read_steps
from coaching.steps.step import EffortTarget, HeartRateTarget, PaceTarget, Repeat, Step, StepKind, ZoneTarget
from coaching.steps.writer import serialize_steps
from tests.coaching.steps.examples import alike, mixed, structured, zone_steps

WORK = {"kind": "work", "distance": 1_000.0, "target": {"pace": [240.0, 230.0]}, "text": "relaxed"}
JOG = {"kind": "recovery", "duration": 90.0, "target": None, "text": ""}
WARM_UP = {"kind": "warmup", "until_lap": True, "target": {"heart_rate": [120, 140]}, "text": ""}
COOL_DOWN = {"kind": "cooldown", "duration": 600.0, "target": {"effort": 3}, "text": ""}
KM = Step(StepKind.WORK, distance_m=1_000.0, target=PaceTarget(240.0, 230.0), text="relaxed")
PAUSE = Step(StepKind.RECOVERY, 90.0)


def repeat(times: int, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "repeat", "times": times, "steps": list(steps)}


def test_structured_steps_are_read():
    steps = [WARM_UP, repeat(6, WORK, JOG), COOL_DOWN]
    assert read_steps(steps) == (
        Step(StepKind.WARMUP, target=HeartRateTarget(120, 140)),
        Repeat(6, (KM, PAUSE)),
        Step(StepKind.COOLDOWN, 600.0, target=EffortTarget(3)),
    )


def test_target_and_text_may_be_left_out():
    assert read_steps([{"kind": "rest", "duration": 60.0}]) == (Step(StepKind.REST, 60.0),)
    assert read_steps([{"kind": "rest", "duration": 60.0, "target": {"zone": None}}]) == (
        Step(StepKind.REST, 60.0),
    )


def test_the_recovery_of_a_zone_step_stands_between_its_repetitions():
    steps: list[dict[str, Any]] = [
        {"repeat": 1, "duration": 900.0, "zone": 1},
        {"repeat": 6, "distance": 1_000.0, "zone": 4, "recovery": 90.0, "text": "relaxed"},
        {"repeat": 1, "duration": 300.0},
        {"repeat": 2, "duration": 60.0, "zone": 5},
        {"repeat": 1, "duration": 600.0},
    ]
    km = Step(StepKind.WORK, distance_m=1_000.0, target=ZoneTarget(4), text="relaxed")
    assert read_steps(steps) == (
        Step(StepKind.WARMUP, 900.0, target=ZoneTarget(1)),
        Repeat(6, (km,), PAUSE),
        Step(StepKind.RECOVERY, 300.0),
        Repeat(2, (Step(StepKind.WORK, 60.0, target=ZoneTarget(5)),)),
        Step(StepKind.COOLDOWN, 600.0),
    )


def test_an_easy_run_is_no_warm_up():
    easy = Step(StepKind.WORK, 1_800.0, target=ZoneTarget(1))
    assert read_steps([{"repeat": 1, "duration": 1_800.0}] * 2) == (easy, easy)


def test_parts_of_a_zone_step_are_a_repeat_in_a_repeat():
    sets = [
        {
            "repeat": 3,
            "recovery": 180.0,
            "text": "Track",
            "steps": [{"repeat": 4, "distance": 400.0, "zone": 5, "recovery": 60.0}, {"distance": 200.0}],
        }
    ]
    fast = Step(StepKind.WORK, distance_m=400.0, target=ZoneTarget(5), text="Track")
    jog = Step(StepKind.RECOVERY, distance_m=200.0)
    inner = Repeat(4, (fast,), Step(StepKind.RECOVERY, 60.0))
    assert read_steps(sets) == (Repeat(3, (inner, jog), Step(StepKind.RECOVERY, 180.0)),)


def test_pauses_between_repetitions_are_written_without_one_after_the_last():
    steps = read_steps([{"repeat": 6, "distance": 1_000.0, "zone": 3, "recovery": 90.0}])
    work = {"kind": "work", "distance": 1_000.0, "target": {"zone": 3}, "text": ""}
    assert serialize_steps(steps) == [repeat(5, work, JOG), work]
    assert read_steps(serialize_steps(steps)) == steps


@pytest.mark.parametrize("steps", [[WARM_UP], [WORK, JOG, WORK], [repeat(3, repeat(4, WORK, JOG), JOG)]])
def test_structured_steps_are_written_as_they_were_given(steps):
    assert serialize_steps(read_steps(steps)) == steps


@given(steps=structured)
def test_any_structured_steps_are_written_as_they_were_given(steps):
    assert serialize_steps(read_steps(steps)) == steps


@given(steps=alike)
def test_pauses_are_found_again_however_repetitions_stand_side_by_side(steps):
    read = read_steps(steps)
    assert serialize_steps(read) == steps
    assert read_steps(serialize_steps(read)) == read


@given(steps=zone_steps | mixed)
def test_steps_of_any_shape_stay_the_same_when_written_and_read(steps):
    read = read_steps(steps)
    assert unfold_pauses(read_steps(serialize_steps(read))) == unfold_pauses(read)


@given(steps=zone_steps)
def test_both_shapes_of_a_training_have_the_same_length_and_load(steps):
    written = serialize_steps(read_steps(steps))
    assert measure_steps("run", written) == pytest.approx(measure_steps("run", steps))
    for threshold_mps in (None, 3.9):
        given = ("run", 3_600.0, None, 2)
        assert expected_load(*given, written, threshold_mps) == pytest.approx(
            expected_load(*given, steps, threshold_mps)
        )
