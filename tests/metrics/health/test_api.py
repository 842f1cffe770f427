"""Health days over the API: up to a thousand at once, merged by date and source, listed under the one rule."""

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


def row(back: int = 0, **readings: Any) -> dict[str, Any]:
    """A day of a Garmin watch, `back` days before today."""
    readings = readings or {"hrv_rmssd": 50.5}
    return {"date": str(TODAY - timedelta(days=back)), "source": "garmin"} | readings


def put(user, *days: Any, **more: Any):
    return ApiClient(user).send_json("put", DAYS, {"days": list(days)} | more)


def version(user) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def test_a_day_is_stored_and_listed_in_the_units_of_the_api(cast: Cast):
    full = row(hrv_rmssd=50.5, hrv_sdnn=60, resting_heart_rate=47, vo2_max=56.3, sleep_seconds=28_800)
    answer = put(cast.ada, full)
    assert (answer.status_code, answer.json()["data"]) == (200, {"stored": 1, "unchanged": 0, "errors": []})
    listed = ApiClient(cast.ada).get(DAYS).json()
    assert listed["data"] == [{"user_id": cast.ada.public_id} | full]
    assert listed["pagination"]["total"] == 1


def test_the_same_days_again_change_nothing_not_even_the_version(cast: Cast):
    put(cast.ada, row(0), row(1))
    again = put(cast.ada, row(0), row(1))
    assert again.json()["data"] == {"stored": 0, "unchanged": 2, "errors": []}
    assert (version(cast.ada), HealthDay.objects.count()) == (1, 2)


def test_a_reading_that_is_sent_replaces_one_that_is_not_stays_and_null_takes_it_back(cast: Cast):
    put(cast.ada, row(hrv_rmssd=50, resting_heart_rate=47, vo2_max=55))
    put(cast.ada, row(hrv_rmssd=52, vo2_max=None))
    stored = HealthDay.objects.get()
    assert (stored.hrv_rmssd_ms, stored.resting_hr_bpm, stored.vo2max_ml_kg_min) == (52.0, 47.0, None)
    assert version(cast.ada) == 2


def test_taking_back_what_was_never_there_stores_no_empty_day(cast: Cast):
    assert put(cast.ada, row(vo2_max=None)).json()["data"]["unchanged"] == 1
    assert (HealthDay.objects.exists(), version(cast.ada)) == (False, 0)


def test_two_sources_of_a_day_are_two_rows(cast: Cast):
    put(cast.ada, row(), row() | {"source": "whoop"})
    assert set(HealthDay.objects.values_list("source", flat=True)) == {"garmin", "whoop"}


WRONG = [
    (row(hrv_rmssd=4.9), "hrv_rmssd", "MIN_VALUE"),
    (row(hrv_rmssd=250.1), "hrv_rmssd", "MAX_VALUE"),
    (row(hrv_rmssd=0), "hrv_rmssd", "MIN_VALUE"),
    (row(hrv_sdnn=301), "hrv_sdnn", "MAX_VALUE"),
    (row(resting_heart_rate=121), "resting_heart_rate", "MAX_VALUE"),
    (row(resting_heart_rate="47"), "resting_heart_rate", "INVALID"),
    (row(vo2_max=True), "vo2_max", "INVALID"),
    (row(vo2_max=10**300), "vo2_max", "INVALID"),
    (row(sleep_seconds=76_484), "sleep_seconds", "MAX_VALUE"),
    (row(sleep_seconds={}), "sleep_seconds", "INVALID"),
    (row() | {"date": "2026-06-12"}, "date", "FUTURE"),
    (row() | {"date": "0001-01-01"}, "date", "RANGE"),
    (row() | {"date": "2100-01-01"}, "date", "RANGE"),
    (row() | {"date": "2026-02-30"}, "date", "INVALID"),
    (row() | {"date": "２０２６-06-10"}, "date", "INVALID"),
    (row() | {"date": 20260610}, "date", "INVALID"),
    (row() | {"date": None}, "date", "NULL"),
    (row() | {"source": "Garmin"}, "source", "NO_SOURCE"),
    (row() | {"source": "a" * 33}, "source", "NO_SOURCE"),
    (row() | {"source": "gar\0min"}, "source", "NOT_PLAIN"),
    (row() | {"source": ""}, "source", "BLANK"),
    (row() | {"source": 7}, "source", "INVALID"),
    (row() | {"steps": 9_000}, "steps", "UNKNOWN_FIELD"),
    ({"source": "garmin", "vo2_max": 50}, "date", "REQUIRED"),
    ({"date": "2026-06-10", "vo2_max": 50}, "source", "REQUIRED"),
    ({"date": "2026-06-10", "source": "garmin"}, "", "NO_READING"),
    ("2026-06-10", "", "INVALID"),
    ([], "", "INVALID"),
    (None, "", "NULL"),
]


