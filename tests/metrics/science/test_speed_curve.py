"""The best mean speeds of a run by the clock, level and graded."""

import random

import numpy as np
import pytest

from metrics.science.speed_curve import CURVE_DURATIONS_S, speed_curve
from metrics.science.streams import segments
from tests.metrics.science.recorded import build_steady_stream, join_streams


def find_curve(t, d, pauses=(), factor=None):
    curve = speed_curve(segments(t, d, pauses=pauses), factor)
    return dict(zip(CURVE_DURATIONS_S, curve.tolist(), strict=True))


def test_a_steady_run_has_its_speed_up_to_its_length():
    curve = find_curve(*build_steady_stream(4.0, 1250))
    known = [seconds for seconds, speed in curve.items() if not np.isnan(speed)]
    assert known == [seconds for seconds in CURVE_DURATIONS_S if seconds <= 1250]
    assert [curve[seconds] for seconds in known] == pytest.approx([4.0] * len(known))


def test_the_fastest_five_minutes_are_found():
    stream = join_streams(
        build_steady_stream(3.0, 600),
        build_steady_stream(5.0, 299, 1, 601, 1805.0),
        build_steady_stream(3.0, 600, 1, 901, 3303.0),
    )
    curve = find_curve(*stream)
    assert curve[300] == pytest.approx(5.0)
    assert curve[600] == pytest.approx((300 * 5 + 300 * 3) / 600)


def test_the_curve_is_that_of_all_windows_tried_one_by_one():
    random.seed(3)
    t, d = [0], [0.0]
    for _ in range(400):
        step = random.choice((1, 1, 1, 2, 5))
        t.append(t[-1] + step)
        d.append(d[-1] + step * random.uniform(2.0, 6.0))
    curve = find_curve(t, d)
    course = np.interp(np.arange(t[-1] + 1), t, d)
    for seconds in (1, 5, 60, 300, 600):
        best = max(course[at + seconds] - course[at] for at in range(len(course) - seconds))
        assert curve[seconds] == pytest.approx(best / seconds)


def test_stops_and_pauses_inside_count():
    stream = join_streams(build_steady_stream(4.0, 300), build_steady_stream(4.0, 300, 1, 420, 1200.0))
    for pauses in ([(300, 420)], []):
        curve = find_curve(*stream, pauses=pauses)
        assert curve[300] == pytest.approx(4.0)
        assert curve[720] == pytest.approx(2400 / 720)


def test_a_window_with_a_glitch_does_not_count():
    t = list(range(1001))
    curve = find_curve(t, [4.0 * s + (400 if s >= 500 else 0) for s in t])
    assert curve[480] == pytest.approx(4.0)
    assert np.isnan(curve[600])


def test_a_speed_no_human_runs_is_left_out():
    curve = find_curve(*build_steady_stream(8.0, 1200))
    assert curve[20] == pytest.approx(8.0)
    assert np.isnan(curve[600])


def test_the_graded_curve_multiplies_each_interval():
    t, d = build_steady_stream(3.0, 600)
    factor = np.where(np.arange(600) < 300, 1.3, 1.0)
    curve = find_curve(t, d, factor=factor)
    assert (curve[300], curve[600]) == pytest.approx((3.9, 3.45))


def test_twice_the_time_is_never_faster():
    random.seed(5)
    d = np.cumsum([0.0, *(random.uniform(1.0, 6.0) for _ in range(4000))]).tolist()
    curve = find_curve(list(range(4001)), d)
    for seconds in CURVE_DURATIONS_S:
        if 2 * seconds in curve and not np.isnan(curve[2 * seconds]):
            assert curve[2 * seconds] <= curve[seconds] + 1e-9


def test_a_recording_that_lasts_for_weeks_has_no_curve():
    t, d = build_steady_stream(3.0, 100)
    assert np.isnan(speed_curve(segments([*t, 20 * 86_400.0], [*d, 300.0]))).all()
