"""Reference cases of FORMULAS §7.5."""

import numpy as np
import pytest

from metrics.science.load_series import load_series
from metrics.science.recovery import (
    form_for_recovery,
    recovery,
    recovery_band,
    recovery_on,
    recovery_series,
    without_form,
)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (recovery(hrv=0, rhr=0, sleep=7.5, form=0), 70),
        (recovery(hrv=-1, rhr=1, sleep=6.5, form=-30), 49),
        (recovery(hrv=-2, rhr=2, sleep=5, form=-40), 28),
        (recovery(hrv=1, rhr=-0.5, sleep=8, form=10), 85),
        (recovery(hrv=-1), 50),
        (recovery(sleep=8, form=5), None),
        (recovery(hrv=3, rhr=-3, sleep=10, form=60), 100),
        (recovery(hrv=-5, rhr=5, sleep=2, form=-90), 0),
    ],
)
def test_recovery(score, expected):
    assert score == expected


def test_a_sleep_score_of_a_device_replaces_the_hours():
    assert recovery(hrv=0, sleep=3, sleep_score=70) == recovery(hrv=0, sleep=7.5) == 70


def test_recovery_of_a_day_has_its_parts_and_their_coverage():
    series = recovery_series([0.1], [np.nan], [np.nan], [10])
    day = recovery_on(series, -1)
    assert (day.hrv, day.resting_hr, day.sleep, day.form) == (72, None, None, 80)
    assert day.coverage == pytest.approx(0.6)
    assert (day.score, day.band, day.reason) == (74, "green", "")


def test_a_day_without_hrv_and_resting_hr_has_a_reason_instead_of_a_score():
    day = recovery_on(recovery_series([np.nan], [np.nan], [8], [5]), -1)
    assert (day.score, day.band, day.reason) == (None, None, "insufficient_physiology")
    assert day.coverage == pytest.approx(0.35)


@pytest.mark.parametrize(("score", "band"), [(67, "green"), (66, "amber"), (34, "amber"), (33, "red")])
def test_recovery_bands(score, band):
    assert recovery_band(score) == band


def test_a_viewer_without_training_access_gets_the_score_without_form():
    full = recovery_series([0.0], [0.0], [7.5], [-70.0])
    assert full.score.tolist() == [60]
    assert without_form(full).score.tolist() == [70]
    assert without_form(full).coverage.tolist() == pytest.approx([0.85])


def test_form_of_a_beginner_is_relative_to_a_fitness_of_20():
    beginner, veteran = load_series([5] * 50 + [40] * 3), load_series([60] * 200 + [150] * 3)
    assert form_for_recovery(beginner)[-1] == pytest.approx(100 * beginner.form[-1] / 20)
    assert form_for_recovery(veteran)[-1] == pytest.approx(100 * veteran.form[-1] / veteran.fitness[-2])


def test_form_is_missing_before_42_days_of_history():
    form = form_for_recovery(load_series([60] * 42))
    assert np.isnan(form[:-1]).all()
    assert np.isfinite(form[-1])


def test_a_roster_is_scored_in_one_call():
    series = recovery_series(np.zeros((3, 30)), np.zeros((3, 30)), np.full((3, 30), 7.5), np.zeros((3, 30)))
    assert series.score.shape == (3, 30)
    assert (series.score == 70).all()
    assert recovery_on(series.row(2), 0).score == 70
