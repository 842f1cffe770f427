"""The fastest parts of a run."""

import numpy as np
import pytest

from metrics.science.best_efforts import best_efforts, fastest_window, race_vdot
from metrics.science.streams import MovingAxis, segments
from metrics.science.vdot import vdot
from tests.metrics.science.recorded import build_steady_stream, join_streams

NO_BREAKS = np.empty(0)


def find_efforts(t, d, pauses=()):
    intervals = segments(t, d, pauses=pauses)
    axis = MovingAxis(intervals)
    return {effort.distance_m: effort for effort in best_efforts(axis, axis.read(intervals.speed_mps))}


def test_every_distance_that_the_run_reaches_has_an_effort():
    assert list(find_efforts(*build_steady_stream(4.0, 1250))) == [400, 800, 1000, 1609.344, 3000, 5000]


def test_the_fastest_kilometre_is_found_at_its_place():
    stream = join_streams(
        build_steady_stream(3.0, 600),
        build_steady_stream(5.0, 199, 1, 601, 1805.0),
        build_steady_stream(3.0, 600, 1, 801, 2803.0),
    )
    fastest = find_efforts(*stream)[1000]
    assert fastest.duration_s == pytest.approx(200)
    assert fastest.start_s == 600


def test_a_window_can_end_between_two_seconds():
    window = fastest_window(np.full(200, 3.0), 400.0, NO_BREAKS)
    assert window == pytest.approx((400 / 3, 0))


def test_a_window_with_a_gap_or_glitch_inside_does_not_count():
    t = list(range(1001))
    efforts = find_efforts(t, [4.0 * s + (400 if s >= 500 else 0) for s in t])
    assert efforts[1609.344].duration_s == pytest.approx(1609.344 / 4)
    assert 3000 not in efforts


def test_a_stop_adds_elapsed_time_only():
    stream = join_streams(build_steady_stream(4.0, 500), build_steady_stream(4.0, 500, 1, 620, 2000.0))
    effort = find_efforts(*stream, pauses=[(500, 620)])[3000]
    assert effort.duration_s == pytest.approx(750)
    assert effort.elapsed_s == pytest.approx(870)


def test_an_effort_above_vdot_90_is_discarded():
    assert 5000 not in find_efforts(*build_steady_stream(7.2, 800))
    assert 5000 in find_efforts(*build_steady_stream(6.5, 800))


def test_race_vdot_is_the_highest_of_the_race_and_its_efforts_from_1500_metres():
    assert race_vdot((), 10_000, 2400) == pytest.approx(51.9, abs=0.05)
    best = find_efforts(*build_steady_stream(4.4, 1300))
    assert race_vdot(tuple(best.values()), 10_000, 2400) == vdot(5000, best[5000].elapsed_s)
    assert race_vdot((), None, 2400) is None
