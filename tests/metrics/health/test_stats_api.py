"""health_metrics: readings by day, week or month, one source and one kind of reading per metric, no gaps."""

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


def read(user, day: date, source: str = "garmin", **readings: float) -> HealthDay:
    return HealthDay.objects.create(athlete=user.athlete, date=day, source=source, **readings)


def ask(user, first: date = MONDAY, last: date = MONDAY + timedelta(days=6), **more: Any):
    return ApiClient(user).get(METRICS, {"start_date": str(first), "end_date": str(last)} | more)


def data(*args: Any, **more: Any) -> Any:
    answer = ask(*args, **more)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_every_day_has_a_point_and_one_without_readings_has_nulls(cast: Cast):
    read(cast.ada, MONDAY + timedelta(days=1), hrv_rmssd_ms=50.0, resting_hr_bpm=47.0, vo2max_ml_kg_min=56.3)
    answer = data(cast.ada, MONDAY, MONDAY + timedelta(days=2))
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


def test_hrv_is_a_geometric_mean_and_the_others_are_arithmetic(cast: Cast):
    for back, (hrv, resting, vo2max) in enumerate([(40.0, 44.0, 50.0), (90.0, 50.0, 54.0)]):
        day = MONDAY + timedelta(days=back)
        read(cast.ada, day, hrv_rmssd_ms=hrv, resting_hr_bpm=resting, vo2max_ml_kg_min=vo2max)
    (week,) = data(cast.ada, granularity="week")["points"]
    assert (week["hrv"], week["resting_heart_rate"], week["vo2_max"]) == (60.0, 47.0, 52.0)
    assert week["readings"] == {"resting_heart_rate": 2, "hrv": 2, "vo2_max": 2}


def test_a_week_and_a_month_begin_before_the_range_and_count_only_what_is_inside(cast: Cast):
    for day in (date(2026, 5, 31), date(2026, 6, 3), date(2026, 7, 1)):
        read(cast.ada, day, resting_hr_bpm=float(40 + day.month))
    weeks = data(cast.ada, date(2026, 6, 2), date(2026, 6, 30), granularity="week")["points"]
    assert [week["period_start"] for week in weeks] == [
        "2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22", "2026-06-29",
    ]  # fmt: skip
    assert [week["readings"]["resting_heart_rate"] for week in weeks] == [1, 0, 0, 0, 0]
    months = data(cast.ada, date(2026, 5, 31), date(2026, 6, 30), granularity="month")["points"]
    assert [(m["period_start"], m["resting_heart_rate"]) for m in months] == [
        ("2026-05-01", 45.0),
        ("2026-06-01", 46.0),
    ]


def test_a_metric_comes_from_the_source_with_most_readings_in_the_range(cast: Cast):
    for back in range(3):
        read(cast.ada, MONDAY + timedelta(days=back), "whoop", hrv_rmssd_ms=80.0)
    for back in range(2):
        read(cast.ada, MONDAY + timedelta(days=back), "garmin", hrv_rmssd_ms=40.0, resting_hr_bpm=50.0)
    (week,) = data(cast.ada, granularity="week")["points"]
    assert (week["hrv"], week["resting_heart_rate"]) == (80.0, 50.0)
    assert data(cast.ada)["sources"] == {"resting_heart_rate": "garmin", "hrv": "whoop", "vo2_max": None}
    assert data(cast.ada, MONDAY, MONDAY + timedelta(days=1))["sources"]["hrv"] == "garmin"  # two each


def test_rmssd_and_sdnn_are_never_mixed(cast: Cast):
    read(cast.ada, MONDAY, hrv_rmssd_ms=40.0, hrv_sdnn_ms=70.0)
    read(cast.ada, MONDAY + timedelta(days=1), hrv_sdnn_ms=72.0)
    alike = data(cast.ada, MONDAY, MONDAY)
    assert (alike["hrv_method"], alike["points"][0]["hrv"]) == ("rmssd", 40.0)
    more_sdnn = data(cast.ada)
    assert more_sdnn["hrv_method"] == "sdnn"
    assert [p["hrv"] for p in more_sdnn["points"][:3]] == [70.0, 72.0, None]