@pytest.mark.parametrize(("wrong", "field", "code"), WRONG)
def test_a_wrong_row_stores_nothing_and_is_named(cast: Cast, wrong: Any, field: str, code: str):
    details = assert_error(put(cast.ada, row(1), wrong), 400, "VALIDATION_ERROR")
    assert [(fault["field"], fault["code"]) for fault in details["errors"]] == [
        (f"days.1.{field}".rstrip("."), code)
    ]
    assert (HealthDay.objects.exists(), version(cast.ada)) == (False, 0)


def test_skip_stores_the_right_rows_and_names_the_wrong_ones(cast: Cast):
    answer = put(cast.ada, row(0), row(1, hrv_rmssd=999, vo2_max=1), row(2), on_error="skip")
    data = answer.json()["data"]
    assert (answer.status_code, data["stored"]) == (200, 2)
    assert [fault["field"] for fault in data["errors"]] == ["days.1.hrv_rmssd", "days.1.vo2_max"]
    assert HealthDay.objects.count() == 2


def test_skip_with_nothing_right_stores_nothing_and_still_says_why(cast: Cast):
    answer = put(cast.ada, row(hrv_rmssd=1), on_error="skip")
    assert (answer.status_code, answer.json()["data"]["stored"]) == (200, 0)
    assert version(cast.ada) == 0


def test_the_same_day_and_source_twice_is_a_wrong_row(cast: Cast):
    answer = put(cast.ada, row(), row(1), row(hrv_rmssd=60), on_error="skip")
    assert [(f["field"], f["code"]) for f in answer.json()["data"]["errors"]] == [("days.2", "REPEATED")]
    assert HealthDay.objects.get(date=TODAY).hrv_rmssd_ms == 50.5


def test_a_row_repeats_only_a_right_one(cast: Cast):
    answer = put(cast.ada, row(hrv_rmssd=1), row(hrv_rmssd=60), on_error="skip")
    assert answer.json()["data"]["stored"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "days"),
        ({"days": []}, "days"),
        ({"days": {}}, "days"),
        ({"days": "x"}, "days"),
        ({"days": None}, "days"),
        ({"days": [row()], "on_error": "ignore"}, "on_error"),
        ({"days": [row()], "user_id": "usr_1"}, "user_id"),
        ({"days": [row()], "athlete": "x"}, "athlete"),
    ],
)
def test_a_body_of_another_shape_is_400(cast: Cast, body: dict[str, Any], field: str):
    answer = ApiClient(cast.ada).send_json("put", DAYS, body)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_a_thousand_days_at_once_and_not_one_more(cast: Cast):
    days = [row(back) for back in range(1_001)]
    assert_error(put(cast.ada, *days), 400, "MAX_LENGTH", "days")
    assert put(cast.ada, *days[:1_000]).json()["data"]["stored"] == 1_000


