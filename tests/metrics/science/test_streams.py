"""Intervals, grades, climbs and heart rates of odd recordings."""

import numpy as np
import pytest

from metrics.science.elevation import elevation_gain_loss
from metrics.science.grade import grade
from metrics.science.heart_rate import clean_hr, resting_hr
from metrics.science.streams import class_times, moving_series, segments
from metrics.science.track import haversine_course
from tests.metrics.science.recorded import build_steady_stream, join_streams

FIRST_RUN = build_steady_stream(3.0, 300)


def test_a_device_pause_with_a_gap_counts_as_paused():
    stream = join_streams(build_steady_stream(3.0, 300), build_steady_stream(3.0, 300, 1, 420, 900))
    assert class_times(*stream, pauses=[(300, 420)]) == [600, 0, 120, 0, 0]


def test_a_pause_of_zero_length_is_ignored():
    assert class_times(*build_steady_stream(3.0, 60), pauses=[(30, 30)]) == [60, 0, 0, 0, 0]


def test_an_interval_that_touches_a_pause_is_not_paused():
    assert class_times(*build_steady_stream(3.0, 60), pauses=[(20, 30)]) == [50, 0, 10, 0, 0]


def test_overlapping_pauses_count_once():
    assert class_times(*build_steady_stream(3.0, 60), pauses=[(10, 30), (20, 40)]) == [30, 0, 30, 0, 0]


def test_samples_that_do_not_advance_in_time_are_dropped():
    assert class_times([0, 1, 1, 2, 1.5, 3], [0, 3, 50, 6, 80, 9]) == [3, 0, 0, 0, 0]


def test_a_distance_that_decreases_counts_as_standing():
    assert class_times([0, 1, 2, 3], [10, 13, 0, 3]) == [2, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("speed", "seconds"),
    [
        (0.894, [60, 0, 0, 0, 0]),
        (0.893, [0, 60, 0, 0, 0]),
        (12.5, [60, 0, 0, 0, 0]),
        (12.6, [0, 0, 0, 0, 60]),
    ],
)
def test_speed_limits_are_inclusive(speed, seconds):
    assert class_times(*build_steady_stream(speed, 60)) == seconds


@pytest.mark.parametrize(
    ("step", "hole", "is_gap"), [(1, 30, False), (1, 31, True), (7, 35, False), (30, 121, True)]
)
def test_the_gap_limit_depends_on_the_sampling_interval(step, hole, is_gap):
    t, d = build_steady_stream(3.0, 60 * step, step)
    gap = class_times([*t, t[-1] + hole], [*d, d[-1]])[3]
    assert bool(gap) is is_gap


def test_a_hole_in_the_distance_is_bridged_at_its_mean_speed():
    d = np.arange(0.0, 603.0, 3.0)
    d[50:100] = np.nan
    bridged = segments(range(201), d)
    assert bridged.class_seconds.tolist() == [200, 0, 0, 0, 0]
    assert bridged.speed_mps == pytest.approx(3.0)
    assert np.flatnonzero(bridged.is_bridged).tolist() == list(range(49, 100))


@pytest.mark.parametrize(
    ("metres", "hole_s", "gap_s"),
    [(107, 120, 120), (108, 120, 0), (840, 120, 0), (841, 120, 120), (1800, 600, 0), (1803, 601, 601)],
    ids=["standing", "slow", "fast", "too fast", "ten minutes", "over ten minutes"],
)
def test_a_hole_is_bridged_up_to_ten_minutes_at_the_speed_of_a_runner(metres, hole_s, gap_s):
    stream = join_streams(FIRST_RUN, build_steady_stream(3.0, 300, 1, 300 + hole_s, 900 + metres))
    assert class_times(*stream) == [600 + hole_s - gap_s, 0, 0, gap_s, 0]


def test_a_pause_in_a_hole_is_no_movement():
    stream = join_streams(FIRST_RUN, build_steady_stream(3.0, 300, 1, 420, 1260))
    assert class_times(*stream, pauses=[(310, 400)]) == [600, 0, 120, 0, 0]


