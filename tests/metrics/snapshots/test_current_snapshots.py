"""A snapshot is renewed before it is shown, in bulk, whenever the data or the local day has moved on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from athletes.models import Athlete
from metrics.models import HealthDay, Snapshot
from metrics.snapshots.current import current_snapshots, recompute_stale_snapshots
from tests.support.cast import NOON, Cast, create_run


def shown(user, now=NOON) -> Snapshot:
    return current_snapshots([user.pk], now)[user.pk]


def touch(user) -> None:
    Athlete.objects.filter(pk=user.pk).bump_version()


def test_somebody_without_any_data_has_zeros_and_nulls(cast: Cast):
    snapshot = shown(cast.ada)
    assert (snapshot.fitness, snapshot.current_week_load, snapshot.week_distance_m) == (0.0, 0.0, 0.0)
    assert (snapshot.hrv_avg_ms, snapshot.recovery_score, snapshot.vo2max_ml_kg_min) == (None, None, None)
    assert snapshot.hrv_state == "none"


def test_an_hour_at_threshold_raises_fitness_by_its_share(cast: Cast):
    create_run(cast.ada, training_load=100.0)
    snapshot = shown(cast.ada)
    assert snapshot.fitness == pytest.approx(2.352831, abs=1e-5)
    assert snapshot.current_week_load == 100.0
    assert (snapshot.week_distance_m, snapshot.week_pace_s_per_km) == (10_000.0, 300.0)
    assert snapshot.last_activity_at == NOON


def test_a_run_from_last_year_corrects_everything_after_it(cast: Cast):
    create_run(cast.ada, training_load=100.0)
    before = shown(cast.ada).fitness
    create_run(cast.ada, NOON - timedelta(days=300), training_load=100.0)
    touch(cast.ada)
    after = shown(cast.ada)
    assert after.fitness > before
    assert after.history_d == 301


def test_the_next_local_day_is_another_snapshot(cast: Cast):
    create_run(cast.ben, training_load=100.0)
    today, tomorrow = shown(cast.ben), shown(cast.ben, NOON + timedelta(hours=4))  # 01:00 in Tokyo
    assert tomorrow.local_date == today.local_date + timedelta(days=1)
    assert tomorrow.form == pytest.approx(today.fitness - today.fatigue)


def test_readings_of_the_source_that_is_worn_now_make_the_baseline(cast: Cast):
    days = [NOON.date() - timedelta(days=back) for back in range(100)]
    HealthDay.objects.bulk_create(
        [HealthDay(athlete=cast.ada.athlete, date=day, source="old", hrv_rmssd_ms=30.0) for day in days[10:]]
        + [HealthDay(athlete=cast.ada.athlete, date=day, source="new", hrv_rmssd_ms=60.0) for day in days[:9]]
    )
    snapshot = shown(cast.ada)
    assert (snapshot.hrv_source, snapshot.hrv_kind) == ("new", "rmssd")
    assert snapshot.hrv_avg_ms == pytest.approx(60.0)
    assert snapshot.hrv_state == "none"


def test_a_full_baseline_gives_a_band_and_a_recovery_score(cast: Cast):
    days = [NOON.date() - timedelta(days=back) for back in range(70)]
    HealthDay.objects.bulk_create(
        HealthDay(
            athlete=cast.ada.athlete,
            date=day,
            source="watch",
            hrv_rmssd_ms=50.0 if number % 2 else 72.0,
            resting_hr_bpm=50.0,
        )
        for number, day in enumerate(days)
    )
    snapshot = shown(cast.ada)
    assert snapshot.hrv_state == "mature"
    band = [snapshot.hrv_low_ms or 0.0, snapshot.hrv_mean_ms or 0.0, snapshot.hrv_high_ms or 0.0]
    assert 0 < band[0] < band[1] < band[2]
    assert snapshot.recovery_score is not None
    assert snapshot.recovery_parts["coverage"] == pytest.approx(0.65)


@pytest.mark.parametrize("athletes", [1, 3])
def test_renewing_takes_six_statements_however_many_athletes(
    cast: Cast, django_assert_num_queries, athletes: int
):
    """Athletes with their snapshots; all loads, recent activities, health days and VDOTs; the new ones."""
    people = [cast.ada, cast.ben, cast.zoe][:athletes]
    for person in people:
        create_run(person, training_load=50.0)
    with django_assert_num_queries(6):
        current_snapshots([person.pk for person in people], NOON)
    with django_assert_num_queries(1):
        current_snapshots([person.pk for person in people], NOON)


def test_the_periodic_job_renews_only_what_is_behind(cast: Cast):
    assert recompute_stale_snapshots(NOON) == 11
    assert recompute_stale_snapshots(NOON) == 0
    touch(cast.ada)
    assert recompute_stale_snapshots(NOON) == 1
