"""Means that readers compute are weighted by time. The length of a step tells one leg from both."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.files.cadence import find_step_factor
from metrics.files.time_weights import compute_mean, compute_mean_above_zero
from tests.metrics.files.built_files import build_gpx, format_time, read_one


def test_a_mean_counts_seconds_and_not_readings():
    time_s = np.concatenate([np.arange(0.0, 300.0), np.arange(300.0, 601.0, 6.0)])
    heart_rate_bpm = np.where(time_s < 300, 120.0, 180.0)
    assert compute_mean(time_s, heart_rate_bpm) == pytest.approx(150, abs=0.5)
    assert heart_rate_bpm.mean() < 130


def test_a_hole_gives_no_credit_to_the_readings_beside_it():
    time_s = np.array([0.0, 1.0, 2.0, 1_000.0, 1_001.0, 1_002.0])
    assert compute_mean(time_s, np.array([100.0, 100.0, 100.0, 160.0, 160.0, 160.0])) == 130


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(90, 190)), min_size=2, max_size=60))
def test_a_mean_without_holes_is_the_area_under_the_readings(readings: list[tuple[int, int]]):
    time_s = np.cumsum([float(seconds) for seconds, _ in readings])
    bpm = np.array([float(bpm) for _, bpm in readings])
    area = np.sum(np.diff(time_s) * (bpm[1:] + bpm[:-1]) / 2)
    assert compute_mean(time_s, bpm) == pytest.approx(area / (time_s[-1] - time_s[0]))


def test_missing_readings_and_single_ones_have_a_mean():
    assert compute_mean(np.arange(3.0), np.full(3, np.nan)) is None
    assert compute_mean(np.empty(0), np.empty(0)) is None
    assert compute_mean(np.arange(3.0), np.array([np.nan, 140.0, np.nan])) == 140
    assert compute_mean_above_zero(np.arange(4.0), np.array([0.0, 80.0, 80.0, 0.0])) == 80
    assert compute_mean_above_zero(np.arange(2.0), np.zeros(2)) is None


@pytest.mark.parametrize(
    ("sport", "cadence", "speed_mps", "steps"),
    [
        ("run", 85, 3.0, 170),
        ("run", 170, 3.0, 170),
        ("run", 75, 2.3, 150),
        ("run", 118, 2.2, 118),
        ("run", 95, 5.5, 190),
        ("run", 190, 5.5, 190),
        ("walk", 112, 1.4, 112),
        ("walk", 56, 1.4, 112),
        ("walk", 100, 1.1, 100),
        ("hike", 45, 0.9, 90),
        ("hike", 90, 0.9, 90),
        ("bike", 90, 8.0, 90),
    ],
)
def test_the_length_of_a_step_tells_one_leg_from_both(
    sport: str, cadence: float, speed_mps: float, steps: float
):
    assert cadence * find_step_factor(np.full(60, float(cadence)), speed_mps, sport) == steps


@pytest.mark.parametrize(("cadence", "factor"), [(85, 2), (112, 2), (125, 1), (170, 1)])
def test_without_a_speed_a_cadence_above_120_counts_both_legs(cadence: float, factor: int):
    assert find_step_factor(np.full(60, float(cadence)), None, "walk") == factor


@pytest.mark.parametrize(("cadence", "steps"), [(56, 112), (112, 112)])
def test_the_speed_of_a_walk_is_taken_from_its_positions(cadence: int, steps: float):
    points = [((1.4 * second, 0.0), format_time(second)) for second in range(300)]
    recording = read_one(build_gpx(points, "walking", f"<cad>{cadence}</cad>"))
    assert recording.totals.avg_cadence_spm == steps
    assert set(recording.samples.cadence_spm.tolist()) == {steps}
