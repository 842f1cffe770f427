"""The load a planned session comes to when nobody has said it."""

from __future__ import annotations

from typing import Any

import pytest

from coaching.science.planned_load import expected_load

HOUR = 3_600.0


def load(**given: Any) -> float | None:
    asked = {
        "sport": "run",
        "duration_s": None,
        "distance_m": None,
        "zone": None,
        "steps": (),
        "threshold_mps": None,
    }
    return expected_load(**asked | given)


def test_an_hour_without_a_zone_is_easy_and_an_hour_at_threshold_is_100():
    assert load(duration_s=HOUR) == pytest.approx(64.0)
    assert load(duration_s=HOUR, zone=3) == pytest.approx(100.0)


def test_a_distance_takes_as_long_as_the_athletes_threshold_says():
    assert load(distance_m=14_400.0, zone=3, threshold_mps=4.0) == pytest.approx(100.0)
    assert load(distance_m=14_400.0, zone=3) is None


def test_steps_say_more_than_the_whole():
    """4 × 8 minutes at threshold with 2 minutes between, 15 before and 10 after."""
    steps = [
        {"duration": 900, "zone": 1},
        {"repeat": 4, "duration": 480, "zone": 3, "recovery": 120},
        {"duration": 600, "zone": 1},
    ]
    minutes = ((15 + 10 + 3 * 2) * 0.64 + 32 * 1.0) / 60
    assert load(duration_s=HOUR, zone=5, steps=steps) == pytest.approx(100 * minutes)


def test_steps_that_need_an_unknown_threshold_leave_the_whole():
    steps = [{"distance": 1_000, "zone": 4}]
    assert load(duration_s=HOUR, zone=1, steps=steps) == pytest.approx(64.0)
    assert load(duration_s=HOUR, zone=1, steps=steps, threshold_mps=4.0) == pytest.approx(7.57, abs=0.01)


def test_other_sports_count_by_their_hours():
    assert load(sport="bike", duration_s=2 * HOUR, zone=4) == 90.0
    assert load(sport="workout", duration_s=HOUR) is None
    assert load(sport="bike", distance_m=40_000.0) is None
