"""Health days in the API: send up to a thousand, merge them by date and source, and list them."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from athletes.models import Athlete
from metrics.health.days import HealthDayUpdate, store_health_days
from metrics.models import HealthDay
from tests.support.cast import NOON, ApiClient, Cast, create_person
from tests.support.error_shape import assert_error

DAYS = "/api/v1/health/days"
TODAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def build_day(days_ago: int = 0, **readings: Any) -> dict[str, Any]:
    """A day of a Garmin watch, `days_ago` days before today."""
    readings = readings or {"hrv_rmssd": 50.5}
    return {"date": str(TODAY - timedelta(days=days_ago)), "source": "garmin"} | readings


def put_days(user, *days: Any, **fields: Any):
    return ApiClient(user).send_json("put", DAYS, {"days": list(days)} | fields)


def get_data_version(user) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def test_a_day_is_stored_and_listed_with_the_sent_values(cast: Cast):
    full = build_day(
        hrv_rmssd=50.5, hrv_sdnn=60, resting_heart_rate=47, vo2_max=56.3, sleep_seconds=28_800,
        weight_kg=61.4, sleep_quality=4, soreness=2, fatigue=3, stress=1, mood=5,
        pain={"score": 3, "where": "left knee"}, is_ill=False,
    )  # fmt: skip
    answer = put_days(cast.ada, full)
    assert (answer.status_code, answer.json()["data"]) == (200, {"stored": 1, "unchanged": 0, "errors": []})
    listed = ApiClient(cast.ada).get(DAYS).json()
    assert listed["data"] == [{"user_id": cast.ada.public_id} | full]
    assert listed["pagination"]["total"] == 1


def test_sending_the_same_days_again_does_not_raise_the_version(cast: Cast):
    put_days(cast.ada, build_day(0), build_day(1))
    again = put_days(cast.ada, build_day(0), build_day(1))
    assert again.json()["data"] == {"stored": 0, "unchanged": 2, "errors": []}
    assert (get_data_version(cast.ada), HealthDay.objects.count()) == (1, 2)


def test_a_sent_reading_replaces_the_stored_one_and_null_deletes_it(cast: Cast):
    put_days(cast.ada, build_day(hrv_rmssd=50, resting_heart_rate=47, vo2_max=55))
    put_days(cast.ada, build_day(hrv_rmssd=52, vo2_max=None))
    stored = HealthDay.objects.get()
    assert (stored.hrv_rmssd_ms, stored.resting_hr_bpm, stored.vo2max_ml_kg_min) == (52.0, 47.0, None)
    assert get_data_version(cast.ada) == 2


def test_null_for_a_day_that_is_not_stored_stores_no_empty_day(cast: Cast):
    assert put_days(cast.ada, build_day(vo2_max=None)).json()["data"]["unchanged"] == 1
    assert (HealthDay.objects.exists(), get_data_version(cast.ada)) == (False, 0)


def test_two_sources_of_a_day_make_two_rows(cast: Cast):
    put_days(cast.ada, build_day(), build_day() | {"source": "whoop"})
    assert set(HealthDay.objects.values_list("source", flat=True)) == {"garmin", "whoop"}


def test_null_deletes_what_one_said_of_a_day(cast: Cast):
    put_days(cast.ada, build_day(mood=2, is_ill=True, pain={"score": 3, "where": "left knee"}))
    put_days(cast.ada, build_day(is_ill=None, pain=None))
    day = HealthDay.objects.get()
    assert (day.mood, day.is_ill, day.pain_score, day.pain_where) == (2, None, None, "")


INVALID_ROWS = [
    (build_day(weight_kg=19.9), "weight_kg", "MIN_VALUE"),
    (build_day(mood=6), "mood", "MAX_VALUE"),
    (build_day(soreness=2.5), "soreness", "INVALID"),
    (build_day(is_ill="yes"), "is_ill", "INVALID"),
    (build_day(pain=3), "pain", "INVALID"),
    (build_day(pain={"score": 11}), "pain.score", "MAX_VALUE"),
    (build_day(pain={"where": "knee"}), "pain.score", "REQUIRED"),
    (build_day(hrv_rmssd=4.9), "hrv_rmssd", "MIN_VALUE"),
    (build_day(hrv_rmssd=250.1), "hrv_rmssd", "MAX_VALUE"),
    (build_day(hrv_rmssd=0), "hrv_rmssd", "MIN_VALUE"),
    (build_day(hrv_sdnn=301), "hrv_sdnn", "MAX_VALUE"),
    (build_day(resting_heart_rate=121), "resting_heart_rate", "MAX_VALUE"),
    (build_day(resting_heart_rate="47"), "resting_heart_rate", "INVALID"),
    (build_day(vo2_max=True), "vo2_max", "INVALID"),
    (build_day(vo2_max=10**300), "vo2_max", "INVALID"),
    (build_day(sleep_seconds=76_484), "sleep_seconds", "MAX_VALUE"),
    (build_day(sleep_seconds={}), "sleep_seconds", "INVALID"),
    (build_day() | {"date": "2026-06-12"}, "date", "FUTURE"),
    (build_day() | {"date": "0001-01-01"}, "date", "RANGE"),
    (build_day() | {"date": "2100-01-01"}, "date", "RANGE"),
    (build_day() | {"date": "2026-02-30"}, "date", "INVALID"),
    (build_day() | {"date": "２０２６-06-10"}, "date", "INVALID"),
    (build_day() | {"date": 20260610}, "date", "INVALID"),
    (build_day() | {"date": None}, "date", "NULL"),
    (build_day() | {"source": "Garmin"}, "source", "NO_SOURCE"),
    (build_day() | {"source": "a" * 33}, "source", "NO_SOURCE"),
    (build_day() | {"source": "gar\0min"}, "source", "NOT_PLAIN"),
    (build_day() | {"source": ""}, "source", "BLANK"),
    (build_day() | {"source": 7}, "source", "INVALID"),
    (build_day() | {"steps": 9_000}, "steps", "UNKNOWN_FIELD"),
    ({"source": "garmin", "vo2_max": 50}, "date", "REQUIRED"),
    ({"date": "2026-06-10", "vo2_max": 50}, "source", "REQUIRED"),
    ({"date": "2026-06-10", "source": "garmin"}, "", "NO_READING"),
    ("2026-06-10", "", "INVALID"),
    ([], "", "INVALID"),
    (None, "", "NULL"),
]


@pytest.mark.parametrize(("invalid", "field", "code"), INVALID_ROWS)
def test_an_invalid_row_stores_nothing_and_is_named(cast: Cast, invalid: Any, field: str, code: str):
    details = assert_error(put_days(cast.ada, build_day(1), invalid), 400, "VALIDATION_ERROR")
    assert [(fault["field"], fault["code"]) for fault in details["errors"]] == [
        (f"days.1.{field}".rstrip("."), code)
    ]
    assert (HealthDay.objects.exists(), get_data_version(cast.ada)) == (False, 0)


def test_skip_stores_valid_rows_and_names_invalid_ones(cast: Cast):
    answer = put_days(
        cast.ada, build_day(0), build_day(1, hrv_rmssd=999, vo2_max=1), build_day(2), on_error="skip"
    )
    data = answer.json()["data"]
    assert (answer.status_code, data["stored"]) == (200, 2)
    assert [fault["field"] for fault in data["errors"]] == ["days.1.hrv_rmssd", "days.1.vo2_max"]
    assert HealthDay.objects.count() == 2


def test_skip_with_only_invalid_rows_stores_nothing_and_answers_200(cast: Cast):
    answer = put_days(cast.ada, build_day(hrv_rmssd=1), on_error="skip")
    assert (answer.status_code, answer.json()["data"]["stored"]) == (200, 0)
    assert get_data_version(cast.ada) == 0


def test_a_repeated_day_and_source_is_an_invalid_row(cast: Cast):
    answer = put_days(cast.ada, build_day(), build_day(1), build_day(hrv_rmssd=60), on_error="skip")
    assert [(f["field"], f["code"]) for f in answer.json()["data"]["errors"]] == [("days.2", "REPEATED")]
    assert HealthDay.objects.get(date=TODAY).hrv_rmssd_ms == 50.5


def test_a_row_after_an_invalid_row_of_the_same_day_is_stored(cast: Cast):
    answer = put_days(cast.ada, build_day(hrv_rmssd=1), build_day(hrv_rmssd=60), on_error="skip")
    assert answer.json()["data"]["stored"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "days"),
        ({"days": []}, "days"),
        ({"days": {}}, "days"),
        ({"days": "x"}, "days"),
        ({"days": None}, "days"),
        ({"days": [build_day()], "on_error": "ignore"}, "on_error"),
        ({"days": [build_day()], "user_id": "usr_1"}, "user_id"),
        ({"days": [build_day()], "athlete": "x"}, "athlete"),
    ],
)
def test_an_invalid_body_is_400(cast: Cast, body: dict[str, Any], field: str):
    answer = ApiClient(cast.ada).send_json("put", DAYS, body)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_a_request_can_have_a_thousand_days_but_not_more(cast: Cast):
    days = [build_day(days_ago) for days_ago in range(1_001)]
    assert_error(put_days(cast.ada, *days), 400, "MAX_LENGTH", "days")
    assert put_days(cast.ada, *days[:1_000]).json()["data"]["stored"] == 1_000


@pytest.mark.parametrize("days", [1, 30])
def test_storing_takes_as_many_statements_for_thirty_days_as_for_one(
    cast: Cast, django_assert_num_queries, days: int
):
    """Token; for a coach the athlete; then one transaction: lock, stored days, quota, upsert, version."""
    body = {"days": [build_day(days_ago) for days_ago in range(days)], "user_id": cast.ada.public_id}
    athlete, coach = ApiClient(cast.ada), ApiClient(cast.carl)
    # In a test the transaction is a savepoint, which makes two statements.
    with django_assert_num_queries(6 + 2):
        athlete.send_json("put", DAYS, body)
    with django_assert_num_queries(4 + 2):  # nothing changed: no upsert and no new version
        coach.send_json("put", DAYS, body)


def test_tomorrow_is_allowed_because_it_has_begun_in_some_zone(cast: Cast):
    assert put_days(cast.ben, build_day(-1)).status_code == 200


@pytest.mark.parametrize(
    ("viewer", "read", "write"),
    [
        ("ada", 200, 200),
        ("carl", 200, 200),
        ("hanna", 200, 200),
        ("asha", 200, 403),
        ("ben", 403, 403),
        ("zora", 403, 403),
        ("otto", 403, 403),
        ("stella", 200, 200),
    ],
)
def test_only_permitted_users_can_read_and_record(cast: Cast, viewer: str, read: int, write: int):
    user = getattr(cast, viewer)
    assert put_days(user, build_day(), user_id=cast.ada.public_id).status_code == write
    assert ApiClient(user).get(DAYS, {"user_id": cast.ada.public_id}).status_code == read
    assert HealthDay.objects.filter(athlete=cast.ada.athlete).exists() == (write == 200)


@pytest.mark.parametrize("member", ["lea", "sam"])
def test_a_coach_cannot_record_for_an_inactive_member(cast: Cast, member: str):
    assert_error(
        put_days(cast.carl, build_day(), user_id=getattr(cast, member).public_id), 403, "PERMISSION_DENIED"
    )


def test_the_list_without_user_id_has_only_visible_athletes(cast: Cast):
    for name in ("ada", "ben", "zoe", "lea"):
        put_days(getattr(cast, name), build_day())
    listed = {day["user_id"] for day in ApiClient(cast.carl).get(DAYS).json()["data"]}
    assert listed == {cast.ada.public_id, cast.ben.public_id}


def test_the_list_is_filtered_by_date_and_source_and_starts_with_the_newest_day(cast: Cast):
    put_days(cast.ada, *(build_day(days_ago) for days_ago in range(5)), build_day(2) | {"source": "whoop"})
    filters = {"start_date": "2026-06-07", "end_date": "2026-06-09", "source": "garmin"}
    listed = ApiClient(cast.ada).get(DAYS, filters).json()["data"]
    assert [day["date"] for day in listed] == ["2026-06-09", "2026-06-08", "2026-06-07"]


@pytest.mark.parametrize(
    "filters",
    [{"start_date": "junk"}, {"end_date": ""}, {"source": "A B"}, {"user_id": "usr_1"}, {"date": "x"}],
)
def test_an_invalid_filter_is_400(cast: Cast, filters: dict[str, str]):
    answer = ApiClient(cast.ada).get(DAYS, filters)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, next(iter(filters)))


@pytest.mark.parametrize("days", [1, 40])
def test_listing_takes_four_statements(cast: Cast, django_assert_num_queries, days: int):
    """Token with its user; visible athletes; count; page."""
    put_days(cast.ada, *(build_day(days_ago) for days_ago in range(days)))
    api = ApiClient(cast.ada)
    with django_assert_num_queries(4):
        assert len(api.get(DAYS).json()["data"]) == days


@pytest.mark.django_db(transaction=True)
def test_five_simultaneous_writes_to_one_day_are_all_stored():
    athlete = create_person("ada").athlete
    names = HealthDay.READINGS[:5]
    barrier = threading.Barrier(len(names))

    def send(name: str) -> None:
        try:
            barrier.wait()
            store_health_days(
                athlete.pk, [HealthDayUpdate(TODAY, "garmin", {name: HealthDay.LIMITS[name].highest})]
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    day = HealthDay.objects.get()
    assert {name: getattr(day, name) for name in names} == {
        name: HealthDay.LIMITS[name].highest for name in names
    }
    assert get_data_version(athlete) == 5
