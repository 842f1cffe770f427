"""Reference cases of FORMULAS §2."""

import pytest

from metrics.science.grade import equivalent_distance, gap_pace, grade_factor, minetti_cost
from metrics.science.graded_speed import ngs
from metrics.science.pace import mmss


@pytest.mark.parametrize(
    ("gradient", "factor"),
    [(-0.15, 0.5099), (-0.05, 0.7628), (0.01, 1.0554), (0.05, 1.3014), (0.10, 1.6578)],
)
def test_grade_factor(gradient, factor):
    assert grade_factor(gradient) == pytest.approx(factor, abs=0.0001)


def test_level_ground_has_factor_one():
    assert grade_factor(0.0) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("gradient", "cost", "tolerance"),
    [(0.45, 18.93, 1.74), (-0.20, 1.73, 0.36), (-0.45, 3.92, 0.81), (0.0, 3.40, 0.24), (0.9, 19.426, 0.001)],
)
def test_minetti_cost_is_within_one_deviation_of_the_measured_cost(gradient, cost, tolerance):
    assert minetti_cost(gradient) == pytest.approx(cost, abs=tolerance)


def test_graded_pace_of_4_00_down_5_percent_is_5_15():
    assert mmss(gap_pace(240, -0.05)) == "5:15"


@pytest.mark.parametrize(
    ("course", "metres"),
    [((10_000,), 10_000), ((8_000, 400, 0), 10_412), ((8_000, 100), 8_129), ((1_000, 0, 500), 600)],
    ids=["flat", "climb only", "loss assumed equal", "floor"],
)
def test_equivalent_distance(course, metres):
    assert equivalent_distance(*course) == pytest.approx(metres, abs=5e-4)


@pytest.mark.parametrize(
    ("series", "speed", "tolerance"),
    [
        ([3.0] * 3600, 3.0, 1e-9),
        (([5.0] * 60 + [2.5] * 60) * 10, 4.14954, 5e-4),
        ([3.0 * grade_factor(0.05)] * 1800 + [3.0 * grade_factor(-0.05)] * 1800, 3.37995, 5e-4),
        ([0.0] * 10 + [3.0] * 20, 1.43886, 5e-4),
    ],
    ids=["steady", "intervals", "up and down", "expanding start"],
)
def test_normalised_graded_speed(series, speed, tolerance):
    assert ngs(series) == pytest.approx(speed, abs=tolerance)


def test_an_empty_series_has_no_ngs():
    assert ngs([]) is None
