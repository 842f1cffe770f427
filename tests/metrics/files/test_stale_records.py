"""Records and stamps of other days in a recording."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.files.stale_records import find_possible_dates
from metrics.recording import Recording
from tests.metrics.files.built_files import (
    DAY_S,
    START,
    STARTED_AT,
    TIMER_STARTS,
    TIMER_STOPS,
    build_fit,
    build_gpx_of_segments,
    build_tcx,
    build_tcx_lap,
    build_tcx_point,
    encode_event,
    encode_records,
    encode_session,
    format_time,
    read_one,
)

RUN = encode_records(range(START, START + 600), [30 + 3 * second for second in range(600)])


def encode_leftover(days: int) -> bytes:
    """Eleven records of another day."""
    start = START + days * DAY_S
    return encode_records(range(start, start + 11), [3 * second for second in range(11)])


def assert_is_the_run(recording: Recording) -> None:
    assert abs((recording.started_at - STARTED_AT).total_seconds()) <= 11
    assert recording.totals.duration_s == pytest.approx(600, abs=11)
    assert recording.totals.elapsed_s == pytest.approx(600, abs=11)
    assert recording.totals.distance_m == pytest.approx(1_800, abs=31)
    assert len(recording.samples) == 600
    assert "stale_records" in recording.warnings


@pytest.mark.parametrize("days", [-400, -40, -6, -1, 1, 6, 60])
def test_records_of_another_day_are_left_out(days: int):
    leftover = encode_leftover(days)
    assert_is_the_run(read_one(build_fit(*([leftover, RUN] if days < 0 else [RUN, leftover]))))


@pytest.mark.parametrize("days", [-40, -6])
def test_a_session_of_the_stale_stamp_is_moved_to_its_records(days: int):
    elapsed_s = 599 - days * DAY_S
    for session in (
        encode_session(START + days * DAY_S, elapsed_s, metres=1_830),
        encode_session(START + days * DAY_S, elapsed_s=610, metres=1_830),
        encode_session(metres=1_797),
    ):
        assert_is_the_run(read_one(build_fit(encode_leftover(days), RUN, session)))


def test_a_session_with_a_stale_start_and_no_stale_record_is_moved_too():
    stale_session = encode_session(START - 6 * DAY_S, 6 * DAY_S + 599, metres=1_797)
    assert_is_the_run(read_one(build_fit(RUN, stale_session)))


def test_a_session_that_starts_before_the_device_knew_the_date_is_moved_too():
    recording = read_one(build_fit(RUN, encode_session(start=5_000, metres=1_797)))
    assert (recording.started_at, recording.totals.duration_s) == (STARTED_AT, 599)
    assert len(recording.samples) == 600


@pytest.mark.parametrize("days", [-5, 5])
def test_a_wrong_date_in_the_middle_costs_only_its_own_records(days: int):
    first = encode_records(range(START, START + 300), range(0, 900, 3))
    wrong = encode_records(range(START + days * DAY_S, START + days * DAY_S + 3), [900, 900, 900])
    last = encode_records(range(START + 300, START + 600), range(900, 1_800, 3))
    assert_is_the_run(read_one(build_fit(first, wrong, last, encode_session())))


def test_two_days_of_a_hike_stay_one_activity_if_the_timer_says_so():
    second = encode_records(range(START + 2 * DAY_S, START + 2 * DAY_S + 600), range(1_800, 3_600, 3))
    elapsed_s = 2 * DAY_S + 599
    stops = encode_event(START, TIMER_STARTS) + encode_event(START + 599, TIMER_STOPS)
    starts = encode_event(START + 2 * DAY_S, TIMER_STARTS)
    for data in (
        build_fit(stops, RUN, starts, second, encode_session(elapsed_s=elapsed_s, timer_s=0)),
        build_fit(RUN, second, encode_session(elapsed_s=elapsed_s, timer_s=1_198)),
    ):
        recording = read_one(data)
        assert recording.warnings == ()
        assert (recording.totals.duration_s, recording.totals.elapsed_s) == (1_198, elapsed_s)
        assert len(recording.samples) == 1_200


@pytest.mark.parametrize("same_segment", [True, False])
def test_points_of_another_day_are_left_out_of_a_gpx_track(same_segment: bool):
    leftover = [((0.0, 0.0), format_time(second - 6 * DAY_S)) for second in range(11)]
    run = [((3.0 * second, 0.0), format_time(second)) for second in range(600)]
    segments = [leftover + run] if same_segment else [leftover, run]
    assert_is_the_run(read_one(build_gpx_of_segments(segments)))


def test_a_gpx_track_of_two_days_in_two_segments_stays():
    days = [
        [((3.0 * second, 0.0), format_time(second + day * DAY_S)) for second in range(600)] for day in (0, 1)
    ]
    recording = read_one(build_gpx_of_segments(days))
    assert (recording.warnings, recording.totals.duration_s) == ((), 1_198)


def test_a_stale_lap_of_a_tcx_file_gives_no_totals():
    points = [build_tcx_point(second - 6 * DAY_S, 3 * second) for second in range(11)]
    points += [build_tcx_point(second, 30 + 3 * second) for second in range(600)]
    stale_lap = build_tcx_lap(
        -6 * DAY_S, "".join(points), TotalTimeSeconds=6 * DAY_S + 599, DistanceMeters=1_830
    )
    recording = read_one(build_tcx(stale_lap, build_tcx_lap(400, TotalTimeSeconds=200)))
    assert_is_the_run(recording)
    assert [lap.start_s for lap in recording.laps] == [400]


def test_stamps_of_less_than_a_day_are_all_possible():
    stamps = STARTED_AT.timestamp() + np.arange(100.0)
    assert find_possible_dates(stamps).all()
    stamps[50] += DAY_S
    assert np.flatnonzero(~find_possible_dates(stamps)).tolist() == [50]
