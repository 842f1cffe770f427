"""Climbs of courses whose shape is known, with noise, spikes and missing readings."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.recording import Column
from metrics.science.elevation import Altitudes, read_altitudes
from metrics.science.measurement import Measurement, measure
from metrics.science.thresholds import Thresholds
from tests.metrics.science.recorded import build_test_samples, build_test_totals

SPEED_MPS = 3.0


def build_hills(height_m: float, half_m: float, count: int = 10) -> Column:
    """Altitudes at 1 Hz of a run over round hills that rise over `half_m` metres."""
    course_m = np.arange(0, 2 * half_m * count + SPEED_MPS, SPEED_MPS)
    return 500 + height_m * (1 - np.cos(np.pi * course_m / half_m)) / 2


def read_run(altitude_m: Column) -> Altitudes:
    altitudes = read_altitudes(
        np.arange(float(len(altitude_m))), altitude_m, SPEED_MPS * (len(altitude_m) - 1)
    )
    assert altitudes is not None
    return altitudes


def measure_hills(altitude_m: Column) -> Measurement:
    t = np.arange(float(len(altitude_m)))
    samples = build_test_samples(t, distance_m=SPEED_MPS * t, altitude_m=altitude_m, latitude_deg=0 * t)
    return measure(samples, (), build_test_totals(t[-1]), "run", Thresholds(threshold_mps=4.0))


def test_short_steep_hills_are_no_noise():
    altitudes = read_run(build_hills(15, half_m=100))
    assert altitudes.noise_m < 0.5
    assert altitudes.gain_loss_m[0] == pytest.approx(150, rel=0.1)


def test_noise_on_a_climb_does_not_break_it_into_pieces():
    hills = build_hills(8, half_m=400)
    noise = np.random.default_rng(5).normal(0, 3, len(hills))
    assert read_run(hills + noise).gain_loss_m[0] == pytest.approx(80, rel=0.25)


def test_noise_at_both_ends_of_a_flat_run_is_no_climb():
    runs = [500 + np.random.default_rng(seed).normal(0, 5, 1_801) for seed in range(20)]
    assert max(read_run(run).gain_loss_m[0] for run in runs) < 10


@pytest.mark.parametrize("spike_m", [200.0, -200.0, 1_000.0])
@pytest.mark.parametrize("rows", [[300], [100, 450, 800], [0, 1, 2], range(500, 540)], ids=str)
def test_altitudes_that_nobody_jumps_to_are_left_out(spike_m: float, rows):
    hills = build_hills(15, half_m=150)
    spiked = hills.copy()
    spiked[list(rows)] += spike_m
    measured, right = measure_hills(spiked), measure_hills(hills)
    assert measured.elevation_gain_m == pytest.approx(right.elevation_gain_m, rel=0.03)
    assert measured.load.value == pytest.approx(right.load.value, rel=0.02)
    assert measured.warnings == ()


def test_altitudes_of_two_levels_are_not_trusted():
    zeros = build_hills(15, half_m=150)
    zeros[:400] = 0
    measured = measure_hills(zeros)
    assert (measured.elevation_gain_m, measured.warnings) == (None, ("altitude_unreliable",))


def test_quiet_altitudes_of_steep_hills_give_a_graded_load():
    measured = measure_hills(build_hills(14, half_m=150))
    assert measured.load.method == "pace_grade_stream"
    assert measured.graded_speed_mps is not None
    assert measured.graded_speed_mps > 1.25 * SPEED_MPS


def test_the_smooth_course_keeps_its_slope_at_both_ends():
    climb = 500 + 0.2 * np.arange(601.0)
    altitudes = read_run(climb)
    assert altitudes.slow_m == pytest.approx(climb)
    gain_m, loss_m = altitudes.gain_loss_m
    assert (gain_m, loss_m) == pytest.approx((120, 0))