def test_hrv_method_is_null_without_any_hrv(cast: Cast):
    read(cast.ada, MONDAY, resting_hr_bpm=50.0)
    assert data(cast.ada)["hrv_method"] is None


def test_a_range_without_readings_is_404_no_data(cast: Cast):
    read(cast.ada, MONDAY - timedelta(days=1), hrv_rmssd_ms=50.0)
    read(cast.ada, MONDAY, sleep_s=28_800.0)  # sleep is none of these metrics
    read(cast.ben, MONDAY, hrv_rmssd_ms=50.0)
    assert_error(ask(cast.ada), 404, "NO_DATA")


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
def test_a_wrong_parameter_is_400_and_named(cast: Cast, changed: dict[str, str], field: str):
    answer = ApiClient(cast.ada).get(
        METRICS, {"start_date": "2026-06-01", "end_date": "2026-06-07"} | changed
    )
    assert answer.status_code == 400, answer.content
    assert answer.json()["details"].get("field", field) == field


@pytest.mark.parametrize("missing", ["start_date", "end_date"])
def test_both_dates_are_required(cast: Cast, missing: str):
    asked = {"start_date": "2026-06-01", "end_date": "2026-06-07"}
    del asked[missing]
    assert_error(ApiClient(cast.ada).get(METRICS, asked), 400, "REQUIRED", missing)


def test_exactly_four_hundred_days_are_allowed(cast: Cast):
    read(cast.ada, MONDAY, hrv_rmssd_ms=50.0)
    assert len(data(cast.ada, MONDAY, MONDAY + timedelta(days=399))["points"]) == 400
    assert_error(ask(cast.ada, MONDAY, MONDAY + timedelta(days=400)), 400, "RANGE_TOO_LONG", "end_date")


@pytest.mark.parametrize(
    ("who", "status"),
    [("carl", 200), ("asha", 200), ("ben", 403), ("zora", 403), ("otto", 403), ("stella", 200)],
)
def test_who_may_ask_about_ada(cast: Cast, who: str, status: int):
    read(cast.ada, MONDAY, hrv_rmssd_ms=50.0)
    assert ask(getattr(cast, who), user_id=cast.ada.public_id).status_code == status


@pytest.mark.parametrize(("viewer", "statements"), [("ada", 2), ("carl", 3)])
@pytest.mark.parametrize("days", [1, 400])
def test_the_number_of_statements_is_exact(
    cast: Cast, django_assert_num_queries, viewer: str, statements: int, days: int
):
    """Token with its person; for a coach the athlete under the visibility rule; the days."""
    store(cast.ada, days)
    api = ApiClient(getattr(cast, viewer))
    asked = {"start_date": "2026-06-01", "end_date": "2027-07-05", "user_id": cast.ada.public_id}
    with django_assert_num_queries(statements):
        assert api.get(METRICS, asked).status_code == 200


def store(user, days: int, source: str = "garmin") -> None:
    HealthDay.objects.bulk_create(
        HealthDay(
            athlete=user.athlete, date=MONDAY + timedelta(days=n), source=source, hrv_rmssd_ms=40.0 + n % 20
        )
        for n in range(days)
    )


@pytest.fixture
def ada(transactional_db: None) -> Iterator[User]:
    """Outside a transaction, and with commits that vacuum sees at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    yield create_person("ada")
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


def test_four_hundred_days_are_read_from_the_index_alone(ada: User):
    for user in (ada, create_person("ben")):
        store(user, 400)
        store(user, 400, "whoop")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) metrics_healthday")
        with CaptureQueriesContext(connection) as captured:
            ask(ada, MONDAY, MONDAY + timedelta(days=399))
        (statement,) = [query["sql"] for query in captured if "metrics_healthday" in query["sql"]]
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0][0]["Plan"]
    while "Plans" in plan:
        (plan,) = plan["Plans"]
    assert (plan["Node Type"], plan["Heap Fetches"]) == ("Index Only Scan", 0)
    assert plan["Index Name"] == "one_health_day_of_a_source"
