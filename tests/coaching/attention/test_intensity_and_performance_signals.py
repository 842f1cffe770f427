"""Intensity and performance signals: each rule fires, is silent below its limit, and skips without data."""

from dataclasses import replace

import numpy as np
import pytest

from coaching.attention import Run, SignalInputs, ThresholdSpeed
from coaching.science.compliance import DoneActivity, PlannedSession, build_outcomes
from tests.coaching.attention.scenes import build_runs, evaluate_severity, find_active_signal, get_date_ago


def zoned(z1_min: float, zoned_min: float, count: int = 10) -> SignalInputs:
    times = {"z1_s": 60 * z1_min / count, "zoned_s": 60 * zoned_min / count}
    return SignalInputs(runs=build_runs(*((days, 10) for days in range(1, count + 1)), **times))


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (zoned(700, 950), "info"),
        (zoned(712.5, 950), None),
        (zoned(712, 950), "info"),
        (zoned(617, 950), "warning"),
        (zoned(618, 950), "info"),
        (zoned(0, 950), "warning"),
        (zoned(100, 950, count=7), "skip: little_zoned_time"),
        (zoned(100, 950, count=8), "warning"),
        (zoned(100, 300), "warning"),
        (zoned(100, 299), "skip: little_zoned_time"),
    ],
)
def test_intensity_heavy(inputs, verdict):
    assert evaluate_severity("INTENSITY_HEAVY", inputs) == verdict


def test_intensity_heavy_ignores_runs_older_than_four_weeks():
    scene = zoned(700, 900)
    for days, verdict in ((28, None), (27, "warning")):
        old = Run(get_date_ago(days), 10000, z1_s=0, zoned_s=36000)
        assert evaluate_severity("INTENSITY_HEAVY", replace(scene, runs=(old, *scene.runs))) == verdict


def easy(*shares: float | None) -> SignalInputs:
    days = range(2 * len(shares), 0, -2)
    planned = [PlannedSession(f"s{day:02}", get_date_ago(day), duration_s=3600, is_easy=True) for day in days]
    done = [
        DoneActivity(f"a{day:02}", get_date_ago(day), duration_s=3600, above_z1_share=share)
        for day, share in zip(days, shares, strict=True)
    ]
    return SignalInputs(sessions=build_outcomes(planned, done))


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (easy(0.1, 0.26, 0.3, 0.1, 0.9), "info"),
        (easy(0.1, 0.25, 0.3, 0.1, 0.9), None),
        (easy(0.1, 0.251, 0.3, 0.1, 0.9), "info"),
        (easy(0.9, 0.9, 0.1, 0.1, 0.1, 0.3, 0.3), None),
        (easy(0.9, None, 0.9, 0.9, 0.1, 0.1), "info"),
        (easy(0.9, 0.9, 0.9, 0.9), "skip: few_easy_runs"),
        (easy(0.9, 0.9, 0.9, 0.9, None), "skip: few_easy_runs"),
    ],
)
def test_easy_too_hard(inputs, verdict):
    assert evaluate_severity("EASY_TOO_HARD", inputs) == verdict


def estimates(before: float, now: float, count: int = 4) -> SignalInputs:
    column = np.full(56, np.nan)
    column[:28:9][:count] = before
    column[28::9][:count] = now
    return SignalInputs(vo2max_readings=column)


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (estimates(52.0, 50.2), "warning"),
        (estimates(52.0, 50.5), None),
        (estimates(50.0, 48.5), "warning"),
        (estimates(50.0, 48.52), None),
        (estimates(52.0, 48.5), "critical"),
        (estimates(50.0, 47.0), "critical"),
        (estimates(50.0, 47.1), "warning"),
        (estimates(52.0, 48.5, count=3), "skip: few_vo2max_estimates"),
    ],
)
def test_vo2max_declining(inputs, verdict):
    assert evaluate_severity("VO2MAX_DECLINING", inputs) == verdict


@pytest.mark.parametrize(
    ("column", "verdict"),
    [
        ([50.0, *[49.0] * 6, 48.5], "info"),
        ([50.0, *[49.0] * 6, 48.6], None),
        ([50.0, *[49.0] * 6, 47.5], "warning"),
        ([50.0, *[49.0] * 6, 47.6], "info"),
        ([50.0, *[49.0] * 6, 30.0], "warning"),
        ([np.nan, *[60.0] * 6, 47.5], "skip: no_vo2max"),
        ([50.0, *[49.0] * 6, np.nan], "skip: no_vo2max"),
        ([48.5], "skip: no_vo2max"),
    ],
)
def test_vo2max_drop(column, verdict):
    assert evaluate_severity("VO2MAX_DROP", SignalInputs(vo2max=np.array(column))) == verdict


def threshold(age_d: int, *speeds: tuple[int, float]) -> SignalInputs:
    runs = tuple(Run(get_date_ago(days), 9000, best_30min_ngs_mps=speed) for days, speed in speeds)
    return SignalInputs(runs=runs, thresholds=(ThresholdSpeed(get_date_ago(age_d), 4.0),))


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (threshold(121), "info"),
        (threshold(120), None),
        (threshold(50, (30, 4.21), (3, 4.25)), "warning"),
        (threshold(50, (30, 4.2), (3, 4.25)), None),
        (threshold(50, (42, 4.3), (3, 4.25)), None),
        (threshold(300, (41, 4.3), (3, 4.25)), "warning"),
        (replace(threshold(300, (41, 4.3), (3, 4.25)), thresholds=()), "skip: no_threshold"),
    ],
)
def test_threshold_outdated(inputs, verdict):
    assert evaluate_severity("THRESHOLD_OUTDATED", inputs) == verdict


def test_each_day_uses_the_latest_threshold_valid_on_it():
    renewed = SignalInputs(
        thresholds=(ThresholdSpeed(get_date_ago(200), 4.0), ThresholdSpeed(get_date_ago(5), 4.1))
    )
    assert evaluate_severity("THRESHOLD_OUTDATED", renewed) is None
    assert evaluate_severity("THRESHOLD_OUTDATED", renewed, days_ago=6) == "info"


def test_runs_without_a_30_minute_best_are_ignored():
    scene = replace(threshold(50), runs=build_runs((9, 5), (3, 5)))
    assert find_active_signal("THRESHOLD_OUTDATED", scene) is None
