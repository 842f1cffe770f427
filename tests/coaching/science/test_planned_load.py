"""The estimated load of a planned session without a load."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.science.planned_load import expected_load, measure_steps
from tests.coaching.science.zone_steps_oracle import compute_zone_length, compute_zone_load
from tests.coaching.steps.examples import zone_steps

HOUR = 3_600.0


def load(**given: Any) -> float | None:
    defaults = {
        "sport": "run",
        "duration_s": None,
        "distance_m": None,
        "zone": None,
        "steps": (),
        "threshold_mps": None,
    }
    return expected_load(**defaults | given)


def test_expected_load_defaults_to_easy_and_is_100_per_hour_at_threshold():
    assert load(duration_s=HOUR) == pytest.approx(64.0)
    assert load(duration_s=HOUR, zone=3) == pytest.approx(100.0)


def test_expected_load_converts_distance_by_threshold_speed():
    assert load(distance_m=14_400.0, zone=3, threshold_mps=4.0) == pytest.approx(100.0)
    assert load(distance_m=14_400.0, zone=3) is None


def test_expected_load_prefers_steps_to_the_whole_session():
    """4 × 8 minutes at threshold with 2 minutes between, 15 before and 10 after."""
    steps = [
        {"duration": 900, "zone": 1},
        {"repeat": 4, "duration": 480, "zone": 3, "recovery": 120},
        {"duration": 600, "zone": 1},
    ]
    minutes = ((15 + 10 + 3 * 2) * 0.64 + 32 * 1.0) / 60
    assert load(duration_s=HOUR, zone=5, steps=steps) == pytest.approx(100 * minutes)


def test_expected_load_ignores_steps_with_unknown_time():
    steps = [{"distance": 1_000, "zone": 4}]
    assert load(duration_s=HOUR, zone=1, steps=steps) == pytest.approx(64.0)
    assert load(duration_s=HOUR, zone=1, steps=steps, threshold_mps=4.0) == pytest.approx(7.57, abs=0.01)


def test_expected_load_of_other_sports_uses_duration():
    assert load(sport="bike", duration_s=2 * HOUR, zone=4) == 90.0
    assert load(sport="workout", duration_s=HOUR) is None
    assert load(sport="bike", distance_m=40_000.0) is None


INTERVALS = [
    {"duration": 900, "zone": 1},
    {"repeat": 6, "distance": 1_000, "zone": 3, "recovery": 120},
    {"duration": 600},
]


def test_the_length_of_steps_is_their_time_or_their_distance():
    timed = [{"duration": 900}, {"repeat": 8, "duration": 180, "recovery": 60}]
    assert measure_steps("run", timed) == (900 + 8 * 180 + 7 * 60, None)
    assert measure_steps("swim", [{"distance": 400}, {"repeat": 10, "distance": 100}]) == (None, 1_400)
    assert measure_steps("run", []) == (None, None)


def test_distances_among_times_take_the_time_of_a_usual_runner():
    duration_s, distance_m = measure_steps("run", INTERVALS)
    assert duration_s == pytest.approx(900 + 6 * 300 + 5 * 120 + 600)
    assert distance_m is None
    assert measure_steps("bike", INTERVALS) == (None, None)


def test_parts_of_a_step_are_repeated_together():
    """3 × (4 × 400 m in 80 s with 60 s between), 180 s between the sets."""
    sets = [
        {"repeat": 3, "recovery": 180, "steps": [{"repeat": 4, "duration": 80, "zone": 3, "recovery": 60}]}
    ]
    work_s, easy_s = 3 * 4 * 80, 3 * 3 * 60 + 2 * 180
    assert measure_steps("run", sets) == (work_s + easy_s, None)
    assert load(steps=sets) == pytest.approx(100 * (work_s + 0.64 * easy_s) / HOUR)


@given(steps=zone_steps, threshold_mps=st.sampled_from([None, 3.1, 3.9, 5.3]))
def test_steps_without_a_kind_have_exactly_the_load_and_length_of_their_values(
    steps: list[dict[str, Any]], threshold_mps: float | None
):
    of_zone = load(duration_s=HOUR, zone=2)
    direct = compute_zone_load(steps, threshold_mps) if steps else None
    assert load(duration_s=HOUR, zone=2, steps=steps, threshold_mps=threshold_mps) == (
        of_zone if direct is None else direct
    )
    assert measure_steps("run", steps) == compute_zone_length(steps)


def step(kind: str = "work", **given: Any) -> dict[str, Any]:
    return {"kind": kind, **given}


@pytest.mark.parametrize(
    ("kind", "target", "per_hour"),
    [
        ("work", {"zone": 4}, 100 * 1.09**2),
        ("warmup", {"zone": 3}, 100.0),
        ("work", {"pace": [260, 240]}, 100.0),
        ("recovery", {"pace": [520, 480]}, 25.0),
        ("work", {"effort": 8}, 100.0),
        ("cooldown", {"effort": 3}, 40.0),
        ("work", {"heart_rate": [150, 160]}, 100.0),
        ("warmup", {"heart_rate": [120, 130]}, 64.0),
        ("work", None, 100.0),
        ("warmup", None, 64.0),
        ("recovery", None, 64.0),
        ("cooldown", None, 64.0),
        ("rest", None, 0.0),
    ],
)
def test_the_target_of_a_step_gives_its_load_else_its_kind(kind: str, target: Any, per_hour: float):
    steps = [step(kind, duration=HOUR, target=target)]
    assert load(steps=steps, threshold_mps=4.0) == pytest.approx(per_hour)


def test_a_pace_needs_a_threshold_for_its_load_but_not_for_its_time():
    steps = [step("warmup", duration=600), step(distance=10_000, target={"pace": [310, 290]})]
    assert load(steps=steps) == pytest.approx((10 * 0.64 + 50) / 60 * 100)
    assert load(steps=steps, threshold_mps=5.0) == pytest.approx(
        (10 * 0.64 + 50 * 0.4444) / 60 * 100, rel=1e-3
    )
    for sport in ("run", "bike"):
        assert measure_steps(sport, steps)[0] == pytest.approx(3_600)


def test_a_distance_at_rest_or_with_little_effort_takes_the_time_of_easy_running():
    for kind, target in (("rest", None), ("recovery", {"effort": 1})):
        duration_s, _ = measure_steps("run", [step(duration=60), step(kind, distance=800, target=target)])
        assert duration_s == pytest.approx(60 + 300)


def test_the_repetitions_of_a_repeat_have_their_pauses_too():
    steps = [{"kind": "repeat", "times": 3, "steps": [step(duration=600), step("rest", duration=60)]}]
    assert measure_steps("run", steps) == (1_980, None)
    assert load(steps=steps) == pytest.approx(50.0)


def test_steps_until_the_lap_button_share_the_rest_of_the_session():
    steps = [
        step("warmup", until_lap=True),
        {"kind": "repeat", "times": 3, "steps": [step(duration=600), step("rest", until_lap=True)]},
    ]
    known = 50.0
    assert measure_steps("run", steps) == (1_800, None)
    assert load(steps=steps) == pytest.approx(known)
    assert load(steps=steps, duration_s=900) == pytest.approx(known)
    assert load(steps=steps, duration_s=1_800 + 4 * 300) == pytest.approx(known + 64 / 12)


def test_many_steps_have_the_load_of_few():
    steps = [step(duration=60, text="x" * 200)] * 40
    assert load(steps=steps) == pytest.approx(load(steps=[step(duration=40 * 60)]))


def test_steps_until_the_lap_button_alone_have_the_load_of_the_session():
    steps = [step("warmup", until_lap=True)]
    assert measure_steps("run", steps) == (None, None)
    assert load(steps=steps) is None
    assert load(steps=steps, duration_s=HOUR) == pytest.approx(64.0)
    assert load(steps=steps, distance_m=14_400.0, zone=3, threshold_mps=4.0) == pytest.approx(100.0)