@pytest.mark.parametrize("days", [1, 30])
def test_storing_takes_the_same_statements_for_one_day_and_for_thirty(
    cast: Cast, django_assert_num_queries, days: int
):
    """Token; for a coach the athlete; then in one transaction: lock, stored days, upsert, version."""
    body = {"days": [row(back) for back in range(days)], "user_id": cast.ada.public_id}
    own, coach = ApiClient(cast.ada), ApiClient(cast.carl)
    with django_assert_num_queries(5 + 2):  # the transaction is a savepoint here, with its release
        own.send_json("put", DAYS, body)
    with django_assert_num_queries(4 + 2):  # nothing new: no upsert, no version
        coach.send_json("put", DAYS, body)


def test_a_tomorrow_that_has_begun_somewhere_is_allowed(cast: Cast):
    assert put(cast.ben, row(-1)).status_code == 200


@pytest.mark.parametrize(
    ("who", "read", "write"),
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
def test_who_may_read_and_who_may_record(cast: Cast, who: str, read: int, write: int):
    user = getattr(cast, who)
    assert put(user, row(), user_id=cast.ada.public_id).status_code == write
    assert ApiClient(user).get(DAYS, {"user_id": cast.ada.public_id}).status_code == read
    assert HealthDay.objects.filter(athlete=cast.ada.athlete).exists() == (write == 200)


@pytest.mark.parametrize("gone", ["lea", "sam"])
def test_a_coach_records_nothing_for_somebody_who_is_no_longer_active(cast: Cast, gone: str):
    assert_error(put(cast.carl, row(), user_id=getattr(cast, gone).public_id), 403, "PERMISSION_DENIED")


def test_without_a_name_the_list_has_everybody_you_may_see_and_nobody_else(cast: Cast):
    for name in ("ada", "ben", "zoe", "lea"):
        put(getattr(cast, name), row())
    seen = {day["user_id"] for day in ApiClient(cast.carl).get(DAYS).json()["data"]}
    assert seen == {cast.ada.public_id, cast.ben.public_id}


def test_the_list_is_filtered_by_dates_and_source_newest_first(cast: Cast):
    put(cast.ada, *(row(back) for back in range(5)), row(2) | {"source": "whoop"})
    asked = {"start_date": "2026-06-07", "end_date": "2026-06-09", "source": "garmin"}
    listed = ApiClient(cast.ada).get(DAYS, asked).json()["data"]
    assert [day["date"] for day in listed] == ["2026-06-09", "2026-06-08", "2026-06-07"]


@pytest.mark.parametrize(
    "asked",
    [{"start_date": "junk"}, {"end_date": ""}, {"source": "A B"}, {"user_id": "usr_1"}, {"date": "x"}],
)
def test_a_filter_that_is_not_as_documented_is_400(cast: Cast, asked: dict[str, str]):
    answer = ApiClient(cast.ada).get(DAYS, asked)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, next(iter(asked)))


@pytest.mark.parametrize("days", [1, 40])
def test_listing_takes_three_statements(cast: Cast, django_assert_num_queries, days: int):
    """Token with its person; count; a page."""
    put(cast.ada, *(row(back) for back in range(days)))
    api = ApiClient(cast.ada)
    with django_assert_num_queries(3):
        assert len(api.get(DAYS).json()["data"]) == days


@pytest.mark.django_db(transaction=True)
def test_five_readings_of_one_day_at_the_same_moment_are_all_kept():
    athlete = create_person("ada").athlete
    together = threading.Barrier(len(HealthDay.READINGS))

    def send(name: str) -> None:
        try:
            together.wait()
            store_health_days(
                athlete.pk, [HealthDayUpdate(TODAY, "garmin", {name: HealthDay.LIMITS[name].highest})]
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(name,)) for name in HealthDay.READINGS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = HealthDay.objects.get()
    assert {name: getattr(kept, name) for name in HealthDay.READINGS} == {
        name: limits.highest for name, limits in HealthDay.LIMITS.items()
    }
    assert version(athlete) == 5
