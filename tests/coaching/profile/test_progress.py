"""The series of the charts on an athlete's page agree with the API and the snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from athletes.models import Athlete
from athletes.rights import EVERYTHING, Visibility
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


def create_runs(cast: Cast, days: int = 400) -> Athlete:
    """Create different runs on every second day; two of three have zones, all have a VO2max estimate."""
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


def create_health_days(cast: Cast, days: int = 200) -> Athlete:
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


def get_activity_stats(cast: Cast, first: date, last: date) -> Any:
    return ApiClient(cast.ada).get(f"{STATISTICS}?start_date={first}&end_date={last}").json()["data"]


def round_for_chart(*values: float | None) -> list[float | None]:
    return [None if value is None else round(value, 1) for value in values]


def get_last_values(*columns: Sequence[float | None]) -> list[float | None]:
    return [column[-1] for column in columns]


@pytest.mark.parametrize("weeks", [5, 14, 53])
def test_weeks_and_zones_equal_the_sums_of_activity_stats(cast: Cast, weeks: int):
    series = load_progress_series(create_runs(cast), weeks, NOON, EVERYTHING)
    assert len(series.mondays) == weeks
    assert (series.mondays[-1], series.days[0], series.days[-1]) == (MONDAY, series.mondays[0], TODAY)
    assert series.training is not None
    stats = get_activity_stats(cast, series.days[0], series.days[-1])
    for name, column in (
        ("training_load", series.training.load),
        ("distance", series.training.distance_m),
        ("duration", series.training.duration_s),
    ):
        by_day = {point["period_start"]: point[name] for point in stats["points"]}
        for monday, value in zip(series.mondays, column, strict=True):
            days = [str(monday + timedelta(days=weekday)) for weekday in range(7)]
            assert value == pytest.approx(sum(by_day.get(day, 0) for day in days), abs=0.5)
    points = [point["pace_zones"] for point in stats["points"]]
    zone_sums = [sum(point[zone] for point in points) for zone in ZONES]
    assert series.training.zones_s == pytest.approx(zone_sums, abs=0.5 * len(points))


def test_last_day_equals_the_snapshot(cast: Cast):
    create_runs(cast)
    athlete = create_health_days(cast)
    series, today = (
        load_progress_series(athlete, 14, NOON, EVERYTHING, "estimate"),
        current_snapshots([athlete.pk], NOON)[athlete.pk],
    )
    assert series.training is not None
    assert series.health is not None
    training, hrv = series.training, series.health.hrv
    assert get_last_values(training.fitness, training.fatigue, training.form) == round_for_chart(
        today.fitness, today.fatigue, today.form
    )
    assert get_last_values(hrv.average, hrv.low, hrv.high) == round_for_chart(
        today.hrv_avg_ms, today.hrv_low_ms, today.hrv_high_ms
    )
    assert (series.health.hrv_kind, hrv.source) == (today.hrv_kind, today.hrv_source)
    assert get_last_values(series.vo2max) == round_for_chart(today.vo2max_ml_kg_min)
    assert training.load[-1] == pytest.approx(today.current_week_load)
    resting = series.health.resting_hr
    assert resting.average[-1] == round((45 + 46 + 47) / 3, 1)
    assert resting.low[-1] < 47.5 < resting.high[-1]  # type: ignore[operator]


def test_baseline_of_a_year_ago_uses_earlier_readings(cast: Cast):
    health = load_progress_series(create_health_days(cast, 450), 53, NOON, EVERYTHING).health
    assert health is not None
    assert None not in [*health.hrv.low, *health.resting_hr.high]


def test_old_readings_are_in_the_series_without_a_current_device(cast: Cast):
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
    series = load_progress_series(cast.ada.athlete, 53, NOON, EVERYTHING)
    assert series.health is not None
    assert series.health.hrv.source == "whoop"
    assert 60.0 in series.health.hrv.average
    assert (series.vo2max_method, max(value or 0 for value in series.vo2max)) == ("device", 51.0)


def test_fitness_is_none_before_the_first_activity(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=2), training_load=100.0)
    training = load_progress_series(cast.ada.athlete, 14, NOON, EVERYTHING).training
    assert training is not None
    assert training.fitness[:-3] == [None] * (len(training.fitness) - 3)
    assert training.fitness[-3] == 2.4  # 100 · (1 − e^(−1/42))


def test_withheld_data_is_not_read(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries):
    create_runs(cast, 10)
    athlete = create_health_days(cast, 10)
    with django_assert_num_queries(4):
        load_progress_series(athlete, 5, NOON, EVERYTHING)
    with django_assert_num_queries(3):
        series = load_progress_series(athlete, 5, NOON, Visibility(health=False), "estimate")
    assert (series.health, series.training is None) == (None, False)
    with django_assert_num_queries(1):
        series = load_progress_series(athlete, 5, NOON, Visibility(activities=False), None)
    assert (series.training, set(series.vo2max)) == (None, {None})
    with django_assert_num_queries(0):
        series = load_progress_series(athlete, 5, NOON, Visibility(False, False), None)
    assert (series.training, series.health, series.vo2max_method) == (None, None, "")
