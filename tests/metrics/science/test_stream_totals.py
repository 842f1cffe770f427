"""Samples whose distance differs from the total of the device."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.science.measurement import Measurement, measure
from metrics.science.thresholds import Thresholds
from tests.metrics.science.recorded import build_test_samples, build_test_totals

STEADY_M = 3.0 * np.arange(1_201)


def measure_indoors(t, distance_m, total_m: float) -> Measurement:
    samples = build_test_samples(t, distance_m=distance_m)
    totals = build_test_totals(float(t[-1]), distance_m=total_m)
    return measure(samples, (), totals, "run", Thresholds(threshold_mps=4.0))


@pytest.mark.parametrize("factor", [0.6, 0.95, 1.05, 1.4])
def test_a_corrected_treadmill_run_has_the_corrected_speed(factor: float):
    measured = measure_indoors(np.arange(1_201.0), STEADY_M, 3_600 * factor)
    assert measured.graded_speed_mps == pytest.approx(3 * factor)
    assert measured.warnings == ("distance_corrected",)


@pytest.mark.parametrize("seconds", [31, 120])
def test_metres_that_only_the_total_counts_make_no_run_faster(seconds: int):
    """In a hole, by car: the device counts them, the samples do not."""
    t = np.concatenate([np.arange(601.0), np.arange(600.0 + seconds, 1_201.0 + seconds)])
    course_m = np.where(t <= 600, 3 * t, 3 * t + 12 * seconds)
    measured = measure_indoors(t, course_m, course_m[-1])
    assert {effort.distance_m: effort.duration_s for effort in measured.best_efforts}[1_000] == pytest.approx(
        1_000 / 3
    )
    assert measured.warnings == ("distance_mismatch",)


def test_a_jump_of_the_distance_makes_no_run_faster():
    jumping = STEADY_M + 90.0 * (np.arange(1_201) > 600)
    measured = measure_indoors(np.arange(1_201.0), jumping, jumping[-1])
    assert measured.best_efforts[0].duration_s == pytest.approx(400 / 3)
