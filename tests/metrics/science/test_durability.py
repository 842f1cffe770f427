"""Decoupling of long runs: onset within 0.5 km and magnitude within 0.01 on built streams (FORMULAS §5.8)."""

import numpy as np
import pytest

from metrics.science.durability import durability

SECONDS_PER_KM = 300.0


def build_run(length_km, bpm_at_km, *, noise_bpm=0.0, noise_mps=0.0, grade_at_km=lambda km: 0.0 * km, seed=1):
    """The columns of an even run of 5:00/km whose heart rate follows its course."""
    random = np.random.default_rng(seed)
    seconds = int(length_km * SECONDS_PER_KM)
    speed = np.full(seconds, 1000 / SECONDS_PER_KM) + random.normal(0, noise_mps, seconds)
    km = np.cumsum(speed) / 1000
    bpm = bpm_at_km(km) + random.normal(0, noise_bpm, seconds)
    return speed, speed.copy(), grade_at_km(km), bpm


def measure_run(speed_mps, graded_mps, grade, hr_bpm, coverage=1.0):
    return durability(speed_mps, graded_mps, grade, hr_bpm, coverage)


@pytest.mark.parametrize("magnitude", [1.03, 1.08, 1.16, 1.3])
@pytest.mark.parametrize("onset_km", [18.0, 25.2, 33.0])
def test_a_step_is_found_at_its_place_with_its_size(onset_km, magnitude):
    for noise in ({}, {"noise_bpm": 3.0, "noise_mps": 0.1, "seed": 4}):
        columns = build_run(42.195, lambda km: np.where(km < onset_km, 150, 150 * magnitude), **noise)
        found = measure_run(*columns)
        assert found.onset_m / 1000 == pytest.approx(onset_km, abs=0.5)
        assert found.decoupling == pytest.approx(magnitude, abs=0.01)
        assert found.efficiency_m == pytest.approx(1000 / SECONDS_PER_KM / 150 * 60, rel=0.01)


@pytest.mark.parametrize(("start_km", "rise_per_km"), [(16.0, 0.01), (22.0, 0.02), (20.0, 0.015)])
def test_a_drift_begins_where_it_reaches_the_limit(start_km, rise_per_km):
    columns = build_run(
        38.0, lambda km: 150 * (1 + rise_per_km * np.maximum(km - start_km, 0)), noise_bpm=2.0
    )
    found = measure_run(*columns)
    assert found.onset_m / 1000 == pytest.approx(start_km + 0.025 / rise_per_km, abs=0.5)
    assert found.decoupling == pytest.approx(1 + rise_per_km * (35.5 - start_km), abs=0.01)


def test_an_even_run_has_no_onset():
    found = measure_run(*build_run(30.0, lambda km: 0 * km + 150, noise_bpm=2.0))
    assert found.onset_m is None
    assert found.decoupling == pytest.approx(1.0, abs=0.01)


def test_a_passing_rise_is_no_onset():
    """Two hard kilometres at 18 km, and the real fall from 26 km."""
    found = measure_run(
        *build_run(36.0, lambda km: 150 * np.where((km > 18) & (km < 20), 1.1, np.where(km > 26, 1.1, 1.0)))
    )
    assert found.onset_m / 1000 == pytest.approx(26.0, abs=0.5)


def test_hills_are_left_out():
    """From 20 to 24 km a climb of 6 % costs heart beats, which is no decoupling."""
    found = measure_run(
        *build_run(
            36.0,
            lambda km: 150 * np.where((km > 20) & (km < 24), 1.15, 1.0),
            grade_at_km=lambda km: np.where((km > 20) & (km < 24), 0.06, 0.0),
        )
    )
    assert found.onset_m is None
    assert found.decoupling == pytest.approx(1.0, abs=0.01)


def test_a_run_of_sixteen_to_twenty_kilometres_compares_what_follows_15_km():
    found = measure_run(*build_run(19.0, lambda km: np.where(km < 15, 150, 159.0)))
    assert found.decoupling == pytest.approx(1.06, abs=0.01)


@pytest.mark.parametrize(
    ("length_km", "coverage", "grade", "reason"),
    [
        (30.0, 0.89, 0.0, "no_heart_rate"),
        (30.0, 1.0, np.nan, "no_grade"),
        (30.0, 1.0, 0.05, "too_hilly"),
    ],
)
def test_without_a_value_there_is_a_reason(length_km, coverage, grade, reason):
    speed, graded, slope, bpm = build_run(
        length_km, lambda km: 0 * km + 150, grade_at_km=lambda km: 0 * km + grade
    )
    assert measure_run(speed, graded, slope, bpm, coverage).reason == reason


def test_a_slow_run_of_90_minutes_that_is_too_short_says_so():
    speed, graded, grade, bpm = build_run(20.0, lambda km: 0 * km + 150)
    assert measure_run(speed * 0.75, graded * 0.75, grade, bpm).reason == "too_short"


def test_a_run_below_90_minutes_is_not_judged():
    assert measure_run(*build_run(17.99, lambda km: 0 * km + 150)) is None
