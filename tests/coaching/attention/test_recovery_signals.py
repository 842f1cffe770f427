"""Recovery signals: each rule fires, stays silent below its limit, and skips without data (FORMULAS §8)."""

from dataclasses import replace

import pytest

from coaching.attention import SignalInputs
from metrics.science.hrv import hrv_series
from metrics.science.resting_hr import resting_hr_series
from tests.coaching.attention.scenes import (
    USUAL_HRV,
    build_hrv_inputs,
    build_load_inputs,
    build_recovery_scores,
    build_resting_hr_inputs,
    evaluate_severity,
    find_active_signal,
)

TIRED = [50] * 200 + [180] * 7


def build_hrv_and_resting_hr(hrv_week, rhr_days) -> SignalInputs:
    return replace(build_hrv_inputs(*hrv_week), resting_hr=build_resting_hr_inputs(*rhr_days).resting_hr)


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_hrv_inputs(*[52] * 7), "warning"),
        (build_hrv_inputs(*[55] * 7), None),
        (build_hrv_inputs(*[45] * 7), "critical"),
        (build_hrv_inputs(*[52.2] * 7), "warning"),
        (build_hrv_inputs(*[52.4] * 7), None),
        (build_hrv_inputs(None, 52, None, 52, None, 52, 52), "warning"),
        (build_hrv_inputs(None, 45, None, 45, None, 45, None), "skip: few_hrv_readings"),
        (build_hrv_inputs(*[47.6] * 7), "critical"),
        (build_hrv_inputs(*[47.8] * 7), "warning"),
        (build_hrv_inputs(*[45] * 7, usual=[50, 72] * 15), "critical"),
        (build_hrv_inputs(*[45] * 7, usual=[50, 72] * 14 + [50]), "info"),
        (build_hrv_inputs(*[45] * 7, usual=[50, 72] * 7), "info"),
        (build_hrv_inputs(*[45] * 7, usual=[50, 72] * 6 + [50]), "skip: no_hrv_baseline"),
    ],
)
def test_hrv_below_baseline(inputs, verdict):
    assert evaluate_severity("HRV_BELOW_BASELINE", inputs) == verdict


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_hrv_inputs(*[60] * 7, *[50] * 7), "warning"),
        (build_hrv_inputs(*[60] * 7, *[52] * 7), None),
        (build_hrv_inputs(*[60] * 7, *[51] * 7), "warning"),
        (build_hrv_inputs(*[60] * 7, *[51.1] * 7), None),
        (build_hrv_inputs(*[60] * 7, *[45] * 7), "critical"),
        (build_hrv_inputs(*[60] * 7, *[45.1] * 7), "warning"),
        (build_hrv_inputs(*[60] * 7, 50, None, 50, None, 50, None, None), "skip: few_hrv_readings"),
        (build_hrv_inputs(60, None, 60, None, 60, None, None, *[45] * 7), "skip: few_hrv_readings"),
        (build_hrv_inputs(*[60] * 7, *[45] * 7, usual=[]), "skip: no_hrv_baseline"),
    ],
)
def test_hrv_falling(inputs, verdict):
    assert evaluate_severity("HRV_FALLING", inputs) == verdict


def test_hrv_fall_within_the_athletes_usual_spread_is_ignored():
    wide_spread = build_hrv_inputs(*[60] * 7, *[50] * 7, usual=[40, 90] * 30)
    assert evaluate_severity("HRV_FALLING", wide_spread) is None


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_resting_hr_inputs(55, 55, 55), "warning"),
        (build_resting_hr_inputs(53, 53, 53), None),
        (build_resting_hr_inputs(60, 60, 60), "critical"),
        (build_resting_hr_inputs(54.9, 54.9, 54.9), None),
        (build_resting_hr_inputs(59.9, 59.9, 59.9), "warning"),
        (build_resting_hr_inputs(None, 55, 55), "warning"),
        (build_resting_hr_inputs(55, 55, 55, usual=[46.7, 53.3] * 30), "warning"),
        (build_resting_hr_inputs(55, 55, 55, usual=[46.6, 53.4] * 30), None),
        (build_resting_hr_inputs(55, 55, 55, usual=[46, 54] * 30), None),
        (build_resting_hr_inputs(None, None, 60), "skip: few_resting_hr_readings"),
        (build_resting_hr_inputs(60, 60, 60, usual=[48, 52] * 5), "skip: no_resting_hr_baseline"),
    ],
)
def test_rhr_elevated(inputs, verdict):
    assert evaluate_severity("RHR_ELEVATED", inputs) == verdict


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_hrv_and_resting_hr([49] * 7, [55, 55, 55]), "critical"),
        (build_hrv_and_resting_hr([51] * 7, [55, 55, 55]), None),
        (build_hrv_and_resting_hr([49.9] * 7, [55, 55, 55]), "critical"),
        (build_hrv_and_resting_hr([50] * 7, [55, 55, 55]), None),
        (build_hrv_and_resting_hr([55] * 6 + [40], [55, 55, 55]), "critical"),
        (build_hrv_and_resting_hr([49] * 7, [54.9, 54.9, 54.9]), None),
        (build_hrv_inputs(*[45] * 7), "skip: no_baseline"),
        (build_resting_hr_inputs(60, 60, 60), "skip: no_baseline"),
    ],
)
def test_possible_illness(inputs, verdict):
    assert evaluate_severity("POSSIBLE_ILLNESS", inputs) == verdict


