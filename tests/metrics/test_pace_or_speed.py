"""Rides and other workouts have a speed, swims the pace of 100 m or yards. Other sports have a pace."""

from __future__ import annotations

from metrics.pace_or_speed import format_pace_or_speed, format_sport_distance, name_pace_or_speed


def test_runs_have_a_pace_and_rides_a_speed():
    assert [name_pace_or_speed(sport) for sport in ("run", "walk", "bike", "workout")] == [
        "Pace",
        "Pace",
        "Speed",
        "Speed",
    ]
    assert format_pace_or_speed(3000, 10_000, "run", "metric") == "5:00 /km"
    assert format_pace_or_speed(3000, 10_000, "run", "imperial") == "8:03 /mi"
    assert format_pace_or_speed(3600, 31_400, "bike", "metric") == "31.4 km/h"
    assert format_pace_or_speed(3600, 31_400, "bike", "imperial") == "19.5 mph"


def test_swims_have_a_pace_per_100_and_distances_in_metres_or_yards():
    assert name_pace_or_speed("swim") == "Pace"
    assert format_pace_or_speed(2_100, 2_000, "swim", "metric") == "1:45 /100 m"
    assert format_pace_or_speed(1_500, 1_500 * 0.9144, "swim", "imperial") == "1:40 /100 yd"
    assert format_sport_distance(25, "swim", "metric", 2) == "25 m"
    assert format_sport_distance(1_500 * 0.9144, "swim", "imperial") == "1,500 yd"
    assert format_sport_distance(None, "swim", "metric") == "–"
    assert format_sport_distance(25, "run", "metric", 2) == "0.03 km"


def test_an_activity_without_distance_or_time_has_a_dash():
    assert {
        format_pace_or_speed(60, distance_m, sport, "metric")
        for distance_m in (None, 0.0)
        for sport in ("run", "bike", "swim")
    } == {"–"}
    assert format_pace_or_speed(0, 10.0, "bike", "metric") == "–"
