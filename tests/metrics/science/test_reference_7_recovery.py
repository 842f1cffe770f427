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


def test_a_devices_sleep_score_replaces_the_hours():
    assert recovery(hrv=0, sleep=3, sleep_score=70) == recovery(hrv=0, sleep=7.5) == 70


def test_the_record_names_its_parts_and_how_much_they_cover():
    series = recovery_series([0.1], [np.nan], [np.nan], [10])
    record = recovery_on(series, -1)
    assert (record.hrv, record.resting_hr, record.sleep, record.form) == (72, None, None, 80)
    assert record.coverage == pytest.approx(0.6)
    assert (record.score, record.band, record.reason) == (74, "green", "")


def test_a_day_without_hrv_and_resting_hr_has_a_reason_instead_of_a_score():
    record = recovery_on(recovery_series([np.nan], [np.nan], [8], [5]), -1)
    assert (record.score, record.band, record.reason) == (None, None, "insufficient_physiology")
    assert record.coverage == pytest.approx(0.35)


@pytest.mark.parametrize(("score", "band"), [(67, "green"), (66, "amber"), (34, "amber"), (33, "red")])
def test_bands(score, band):
    assert recovery_band(score) == band


def test_who_may_not_see_the_training_gets_the_score_without_form():
    full = recovery_series([0.0], [0.0], [7.5], [-70.0])
    assert full.score.tolist() == [60]
    assert without_form(full).score.tolist() == [70]
    assert without_form(full).coverage.tolist() == pytest.approx([0.85])


def test_a_beginners_form_is_measured_against_a_fitness_of_twenty():
    beginner, veteran = load_series([5] * 50 + [40] * 3), load_series([60] * 200 + [150] * 3)
    assert form_for_recovery(beginner)[-1] == pytest.approx(100 * beginner.form[-1] / 20)
    assert form_for_recovery(veteran)[-1] == pytest.approx(100 * veteran.form[-1] / veteran.fitness[-2])


def test_form_is_no_part_of_recovery_before_42_days_of_history():
    form = form_for_recovery(load_series([60] * 42))
    assert np.isnan(form[:-1]).all()
    assert np.isfinite(form[-1])


def test_a_whole_roster_is_scored_at_once():
    series = recovery_series(np.zeros((3, 30)), np.zeros((3, 30)), np.full((3, 30), 7.5), np.zeros((3, 30)))
    assert series.score.shape == (3, 30)
    assert (series.score == 70).all()
    assert recovery_on(series.row(2), 0).score == 70
