"""Runners are told their pace, riders their speed."""

from __future__ import annotations

from metrics.pace_or_speed import going_name, going_text


def test_runs_have_a_pace_and_rides_a_speed():
    assert [going_name(sport) for sport in ("run", "walk", "bike", "workout")] == [
        "Pace",
        "Pace",
        "Speed",
        "Speed",
    ]
    assert going_text(3000, 10_000, "run", "metric") == "5:00 /km"
    assert going_text(3000, 10_000, "run", "imperial") == "8:03 /mi"
    assert going_text(3600, 31_400, "bike", "metric") == "31.4 km/h"
    assert going_text(3600, 31_400, "bike", "imperial") == "19.5 mi/h"


def test_what_went_nowhere_has_neither():
    assert {going_text(60, way, sport, "metric") for way in (None, 0.0) for sport in ("run", "bike")} == {"–"}
    assert going_text(0, 10.0, "bike", "metric") == "–"