@pytest.mark.parametrize("period", [2, 5, 10, 30])
def test_a_distance_in_stairs_grows_evenly(period):
    t = np.arange(0, 601.0)
    stairs = 1.1 * (t // period) * period
    assert segments(t, stairs).class_seconds.tolist() == [600, 0, 0, 0, 0]
    assert segments(t, stairs).speed_mps == pytest.approx(1.1)


def test_the_recorded_speed_spreads_the_metres_of_a_stair():
    t = np.arange(0, 601.0)
    v = np.where(t < 300, 1.0, 3.0)
    stairs = np.floor(np.concatenate(([0.0], np.cumsum((v[1:] + v[:-1]) / 2)))[(t // 10 * 10).astype(int)])
    found = segments(t, stairs, v)
    assert found.speed_mps == pytest.approx((v[1:] + v[:-1]) / 2, abs=0.16)
    assert found.class_seconds[0] == 600


def test_the_recorded_speed_counts_where_the_distance_stands_at_zero():
    assert segments(range(61), [0.0] * 61, [3.0] * 61).speed_mps == pytest.approx(3.0)


def test_a_stop_of_a_minute_stays_a_stop():
    stood = ([*range(301, 361)], [900.0] * 60)
    stream = join_streams(FIRST_RUN, stood, build_steady_stream(3.0, 300, 1, 361, 903.0))
    assert class_times(*stream) == [601, 60, 0, 0, 0]


def test_a_standing_distance_that_is_made_up_for_in_one_step_is_bridged():
    lost = ([*range(301, 361)], [900.0] * 60)
    stream = join_streams(FIRST_RUN, lost, build_steady_stream(3.0, 300, 1, 361, 1083.0))
    assert class_times(*stream) == [661, 0, 0, 0, 0]


def test_fewer_than_two_samples_have_no_time():
    assert class_times([], []) == [0, 0, 0, 0, 0]
    assert class_times([5], [1]) == [0, 0, 0, 0, 0]
    assert len(moving_series([], [])) == 0


def test_the_moving_axis_reads_the_middle_of_each_second():
    series = moving_series([0, 1.5, 3.0, 4.5], [0, 3, 9, 18])
    assert series == pytest.approx([2, 4, 4, 6])


def test_samples_without_distance_and_speed_count_as_standing():
    assert segments(range(61)).seconds(1) == 60


def test_the_grade_is_the_slope_on_a_hill_and_zero_beyond_it():
    d = np.arange(0, 1001, 5.0)
    slope = grade(d, np.clip(d - 400, 0, 200) * 0.1, 50.0)
    middle = (d[1:] + d[:-1]) / 2
    assert slope[(middle > 430) & (middle < 570)] == pytest.approx(0.1)
    assert slope[(middle < 370) | (middle > 630)] == pytest.approx(0.0)


def test_the_grade_is_clamped_and_needs_fifteen_metres():
    d = np.arange(0, 201, 5.0)
    assert grade(d, d.copy(), 50.0).max() == 0.45
    assert (grade(d[:3], d[:3], 50.0) == 0).all()


def test_a_course_needs_two_altitudes_for_a_grade():
    d = np.arange(0, 201, 5.0)
    assert (grade(d, np.full(len(d), np.nan)) == 0).all()


@pytest.mark.parametrize(
    ("altitudes", "step", "gain", "loss"),
    [
        ([100, 101, 100, 101, 100], 2.0, 0, 0),
        ([100, 103, 100, 103], 2.0, 6, 3),
        ([100, 150, 140, 190], 10.0, 100, 10),
        ([100, 150, 141, 190], 10.0, 90, 0),
        ([100, 100, 100], 2.0, 0, 0),
        ([], 2.0, 0, 0),
    ],
)
def test_elevation_gain_counts_only_climbs_of_the_step_or_more(altitudes, step, gain, loss):
    assert elevation_gain_loss(np.asarray(altitudes, dtype=float), step) == (gain, loss)


def test_impossible_heart_rates_and_short_holes_are_interpolated():
    pulse = np.array([140, 0, 150, 250, 210, 29, 160.0])
    assert clean_hr(np.arange(7.0), pulse, hr_max_bpm=190) == pytest.approx(
        [140, 145, 150, 152.5, 155, 157.5, 160]
    )


def test_a_heart_rate_hole_above_10_seconds_stays_missing():
    pulse = np.array([140, np.nan, 150.0])
    assert np.isnan(clean_hr(np.array([0, 5, 11.0]), pulse)[1])
    assert clean_hr(np.array([0, 5, 10.0]), pulse)[1] == pytest.approx(145)


def test_resting_heart_rate_is_a_median_or_a_default_with_a_warning():
    assert resting_hr([90] * 10 + [50, 51, 49, 200] * 4).value == 50
    assert resting_hr([]).warnings == ("hr_rest_default",)


def test_a_degree_on_the_equator_is_111_km():
    assert haversine_course(np.zeros(2), np.array([0.0, 1.0]))[1] == pytest.approx(111_195.08, abs=0.01)


def test_a_missing_position_has_no_distance():
    course = haversine_course(np.array([0, np.nan, 0.0]), np.array([0, np.nan, 1.0]))
    assert np.isnan(course[1])
    assert course[2] == pytest.approx(111_195.08, abs=0.01)
