"""fitness_stats: totals of the runs in the last N local days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.support.cast import NOON, ApiClient, Cast, create_run

STATS = "/api/v1/analytics/fitness_stats"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def get_data(user, **params):
    answer = ApiClient(user).get(STATS, params)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_averages_are_weighted_by_time(cast: Cast):
    create_run(
        cast.ada, NOON - timedelta(hours=2), avg_hr_bpm=150.0, elevation_gain_m=55.0, training_load=61.2
    )
    create_run(cast.ada, NOON - timedelta(days=2), distance_m=5_000.0, duration_s=1_000.0, avg_hr_bpm=170.0)
    create_run(cast.ada, NOON - timedelta(days=3), distance_m=None, duration_s=1_200.0)
    create_run(cast.ada, NOON - timedelta(days=3), activity_type="bike", distance_m=40_000.0)
    assert get_data(cast.ada) == {
        "days": 30,
        "from_date": "2026-05-12",
        "to_date": "2026-06-10",
        "total_activities": 3,
        "total_distance": 15_000.0,
        "total_duration": 5_200.0,
        "avg_pace": "4:27",  # (3,000 + 1,000) s over 15 km; the run without distance does not count
        "avg_pace_s_per_km": 266.67,
        "avg_heart_rate": 155.0,
        "total_training_load": 61.2,
        "total_elevation_gain": 55.0,
    }


def test_without_heart_rates_the_key_is_missing(cast: Cast):
    create_run(cast.ada, NOON - timedelta(hours=2))
    assert "avg_heart_rate" not in get_data(cast.ada)


def test_without_distances_the_pace_is_null(cast: Cast):
    create_run(cast.ada, NOON - timedelta(hours=2), distance_m=None)
    assert get_data(cast.ada)["avg_pace"] is None


def test_today_is_the_local_date_of_the_athlete(cast: Cast):
    """At 16:00 UTC, the next day has begun in Tokyo."""
    create_run(cast.ben, datetime(2026, 6, 10, 14, 59, tzinfo=UTC))
    create_run(cast.ben, datetime(2026, 6, 10, 15, 1, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 6, 10, 16, 0, tzinfo=UTC), tick=False):
        today = get_data(cast.ben, days=1)
    assert (today["from_date"], today["to_date"], today["total_activities"]) == (
        "2026-06-11",
        "2026-06-11",
        1,
    )


@pytest.mark.parametrize(
    "days", ["0", "366", "-1", "", "7.0", "１２", "1_0", " 7", "7 ", "+7", "0x7", "nan", "9" * 400, "٣"]
)
def test_days_is_a_number_from_1_to_365_in_ascii_digits(cast: Cast, days: str):
    answer = ApiClient(cast.ada).get(STATS, {"days": days})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "days")


@pytest.mark.parametrize("days", [1, 365])
def test_the_ends_of_the_range_are_allowed(cast: Cast, days: int):
    create_run(cast.ada, NOON - timedelta(hours=1))
    assert get_data(cast.ada, days=days)["total_activities"] == 1


def test_a_range_without_runs_is_404_no_data(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=40))
    answer = ApiClient(cast.ada).get(STATS)
    assert (answer.status_code, answer.json()["details"]["code"]) == (404, "NO_DATA")


def test_days_for_a_coach_are_in_the_athletes_zone(cast: Cast):
    create_run(cast.ben, datetime(2026, 6, 9, 15, 30, tzinfo=UTC))  # 00:30 on the 10th in Tokyo
    assert get_data(cast.carl, days=1, user_id=cast.ben.public_id)["from_date"] == "2026-06-10"
