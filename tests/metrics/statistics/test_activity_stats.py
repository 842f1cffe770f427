"""activity_stats: activities of one or all sports by local day or month. Also the SQL of all statistics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.models import Activity, HealthDay
from tests.support.cast import NOON, ApiClient, Cast, create_person, create_run
from tests.support.error_shape import assert_error

STATS = "/api/v2/analytics/activity_stats"
ZONES = {f"zone{number}_s": 100.0 * number for number in range(1, 6)}


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def get_stats(user: Any, first: str = "2026-06-09", last: str = "2026-06-10", **params: Any) -> Any:
    return ApiClient(user).get(STATS, {"start_date": first, "end_date": last} | params)


def get_data(*args: Any, **params: Any) -> Any:
    answer = get_stats(*args, **params)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_the_answer_has_totals_and_a_point_for_every_day(cast: Cast):
    create_run(cast.ada, NOON, calories_kcal=640.5, training_load=71.25, **ZONES)
    create_run(
        cast.ada, NOON - timedelta(hours=3), activity_type="bike", distance_m=30_000.0, calories_kcal=500.0
    )
    zones = {"z1": 100.0, "z2": 200.0, "z3": 300.0, "z4": 400.0, "z5": 500.0}
    sums = {
        "distance": 40_000.0,
        "duration": 6_000.0,
        "training_load": 71.25,
        "activity_count": 2,
        "pace_zones": zones,
        "calories": 1_140.5,
    }
    nothing = dict.fromkeys(sums, 0) | {"pace_zones": dict.fromkeys(zones, 0)}
    assert get_data(cast.ada) == {
        "granularity": "day",
        "bucket": "day",
        "timezone": "Europe/Madrid",
        "totals": sums,
        "points": [{"period_start": "2026-06-09"} | nothing, {"period_start": "2026-06-10"} | sums],
    }


def test_activities_of_one_sport_or_of_all_are_counted(cast: Cast):
    for kind in Activity.Type.values:
        create_run(cast.ada, NOON - timedelta(hours=1), activity_type=kind)
    assert get_data(cast.ada)["totals"]["activity_count"] == 6
    for kind in Activity.Type.values:
        assert get_data(cast.ada, activity_type=kind)["totals"]["activity_count"] == 1


def test_pace_zones_count_runs_only(cast: Cast):
    create_run(cast.ada, NOON, **ZONES)
    create_run(cast.ada, NOON - timedelta(hours=2), activity_type="bike", **ZONES)
    assert get_data(cast.ada)["totals"]["pace_zones"]["z5"] == 500.0
    assert get_data(cast.ada, activity_type="bike")["totals"]["pace_zones"]["z5"] == 0


def test_a_sport_without_activities_is_404_no_data(cast: Cast):
    create_run(cast.ada, NOON)
    assert_error(get_stats(cast.ada, activity_type="swim"), 404, "NO_DATA")


def test_months_begin_before_the_range_but_count_only_days_in_it(cast: Cast):
    for day in (
        datetime(2026, 4, 30, 12, tzinfo=UTC),
        datetime(2026, 5, 2, tzinfo=UTC),
        NOON,
        NOON + timedelta(days=1),
    ):
        create_run(cast.ada, day)
    answer = get_data(cast.ada, "2026-05-01", "2026-06-10", granularity="month")
    assert (answer["granularity"], answer["bucket"]) == ("month", "month")
    assert {point["period_start"]: point["activity_count"] for point in answer["points"]} == {
        "2026-05-01": 1,
        "2026-06-01": 1,
    }


def test_four_hundred_days_have_four_hundred_points(cast: Cast):
    create_run(cast.ada, NOON)
    points = get_data(cast.ada, "2025-05-07", "2026-06-10")["points"]
    assert (len(points), points[0]["period_start"], points[-1]["period_start"]) == (
        400,
        "2025-05-07",
        "2026-06-10",
    )


def test_days_are_in_the_requested_zone_or_the_athletes_zone(cast: Cast):
    create_run(cast.ben, datetime(2026, 6, 9, 15, 30, tzinfo=UTC))  # 10 June, 00:30 in Tokyo, where Ben lives
    assert [point["activity_count"] for point in get_data(cast.ben)["points"]] == [0, 1]
    in_utc = get_data(cast.ben, timezone="UTC")
    assert (in_utc["timezone"], [point["activity_count"] for point in in_utc["points"]]) == ("UTC", [1, 0])


def test_days_of_23_and_25_hours_have_all_their_activities(cast: Cast):
    for first, hours in (
        (datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
    ):
        for hour in range(-1, hours + 1):
            create_run(cast.ada, first + timedelta(hours=hour))
    for before, day, after, hours in (
        ("2026-03-28", "2026-03-29", "2026-03-30", 23),
        ("2026-10-24", "2026-10-25", "2026-10-26", 25),
    ):
        counts = [point["activity_count"] for point in get_data(cast.ada, before, after)["points"]]
        assert counts == [1, hours, 1], day


# --- SQL statements ---

ADDRESSES = {
    "fitness_stats": "/api/v1/analytics/fitness_stats?days=365",
    "running_stats": f"/api/v1/analytics/running_stats?to_timestamp={int(NOON.timestamp())}"
    f"&from_timestamp={int((NOON - timedelta(days=365)).timestamp())}",
    "activity_stats": f"{STATS}?start_date=2025-05-07&end_date=2026-06-10",
    "health_metrics": "/api/v2/analytics/health_metrics?start_date=2025-05-07&end_date=2026-06-10",
}


def create_activities_and_days(user: Any, count: int) -> None:
    Activity.objects.bulk_create(
        Activity(
            athlete=user.athlete,
            activity_type="run",
            started_at=NOON - timedelta(minutes=30 * number),
            local_date=NOON.date(),
            duration_s=1_000.0,
            distance_m=3_000.0,
            source="manual",
        )
        for number in range(count)
    )
    HealthDay.objects.bulk_create(
        HealthDay(
            athlete=user.athlete,
            date=NOON.date() - timedelta(days=number),
            source="garmin",
            hrv_rmssd_ms=50.0,
        )
        for number in range(min(count, 400))
    )


@pytest.mark.parametrize("activities", [10, 2_000])
def test_statistics_take_the_same_number_of_statements_for_10_activities_and_2000(
    cast: Cast, activities: int, django_assert_num_queries: Any
):
    """Token with its user; for another athlete, the visible athlete; the sums. With refresh: its count."""
    create_activities_and_days(cast.ada, activities)
    for viewer, cold in ((cast.ada, 2), (cast.carl, 3), (cast.stella, 3)):
        api = ApiClient(viewer)
        for address in ADDRESSES.values():
            url = f"{address}&user_id={cast.ada.public_id}"
            for suffix, statements in (("", cold), ("", cold - 1), ("&refresh=1", cold + 1)):
                with django_assert_num_queries(statements):
                    assert api.get(url + suffix).status_code == 200


@pytest.fixture
def ada(transactional_db: None) -> Iterator[Any]:
    """Ada, created outside a transaction. VACUUM sees the commits at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    yield create_person("ada")
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


def test_sums_are_read_from_the_index_only(ada: Any):
    for user in (ada, create_person("ben")):
        create_activities_and_days(user, 2_000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) metrics_activity")
    for name in ("fitness_stats", "running_stats", "activity_stats"):
        assert find_plan_leaf(ada, name) == ("Index Only Scan", "activity_statistics", 0), name


def find_plan_leaf(ada: Any, name: str) -> tuple[str, str, int]:
    """(node type, index, heap fetches) of the statement with the sums."""
    with connection.cursor() as cursor:
        with CaptureQueriesContext(connection) as captured:
            assert ApiClient(ada).get(ADDRESSES[name]).status_code == 200
        (statement,) = [query["sql"] for query in captured if "FROM metrics_activity" in (query["sql"] or "")]
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0][0]["Plan"]
    while "Plans" in plan:
        (plan,) = plan["Plans"]
    return plan["Node Type"], plan["Index Name"], plan["Heap Fetches"]