def test_possible_illness_asks_to_check_in_and_diagnoses_nothing():
    signal = find_active_signal("POSSIBLE_ILLNESS", build_hrv_and_resting_hr([49] * 7, [55, 55, 55]))
    assert signal.message.startswith("Check in: ")


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        ((70, 33, 33), "critical"),
        ((70, 34, 33), "warning"),
        ((99, 33, 33), "critical"),
        ((99, 34, 33), None),
        ((50, 50, 50), "warning"),
        ((50, 51, 50), None),
        ((None, 20, 20), "critical"),
        ((20, None, None), "skip: few_recovery_scores"),
    ],
)
def test_recovery_low(days, verdict):
    assert evaluate_severity("RECOVERY_LOW", SignalInputs(recovery=build_recovery_scores(*days))) == verdict


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        ([80] * 7 + [65] * 7, "warning"),
        ([80] * 7 + [65] * 6 + [66], None),
        ([80] * 7 + [55] * 7, "critical"),
        ([80] * 7 + [55] * 6 + [56], "warning"),
        ([80] * 7 + [None, None, None, 40, 40, 40, 40], "critical"),
        ([80] * 7 + [None, None, None, None, 40, 40, 40], "skip: few_recovery_scores"),
        ([None] * 4 + [80] * 3 + [40] * 7, "skip: few_recovery_scores"),
    ],
)
def test_recovery_falling(days, verdict):
    inputs = SignalInputs(recovery=build_recovery_scores(*days))
    assert evaluate_severity("RECOVERY_FALLING", inputs) == verdict


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_load_inputs(*TIRED), "warning"),
        (build_load_inputs(*TIRED[:-5]), None),
        (build_load_inputs(*TIRED[-41:]), "skip: short_history"),
        (build_load_inputs(*(load / 5 for load in TIRED)), "skip: low_fitness"),
    ],
)
def test_fatigue_high(inputs, verdict):
    assert evaluate_severity("FATIGUE_HIGH", inputs) == verdict


def test_fatigue_needs_three_days_in_a_row():
    series = build_load_inputs(*TIRED).load
    first = next(day for day in range(150, 207) if series.form_pct[day] <= -30)
    assert evaluate_severity("FATIGUE_HIGH", build_load_inputs(*TIRED[: first + 2])) is None
    assert evaluate_severity("FATIGUE_HIGH", build_load_inputs(*TIRED[: first + 3])) == "warning"


@pytest.mark.parametrize(("usual_days", "confidence"), [(60, 1.0), (30, 1.0), (28, 0.6)])
def test_provisional_baseline_lowers_the_confidence(usual_days, confidence):
    inputs = build_hrv_inputs(*[45] * 7, usual=USUAL_HRV[:usual_days])
    assert find_active_signal("HRV_BELOW_BASELINE", inputs).confidence == confidence


def test_hrv_evidence_is_in_milliseconds():
    signal = find_active_signal("HRV_BELOW_BASELINE", build_hrv_inputs(*[50] * 7))
    assert signal.evidence["value"] == pytest.approx(50)
    assert signal.evidence["baseline"] == pytest.approx(60)
    assert signal.evidence["threshold"] == pytest.approx(52.2714, abs=1e-3)
    assert signal.evidence["readings"] == signal.evidence["n"] == 7
    assert signal.message == "7-day HRV is 50 ms, 1.0 SD below the usual 60 ms."


def test_recovery_score_from_a_provisional_baseline_lowers_the_confidence():
    low = build_recovery_scores(20, 20, 20)
    provisional = hrv_series([50, 72] * 8 + [50] * 7)
    mature = resting_hr_series([48, 52] * 40)
    uncertain = SignalInputs(recovery=low, hrv=provisional, resting_hr=mature)
    assert find_active_signal("RECOVERY_LOW", uncertain).confidence == 0.6
    certain = SignalInputs(recovery=low, resting_hr=mature)
    assert find_active_signal("RECOVERY_LOW", certain).confidence == 1.0
