"""Race times predicted from VDOT."""

from __future__ import annotations

import pytest

from coaching.science.race_prediction import predict_race_time


def test_only_the_marathon_has_a_range_of_five_per_cent():
    marathon, half = predict_race_time(50.0, 42_195.0), predict_race_time(50.0, 21_097.5)
    assert marathon.time_s
    assert marathon.range_s == pytest.approx((marathon.time_s, 1.05 * marathon.time_s))
    assert half.range_s == (half.time_s, half.time_s)
    assert half.time_s == pytest.approx(5_495, abs=6)  # 1:31:35 in the book


def test_marathon_distance_has_a_tolerance():
    ranges = [predict_race_time(50.0, metres).range_s or (0, 0) for metres in (42_000.0, 42_200.0, 41_000.0)]
    assert [fast < slow for fast, slow in ranges] == [True, True, False]


def test_prediction_has_a_reason_without_vdot_or_outside_the_range():
    assert (predict_race_time(None, 10_000.0).time_s, predict_race_time(None, 10_000.0).reason) == (
        None,
        "no_vdot",
    )
    for metres in (800.0, 100_000.0):
        assert (predict_race_time(50.0, metres).time_s, predict_race_time(50.0, metres).reason) == (
            None,
            "distance_out_of_range",
        )
