"""An outdated snapshot is renewed before it is shown, if the data or the local day has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from athletes.models import Athlete
from metrics.models import HealthDay, Snapshot
from metrics.snapshots.current import current_snapshots, recompute_stale_snapshots
from tests.support.cast import NOON, Cast, create_run


def get_snapshot(user, now=NOON) -> Snapshot:
    return current_snapshots([user.pk], now)[user.pk]


def raise_data_version(user) -> None:
    Athlete.objects.filter(pk=user.pk).bump_version()


def test_an_athlete_without_data_has_zeros_and_nulls(cast: Cast):
    snapshot = get_snapshot(cast.ada)
    assert (snapshot.fitness, snapshot.current_week_load, snapshot.week_distance_m) == (0.0, 0.0, 0.0)
    assert (snapshot.hrv_avg_ms, snapshot.recovery_score, snapshot.vo2max_ml_kg_min) == (None, None, None)
    assert snapshot.hrv_state == "none"


def test_a_load_of_100_raises_fitness_by_2_35(cast: Cast):
    create_run(cast.ada, training_load=100.0)
    snapshot = get_snapshot(cast.ada)
    assert snapshot.fitness == pytest.approx(2.352831, abs=1e-5)
    assert snapshot.current_week_load == 100.0
    assert (snapshot.week_distance_m, snapshot.week_pace_s_per_km) == (10_000.0, 300.0)
    assert snapshot.last_activity_at == NOON


def test_a_run_that_is_stored_late_changes_the_fitness_of_today(cast: Cast):
    create_run(cast.ada, training_load=100.0)
    before = get_snapshot(cast.ada).fitness
    create_run(cast.ada, NOON - timedelta(days=300), training_load=100.0)
    raise_data_version(cast.ada)
    after = get_snapshot(cast.ada)
    assert after.fitness > before
    assert after.history_d == 301


def test_the_next_local_day_gives_a_new_snapshot(cast: Cast):
    create_run(cast.ben, training_load=100.0)
    today, tomorrow = (
        get_snapshot(cast.ben),
        get_snapshot(cast.ben, NOON + timedelta(hours=4)),
    )  # 01:00 in Tokyo
    assert tomorrow.local_date == today.local_date + timedelta(days=1)
    assert tomorrow.form == pytest.approx(today.fitness - today.fatigue)


def test_the_baseline_uses_only_readings_of_the_current_source(cast: Cast):
    days = [NOON.date() - timedelta(days=days_ago) for days_ago in range(100)]
    HealthDay.objects.bulk_create(
        [HealthDay(athlete=cast.ada.athlete, date=day, source="old", hrv_rmssd_ms=30.0) for day in days[10:]]
        + [HealthDay(athlete=cast.ada.athlete, date=day, source="new", hrv_rmssd_ms=60.0) for day in days[:9]]
    )
    snapshot = get_snapshot(cast.ada)
    assert (snapshot.hrv_source, snapshot.hrv_kind) == ("new", "rmssd")
    assert snapshot.hrv_avg_ms == pytest.approx(60.0)
    assert snapshot.hrv_state == "none"


def test_a_mature_baseline_gives_a_band_and_a_recovery_score(cast: Cast):
    days = [NOON.date() - timedelta(days=days_ago) for days_ago in range(70)]
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
    snapshot = get_snapshot(cast.ada)
    assert snapshot.hrv_state == "mature"
    band = [snapshot.hrv_low_ms or 0.0, snapshot.hrv_mean_ms or 0.0, snapshot.hrv_high_ms or 0.0]
    assert 0 < band[0] < band[1] < band[2]
    assert snapshot.recovery_score is not None
    assert snapshot.recovery_parts["coverage"] == pytest.approx(0.65)


@pytest.mark.parametrize("athletes", [1, 3])
def test_renewing_takes_six_statements_for_any_number_of_athletes(
    cast: Cast, django_assert_num_queries, athletes: int
):
    """Athletes with snapshots; loads; recent activities; health days; VDOTs; the upsert."""
    people = [cast.ada, cast.ben, cast.zoe][:athletes]
    for person in people:
        create_run(person, training_load=50.0)
    with django_assert_num_queries(6):
        current_snapshots([person.pk for person in people], NOON)
    with django_assert_num_queries(1):
        current_snapshots([person.pk for person in people], NOON)


def test_the_periodic_job_renews_only_outdated_snapshots(cast: Cast):
    assert recompute_stale_snapshots(NOON) == 11
    assert recompute_stale_snapshots(NOON) == 0
    raise_data_version(cast.ada)
    assert recompute_stale_snapshots(NOON) == 1
