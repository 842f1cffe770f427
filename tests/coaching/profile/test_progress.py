"""What an athlete's page draws, against what the API and the snapshot say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from athletes.models import Athlete
from athletes.rights import Visibility
from coaching.profile.progress import load_progress_series
from metrics.models import HealthDay
from metrics.snapshots.current import current_snapshots
from tests.coaching.plan_fixtures import MONDAY, TODAY, get_day
from tests.support.cast import NOON, ApiClient, Cast, create_run

STATISTICS = "/api/v2/analytics/activity_stats"
ZONES = ("z1", "z2", "z3", "z4", "z5")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def trains(cast: Cast, days: int = 400) -> Athlete:
    """Something different on every day; zones on two days of three, an estimate of VO2max on each."""
    for back in range(0, days, 2):
        zones = {f"zone{zone}_s": 100.0 * zone + back for zone in range(1, 6)} if back % 3 else {}
        create_run(
            cast.ada,
            NOON - timedelta(days=back, hours=back % 5),
            training_load=40.0 + back % 37,
            distance_m=8_000.0 + back,
            vo2max_ml_kg_min=50.0 + back % 7,
            **zones,
        )
    create_run(cast.ada, NOON - timedelta(days=3), activity_type="bike", training_load=55.5)
    return cast.ada.athlete


def measures(cast: Cast, days: int = 200) -> Athlete:
    for back in range(days):
        HealthDay.objects.create(
            athlete=cast.ada.athlete,
            date=get_day(-back),
            source="garmin",
            hrv_rmssd_ms=50.0 + back % 11,
            resting_hr_bpm=45.0 + back % 6,
        )
    HealthDay.objects.create(athlete=cast.ada.athlete, date=get_day(-2), source="polar", hrv_rmssd_ms=20.0)
    return cast.ada.athlete


def statistics(cast: Cast, first: date, last: date) -> Any:
    asked = f"?start_date={first}&end_date={last}"
    return ApiClient(cast.ada).get(STATISTICS + asked).json()["data"]


def drawn(*values: float | None) -> list[float | None]:
    """As charts round them."""
    return [None if value is None else round(value, 1) for value in values]


def last_of(*columns: Sequence[float | None]) -> list[float | None]:
    return [column[-1] for column in columns]


@pytest.mark.parametrize("weeks", [5, 14, 53])
def test_weeks_and_zones_are_the_sums_of_activity_stats(cast: Cast, weeks: int):
    told = load_progress_series(trains(cast), weeks, NOON)
    assert len(told.mondays) == weeks
    assert (told.mondays[-1], told.days[0], told.days[-1]) == (MONDAY, told.mondays[0], TODAY)
    assert told.training is not None
    whole = statistics(cast, told.days[0], told.days[-1])
    for name, column in (
        ("training_load", told.training.load),
        ("distance", told.training.distance_m),
        ("duration", told.training.duration_s),
    ):
        by_day = {point["period_start"]: point[name] for point in whole["points"]}
        for monday, value in zip(told.mondays, column, strict=True):
            days = [str(monday + timedelta(days=one)) for one in range(7)]
            assert value == pytest.approx(sum(by_day.get(one, 0) for one in days), abs=0.5)
    points = [point["pace_zones"] for point in whole["points"]]
    assert told.training.zones_s == pytest.approx(
        [sum(p[z] for p in points) for z in ZONES], abs=0.5 * len(points)
    )


def test_the_last_day_is_what_the_snapshot_says(cast: Cast):
    trains(cast)
    athlete = measures(cast)
    told, today = (
        load_progress_series(athlete, 14, NOON, "estimate"),
        current_snapshots([athlete.pk], NOON)[athlete.pk],
    )
    assert told.training is not None
    assert told.health is not None
    training, hrv = told.training, told.health.hrv
    assert last_of(training.fitness, training.fatigue, training.form) == drawn(
        today.fitness, today.fatigue, today.form
    )
    assert last_of(hrv.average, hrv.low, hrv.high) == drawn(
        today.hrv_avg_ms, today.hrv_low_ms, today.hrv_high_ms
    )
    assert (told.health.hrv_kind, hrv.source) == (today.hrv_kind, today.hrv_source)
    assert last_of(told.vo2max) == drawn(today.vo2max_ml_kg_min)
    assert training.load[-1] == pytest.approx(today.current_week_load)
    resting = told.health.resting_hr
    assert resting.average[-1] == round((45 + 46 + 47) / 3, 1)
    assert resting.low[-1] < 47.5 < resting.high[-1]  # type: ignore[operator]


def test_a_baseline_of_a_year_ago_rests_on_what_was_read_before_it(cast: Cast):
    health = load_progress_series(measures(cast, 450), 53, NOON).health
    assert health is not None
    assert None not in [*health.hrv.low, *health.resting_hr.high]


def test_what_was_read_long_ago_is_drawn_though_nothing_is_worn_any_more(cast: Cast):
    HealthDay.objects.bulk_create(
        HealthDay(
            athlete=cast.ada.athlete,
            date=get_day(-back),
            source="whoop",
            hrv_rmssd_ms=60.0,
            vo2max_ml_kg_min=51.0,
        )
        for back in range(200, 230)
    )
    told = load_progress_series(cast.ada.athlete, 53, NOON)
    assert told.health is not None
    assert told.health.hrv.source == "whoop"
    assert 60.0 in told.health.hrv.average
    assert (told.vo2max_method, max(value or 0 for value in told.vo2max)) == ("device", 51.0)


def test_before_the_first_activity_there_is_no_fitness(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=2), training_load=100.0)
    training = load_progress_series(cast.ada.athlete, 14, NOON).training
    assert training is not None
    assert training.fitness[:-3] == [None] * (len(training.fitness) - 3)
    assert training.fitness[-3] == 2.4  # 100 · (1 − e^(−1/42))


def test_what_is_withheld_is_not_read(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries):
    trains(cast, 10)
    athlete = measures(cast, 10)
    with django_assert_num_queries(4):
        load_progress_series(athlete, 5, NOON)
    with django_assert_num_queries(3):
        told = load_progress_series(athlete, 5, NOON, "estimate", Visibility(health=False))
    assert (told.health, told.training is None) == (None, False)
    with django_assert_num_queries(1):
        told = load_progress_series(athlete, 5, NOON, None, Visibility(activities=False))
    assert (told.training, set(told.vo2max)) == (None, {None})
    with django_assert_num_queries(0):
        told = load_progress_series(athlete, 5, NOON, None, Visibility(False, False))
    assert (told.training, told.health, told.vo2max_method) == (None, None, "")
