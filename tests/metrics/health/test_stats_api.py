"""health_metrics: readings by day, week or month, without gaps, and one source for each metric."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from athletes.models import User
from metrics.models import HealthDay
from tests.support.cast import ApiClient, Cast, create_person
from tests.support.error_shape import assert_error

METRICS = "/api/v2/analytics/health_metrics"
MONDAY = date(2026, 6, 1)


def create_day(user, day: date, source: str = "garmin", **readings: float) -> HealthDay:
    return HealthDay.objects.create(athlete=user.athlete, date=day, source=source, **readings)


def get_metrics(user, first: date = MONDAY, last: date = MONDAY + timedelta(days=6), **params: Any):
    return ApiClient(user).get(METRICS, {"start_date": str(first), "end_date": str(last)} | params)


def get_data(*args: Any, **params: Any) -> Any:
    answer = get_metrics(*args, **params)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_every_day_has_a_point_with_nulls_if_there_are_no_readings(cast: Cast):
    create_day(
        cast.ada, MONDAY + timedelta(days=1), hrv_rmssd_ms=50.0, resting_hr_bpm=47.0, vo2max_ml_kg_min=56.3
    )
    answer = get_data(cast.ada, MONDAY, MONDAY + timedelta(days=2))
    assert answer == {
        "granularity": "day",
        "hrv_method": "rmssd",
        "sources": {"resting_heart_rate": "garmin", "hrv": "garmin", "vo2_max": "garmin"},
        "points": [
            point("2026-06-01"),
            point("2026-06-02", 47.0, 50.0, 56.3),
            point("2026-06-03"),
        ],
    }


def point(day: str, resting: float | None = None, hrv: float | None = None, vo2max: float | None = None):
    values = {"resting_heart_rate": resting, "hrv": hrv, "vo2_max": vo2max}
    readings = {name: int(value is not None) for name, value in values.items()}
    return {"period_start": day, **values, "readings": readings}


def test_hrv_has_a_geometric_mean_and_other_metrics_an_arithmetic_mean(cast: Cast):
    for number, (hrv, resting, vo2max) in enumerate([(40.0, 44.0, 50.0), (90.0, 50.0, 54.0)]):
        day = MONDAY + timedelta(days=number)
        create_day(cast.ada, day, hrv_rmssd_ms=hrv, resting_hr_bpm=resting, vo2max_ml_kg_min=vo2max)
    (week,) = get_data(cast.ada, granularity="week")["points"]
    assert (week["hrv"], week["resting_heart_rate"], week["vo2_max"]) == (60.0, 47.0, 52.0)
    assert week["readings"] == {"resting_heart_rate": 2, "hrv": 2, "vo2_max": 2}


def test_periods_begin_before_the_range_but_count_only_days_in_it(cast: Cast):
    for day in (date(2026, 5, 31), date(2026, 6, 3), date(2026, 7, 1)):
        create_day(cast.ada, day, resting_hr_bpm=float(40 + day.month))
    weeks = get_data(cast.ada, date(2026, 6, 2), date(2026, 6, 30), granularity="week")["points"]
    assert [week["period_start"] for week in weeks] == [
        "2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22", "2026-06-29",
    ]  # fmt: skip
    assert [week["readings"]["resting_heart_rate"] for week in weeks] == [1, 0, 0, 0, 0]
    months = get_data(cast.ada, date(2026, 5, 31), date(2026, 6, 30), granularity="month")["points"]
    assert [(m["period_start"], m["resting_heart_rate"]) for m in months] == [
        ("2026-05-01", 45.0),
        ("2026-06-01", 46.0),
    ]


def test_a_metric_comes_from_the_source_with_the_most_readings_in_the_range(cast: Cast):
    for number in range(3):
        create_day(cast.ada, MONDAY + timedelta(days=number), "whoop", hrv_rmssd_ms=80.0)
    for number in range(2):
        create_day(
            cast.ada, MONDAY + timedelta(days=number), "garmin", hrv_rmssd_ms=40.0, resting_hr_bpm=50.0
        )
    (week,) = get_data(cast.ada, granularity="week")["points"]
    assert (week["hrv"], week["resting_heart_rate"]) == (80.0, 50.0)
    assert get_data(cast.ada)["sources"] == {"resting_heart_rate": "garmin", "hrv": "whoop", "vo2_max": None}
    two_days = get_data(cast.ada, MONDAY, MONDAY + timedelta(days=1))
    assert two_days["sources"]["hrv"] == "garmin"  # two readings each


def test_rmssd_and_sdnn_are_never_mixed(cast: Cast):
    create_day(cast.ada, MONDAY, hrv_rmssd_ms=40.0, hrv_sdnn_ms=70.0)
    create_day(cast.ada, MONDAY + timedelta(days=1), hrv_sdnn_ms=72.0)
    equal_counts = get_data(cast.ada, MONDAY, MONDAY)
    assert (equal_counts["hrv_method"], equal_counts["points"][0]["hrv"]) == ("rmssd", 40.0)
    more_sdnn = get_data(cast.ada)
    assert more_sdnn["hrv_method"] == "sdnn"
    assert [p["hrv"] for p in more_sdnn["points"][:3]] == [70.0, 72.0, None]


def test_hrv_method_is_null_without_any_hrv(cast: Cast):
    create_day(cast.ada, MONDAY, resting_hr_bpm=50.0)
    assert get_data(cast.ada)["hrv_method"] is None


def test_a_range_without_readings_is_404_no_data(cast: Cast):
    create_day(cast.ada, MONDAY - timedelta(days=1), hrv_rmssd_ms=50.0)
    create_day(cast.ada, MONDAY, sleep_s=28_800.0)  # sleep is not one of these metrics
    create_day(cast.ben, MONDAY, hrv_rmssd_ms=50.0)
    assert_error(get_metrics(cast.ada), 404, "NO_DATA")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"start_date": ""}, "start_date"),
        ({"start_date": "0001-01-01"}, "start_date"),
        ({"start_date": "2026-6-1"}, "start_date"),
        ({"start_date": "２０２６-06-01"}, "start_date"),
        ({"start_date": "1780272000"}, "start_date"),
        ({"start_date": "2026-06-01\0"}, "start_date"),
        ({"end_date": "2026-02-30"}, "end_date"),
        ({"end_date": "2026-05-31"}, "end_date"),
        ({"end_date": "2027-07-06"}, "end_date"),
        ({"granularity": "year"}, "granularity"),
        ({"granularity": ""}, "granularity"),
        ({"timezone": "UTC"}, "timezone"),
        ({"user_id": "usr_1"}, "user_id"),
        ({"source": "garmin"}, "source"),
    ],
)
def test_an_invalid_parameter_is_400_and_named(cast: Cast, changed: dict[str, str], field: str):
    answer = ApiClient(cast.ada).get(
        METRICS, {"start_date": "2026-06-01", "end_date": "2026-06-07"} | changed
    )
    assert answer.status_code == 400, answer.content
    assert answer.json()["details"].get("field", field) == field


@pytest.mark.parametrize("missing", ["start_date", "end_date"])
def test_both_dates_are_required(cast: Cast, missing: str):
    params = {"start_date": "2026-06-01", "end_date": "2026-06-07"}
    del params[missing]
    assert_error(ApiClient(cast.ada).get(METRICS, params), 400, "REQUIRED", missing)


def test_exactly_four_hundred_days_are_allowed(cast: Cast):
    create_day(cast.ada, MONDAY, hrv_rmssd_ms=50.0)
    assert len(get_data(cast.ada, MONDAY, MONDAY + timedelta(days=399))["points"]) == 400
    assert_error(
        get_metrics(cast.ada, MONDAY, MONDAY + timedelta(days=400)), 400, "RANGE_TOO_LONG", "end_date"
    )


@pytest.mark.parametrize(
    ("viewer", "status"),
    [("carl", 200), ("asha", 200), ("ben", 403), ("zora", 403), ("otto", 403), ("stella", 200)],
)
def test_only_permitted_users_can_read_adas_metrics(cast: Cast, viewer: str, status: int):
    create_day(cast.ada, MONDAY, hrv_rmssd_ms=50.0)
    assert get_metrics(getattr(cast, viewer), user_id=cast.ada.public_id).status_code == status


@pytest.mark.parametrize(("viewer", "statements"), [("ada", 2), ("carl", 3)])
@pytest.mark.parametrize("days", [1, 400])
def test_metrics_take_the_same_number_of_statements_for_1_day_and_400(
    cast: Cast, django_assert_num_queries, viewer: str, statements: int, days: int
):
    """Token with its user; for a coach the visible athlete; the days."""
    create_days(cast.ada, days)
    api = ApiClient(getattr(cast, viewer))
    params = {"start_date": "2026-06-01", "end_date": "2027-07-05", "user_id": cast.ada.public_id}
    with django_assert_num_queries(statements):
        assert api.get(METRICS, params).status_code == 200


def create_days(user, days: int, source: str = "garmin") -> None:
    HealthDay.objects.bulk_create(
        HealthDay(
            athlete=user.athlete, date=MONDAY + timedelta(days=n), source=source, hrv_rmssd_ms=40.0 + n % 20
        )
        for n in range(days)
    )


@pytest.fixture
def ada(transactional_db: None) -> Iterator[User]:
    """Ada, created outside a transaction. VACUUM sees the commits at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    yield create_person("ada")
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


def test_four_hundred_days_are_read_from_the_index_only(ada: User):
    for user in (ada, create_person("ben")):
        create_days(user, 400)
        create_days(user, 400, "whoop")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) metrics_healthday")
        with CaptureQueriesContext(connection) as captured:
            get_metrics(ada, MONDAY, MONDAY + timedelta(days=399))
        (statement,) = [query["sql"] for query in captured if "metrics_healthday" in query["sql"]]
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0][0]["Plan"]
    while "Plans" in plan:
        (plan,) = plan["Plans"]
    assert (plan["Node Type"], plan["Heap Fetches"]) == ("Index Only Scan", 0)
    assert plan["Index Name"] == "one_health_day_of_a_source"
