"""Reference cases of FORMULAS §4."""

import pytest

from metrics.science.grade import grade_factor
from metrics.science.load import (
    PLANNED_INTENSITY,
    load_duration,
    load_hr,
    load_if,
    load_planned,
    load_rpe,
    load_stream,
    load_summary,
    planned_minutes,
    session_rpe,
)
from metrics.science.vdot import threshold_speed

UP_AND_DOWN = [3.0 * grade_factor(0.05)] * 1800 + [3.0 * grade_factor(-0.05)] * 1800
INTERVALS = [3.0] * 600 + ([4.4] * 240 + [2.4] * 120) * 5 + [3.0] * 600


@pytest.mark.parametrize(
    ("load", "expected", "tolerance"),
    [
        (load_if(3600, 1.0), 100.0, 1e-9),
        (load_if(1800, 270 / 300), 40.5, 1e-9),
        (load_if(5400, 0.75), 84.375, 1e-9),
        (load_if(7200, 0.65), 84.5, 1e-9),
        (load_stream([3.0] * 3600, 4.0), 56.25, 1e-6),
        (load_stream(INTERVALS, 4.0), 70.7326, 0.001),
        (load_stream(UP_AND_DOWN, 4.0), 71.4005, 0.001),
        (load_summary(10000, 3000, 4.0), 57.8704, 0.001),
        (load_summary(10000, 3000, 4.0, 200, 200), 60.8950, 0.001),
        (load_summary(8000, 3600, 4.0, 400, 0), 52.2809, 0.001),
        (load_summary(10000, 2481, threshold_speed(50)), 72.92, 0.02),
        (load_hr([(60, 170)], 50, 170), 100.0, 1e-9),
        (load_hr([(60, 140)], 50, 170), 56.25, 1e-9),
        (load_hr([(30, 180)], 50, 170), 58.6806, 0.001),
        (load_hr([(60, 45)], 50, 170), 0.0, 1e-12),
        (load_rpe(60, 7), 80.0, 1e-9),
        (load_rpe(45, 5), 45.0, 1e-9),
        (load_rpe(60, 7.5), 90.0, 1e-9),
        (load_rpe(30, 9.5), 65.0, 1e-9),
        (load_rpe(60, 10), 140.0, 1e-9),
        (load_rpe(60, 0), 0.0, 1e-12),
        (load_planned([(15, 0.80), (32, 1.0), (6, 0.70), (10, 0.80)]), 84.9, 0.001),
        (load_duration(90, "run"), 90.0, 1e-9),
        (load_duration(60, "hike"), 30.0, 1e-9),
        (load_duration(60, "swim"), 45.0, 1e-9),
        (session_rpe(45, 6), 270.0, 1e-9),
    ],
)
def test_load(load, expected, tolerance):
    assert load == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(
    "load",
    [
        load_stream([], 4.0),
        load_stream([3.0] * 60, None),
        load_summary(0, 3000, 4.0),
        load_summary(10000, 0, 4.0),
        load_hr([(60, 140)], 170, 170),
        load_rpe(60, 10.5),
        load_rpe(60, -1),
        load_duration(60, "workout"),
    ],
)
def test_an_activity_without_the_needed_values_has_no_load(load):
    assert load is None


def test_the_load_of_an_hour_is_at_most_225():
    assert load_if(3600, 7.0) == pytest.approx(225.0)
    assert load_if(3600, -1.0) == 0.0


def test_a_planned_kilometre_at_threshold_takes_threshold_pace():
    assert planned_minutes(1000, PLANNED_INTENSITY["z3"], 4.0) * 60 == pytest.approx(250.0)
