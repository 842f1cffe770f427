"""The estimated load of a planned session without a load."""

from __future__ import annotations

from typing import Any

import pytest

from coaching.science.planned_load import expected_load, measure_steps

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
