"""The fastest parts of a run."""

import pytest

from metrics.science.best_efforts import best_efforts, race_vdot
from metrics.science.streams import segments
from metrics.science.vdot import vdot
from tests.metrics.science.recorded import build_steady_stream, join_streams


def find_efforts(t, d, pauses=()):
    return {effort.distance_m: effort for effort in best_efforts(segments(t, d, pauses=pauses))}


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
    effort = find_efforts(*build_steady_stream(3.0, 200))[400]
    assert (effort.duration_s, effort.start_s) == pytest.approx((400 / 3, 0))


def test_a_window_can_begin_between_two_samples():
    times = [0, 30, 60, 90, 120, 150, 180, 210, 240]
    effort = find_efforts(times, [0.0, 90.0, 180.0, 300.0, 420.0, 540.0, 660.0, 780.0, 900.0])[800]
    assert (effort.start_s, effort.duration_s) == pytest.approx((100 / 3, 240 - 100 / 3))


def test_a_window_with_a_gap_or_glitch_inside_does_not_count():
    t = list(range(1001))
    efforts = find_efforts(t, [4.0 * s + (400 if s >= 500 else 0) for s in t])
    assert efforts[1609.344].duration_s == pytest.approx(1609.344 / 4)
    assert 3000 not in efforts


def test_stops_and_pauses_inside_count():
    stream = join_streams(build_steady_stream(4.0, 500), build_steady_stream(4.0, 500, 1, 620, 2000.0))
    for pauses in ([(500, 620)], []):
        effort = find_efforts(*stream, pauses=pauses)[3000]
        assert effort.duration_s == pytest.approx(870)
        assert effort.start_s == pytest.approx(0)


def test_standing_before_and_after_an_effort_does_not_count():
    stream = join_streams(build_steady_stream(4.0, 100), build_steady_stream(4.0, 250, 1, 200, 400.0))
    effort = find_efforts(*stream, pauses=[(100, 200)])[1000]
    assert (effort.start_s, effort.duration_s) == pytest.approx((200, 250))


@pytest.mark.parametrize(("hole_s", "counts"), [(60, True), (61, False)])
def test_an_effort_holds_at_most_sixty_seconds_of_holes(hole_s, counts):
    after = 300 + hole_s
    stream = join_streams(
        build_steady_stream(3.0, 300), build_steady_stream(3.0, 300, 1, after, 900.0 + 3.0 * hole_s)
    )
    assert (1609.344 in find_efforts(*stream)) is counts


def test_an_effort_above_vdot_90_is_discarded():
    assert 5000 not in find_efforts(*build_steady_stream(7.2, 800))
    assert 5000 in find_efforts(*build_steady_stream(6.5, 800))


def test_race_vdot_is_the_highest_of_the_race_and_its_efforts_from_1500_metres():
    assert race_vdot((), 10_000, 2400) == pytest.approx(51.9, abs=0.05)
    best = find_efforts(*build_steady_stream(4.4, 1300))
    assert race_vdot(tuple(best.values()), 10_000, 2400) == vdot(5000, best[5000].duration_s)
    assert race_vdot((), None, 2400) is None
