"""running_stats: runs by local day, ISO week or month, in any zone, without gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.support.cast import NOON, ApiClient, Cast, create_run

STATS = "/api/v1/analytics/running_stats"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def get_stats(user, start: datetime, end: datetime, **params):
    return ApiClient(user).get(
        STATS, {"from_timestamp": int(start.timestamp()), "to_timestamp": int(end.timestamp())} | params
    )


def get_data(*args, **params):
    answer = get_stats(*args, **params)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_a_late_run_has_another_local_day_in_another_zone(cast: Cast):
    """22:30 UTC is 00:30 of the next day in Madrid and 18:30 in New York."""
    create_run(cast.ada, datetime(2026, 6, 8, 22, 30, tzinfo=UTC))
    start, end = NOON - timedelta(days=5), NOON
    by_zone = {
        zone: get_data(cast.ada, start, end, timezone=zone) for zone in ("Europe/Madrid", "America/New_York")
    }
    days = {zone: [p["period_start"] for p in d["points"] if p["distance"]] for zone, d in by_zone.items()}
    assert days == {"Europe/Madrid": ["2026-06-09"], "America/New_York": ["2026-06-08"]}


def test_a_monday_morning_in_brisbane_is_in_the_week_that_begins(cast: Cast):
    create_run(cast.ada, datetime(2026, 6, 7, 20, 30, tzinfo=UTC))  # Monday 06:30 there
    points = get_data(
        cast.ada, NOON - timedelta(days=9), NOON, granularity="monthly", timezone="Australia/Brisbane"
    )["points"]
    assert {p["period_start"]: p["activity_count"] for p in points} == {"2026-06-01": 0, "2026-06-08": 1}


def test_daily_has_a_point_for_every_local_day_of_the_range(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=1))
    points = get_data(cast.ada, NOON - timedelta(days=3), NOON)["points"]
    assert [p["period_start"] for p in points] == ["2026-06-07", "2026-06-08", "2026-06-09", "2026-06-10"]
    assert points[0] == {
        "period_start": "2026-06-07",
        "distance": 0.0,
        "duration": 0.0,
        "training_load": 0.0,
        "activity_count": 0,
        "pace_zones": {"z1": 0.0, "z2": 0.0, "z3": 0.0, "z4": 0.0, "z5": 0.0},
    }


def test_weekly_has_exactly_the_last_seven_days(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=1))
    create_run(cast.ada, NOON - timedelta(days=20))
    answer = get_data(cast.ada, NOON - timedelta(days=30), NOON, granularity="weekly")
    assert (answer["bucket"], len(answer["points"])) == ("day", 7)
    assert answer["points"][-1]["period_start"] == "2026-06-10"
    assert answer["totals"]["activity_count"] == 1


def test_yearly_has_a_point_for_every_calendar_month(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=100))
    answer = get_data(cast.ada, NOON - timedelta(days=365), NOON, granularity="yearly")
    assert (answer["bucket"], len(answer["points"])) == ("month", 13)


def test_only_runs_inside_the_half_open_range_count(cast: Cast):
    start, end = NOON - timedelta(days=2), NOON - timedelta(days=1)
    create_run(cast.ada, start)
    create_run(cast.ada, end)
    create_run(cast.ada, start - timedelta(seconds=1))
    create_run(cast.ada, start + timedelta(hours=1), activity_type="bike")
    assert get_data(cast.ada, start, end)["totals"]["activity_count"] == 1


def test_the_zone_is_a_name_or_an_offset_or_the_athletes_zone(cast: Cast):
    create_run(cast.ben, NOON - timedelta(hours=1))
    start, end = NOON - timedelta(days=1), NOON
    assert get_data(cast.ben, start, end)["timezone"] == "Asia/Tokyo"
    assert get_data(cast.ben, start, end, timezone_offset=-210)["timezone"] == "UTC-03:30"
    assert get_data(cast.ben, start, end, timezone="UTC", timezone_offset=60)["timezone"] == "UTC"


def test_the_highlight_is_the_largest_point_of_the_chosen_metric(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=1), distance_m=5_000.0, duration_s=4_000.0)
    create_run(cast.ada, NOON - timedelta(hours=1))
    start = NOON - timedelta(days=2)
    assert get_data(cast.ada, start, NOON)["highlight"] == {"period_start": "2026-06-10", "value": 10_000.0}
    by_time = get_data(cast.ada, start, NOON, metric_type="duration")
    assert by_time["highlight"] == {"period_start": "2026-06-09", "value": 4_000.0}
    assert get_data(cast.ada, start, NOON, metric_type="training_load")["highlight"] is None


def test_zones_are_summed_with_the_share_of_time_that_has_zones(cast: Cast):
    zones = {f"zone{number}_s": 600.0 for number in range(1, 6)}
    create_run(cast.ada, NOON - timedelta(hours=2), **zones)
    create_run(cast.ada, NOON - timedelta(hours=4), duration_s=1_000.0)
    answer = get_data(cast.ada, NOON - timedelta(days=1), NOON)
    assert answer["totals"]["pace_zones"]["z3"] == 600.0
    assert answer["zones_coverage"] == 0.75


def test_a_range_without_runs_is_404_no_data(cast: Cast):
    answer = get_stats(cast.ada, NOON - timedelta(days=1), NOON)
    assert (answer.status_code, answer.json()["details"]["code"]) == (404, "NO_DATA")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"from_timestamp": ""}, "from_timestamp"),
        ({"from_timestamp": "nan"}, "from_timestamp"),
        ({"to_timestamp": "1e18"}, "to_timestamp"),
        ({"to_timestamp": "253402300800"}, "to_timestamp"),
        ({"to_timestamp": "9" * 400}, "to_timestamp"),
        ({"to_timestamp": "１２"}, "to_timestamp"),
        ({"from_timestamp": "1_000"}, "from_timestamp"),
        ({"from_timestamp": "1781092800", "to_timestamp": "1781092800"}, "to_timestamp"),
        ({"from_timestamp": "1749556799"}, "to_timestamp"),
        ({"to_timestamp": str(int(NOON.timestamp()) + 7 * 86_400 + 1)}, "to_timestamp"),
        ({"granularity": "hourly"}, "granularity"),
        ({"granularity": ""}, "granularity"),
        ({"metric_type": "speed"}, "metric_type"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "localtime"}, "timezone"),
        ({"timezone": "+09"}, "timezone"),
        ({"timezone": "Europe/madrid"}, "timezone"),
        ({"timezone_offset": "841"}, "timezone_offset"),
        ({"timezone_offset": "9.5"}, "timezone_offset"),
        ({"user_id": "usr_1"}, "user_id"),
        ({"resolution": "day"}, "resolution"),
    ],
)
def test_an_invalid_parameter_is_400_and_named(cast: Cast, changed: dict[str, str], field: str):
    params = {"from_timestamp": "1781006400", "to_timestamp": "1781092800"} | changed
    answer = ApiClient(cast.ada).get(STATS, params)
    assert answer.status_code == 400, answer.content
    assert answer.json()["details"]["field"] == field


def test_exactly_365_days_and_seven_days_ahead_are_allowed(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=1))
    ahead = NOON + timedelta(days=7)
    assert get_stats(cast.ada, ahead - timedelta(days=365), ahead).status_code == 200


@pytest.mark.parametrize(
    ("viewer", "status"), [("carl", 200), ("asha", 200), ("ben", 403), ("zora", 403), ("stella", 200)]
)
def test_only_permitted_users_can_read_adas_stats(cast: Cast, viewer: str, status: int):
    create_run(cast.ada, NOON - timedelta(hours=1))
    params = get_stats(getattr(cast, viewer), NOON - timedelta(days=1), NOON, user_id=cast.ada.public_id)
    assert params.status_code == status


@pytest.mark.parametrize(("viewer", "statements"), [("ada", 2), ("carl", 3)])
@pytest.mark.parametrize("runs", [1, 60])
def test_stats_take_the_same_number_of_statements_for_1_run_and_60(
    cast: Cast, django_assert_num_queries, viewer: str, statements: int, runs: int
):
    """Token with its user; for a coach the visible athlete; the sums."""
    for hours in range(runs):
        create_run(cast.ada, NOON - timedelta(hours=hours + 1))
    api = ApiClient(getattr(cast, viewer))
    params: dict[str, str | int] = {"from_timestamp": 1749556800, "to_timestamp": 1781092800}
    params["user_id"] = cast.ada.public_id
    with django_assert_num_queries(statements):
        assert api.get(STATS, params).status_code == 200
