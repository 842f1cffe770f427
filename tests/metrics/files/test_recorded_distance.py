"""The distance of a recording: stretches that start again, sessions without totals, excursions of GPS."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.files.distance import join_stretches
from metrics.files.fit.message_writer import UINT32
from metrics.files.read import read_recordings
from tests.metrics.files.built_files import (
    RECORD,
    START,
    TIMER_STARTS,
    TIMER_STOPS,
    Place,
    build_fit,
    build_gpx,
    build_gpx_of_segments,
    build_tcx,
    build_tcx_lap,
    build_tcx_point,
    encode_event,
    encode_positions,
    encode_records,
    encode_session,
    format_time,
    read_one,
)
from tests.metrics.files.damaged_files import build_fit_definition

LAP = build_fit_definition(19, (2, 4, UINT32), (7, 4, UINT32), (9, 4, UINT32))
STEADY_M = 3.0 * np.arange(600)


def join_run(distance_m: np.ndarray) -> np.ndarray:
    return join_stretches(distance_m, np.arange(float(len(distance_m))), "run")


def test_a_distance_that_starts_again_is_added_to_the_stretch_before():
    for restart_m in (0, 3):
        distances = [3 * second for second in range(300)]
        distances += [3 * second + restart_m for second in range(300)]
        records = encode_records(range(START, START + 600), distances)
        recording = read_one(build_fit(records, encode_session()))
        assert recording.totals.distance_m == 1_797
        assert (np.diff(recording.samples.distance_m) == 3).all()


def test_a_tcx_distance_that_starts_again_is_added_too():
    track = "".join(build_tcx_point(second, 3 * (second % 300) + 3) for second in range(600))
    assert read_one(build_tcx(build_tcx_lap(0, track))).samples.distance_m[-1] == 1_800


def test_a_stretch_of_another_level_adds_its_own_metres_only():
    joined = join_run(np.concatenate([5_000 + STEADY_M, 2_000 + STEADY_M]))
    assert joined[-1] - joined[0] == 2 * 1_797 + 3


def test_wobbles_of_a_few_metres_do_not_add_up():
    wobbling = STEADY_M + np.random.default_rng(1).uniform(-5, 5, 600)
    assert join_run(np.maximum(wobbling, 0))[-1] == pytest.approx(1_797, abs=5)


@pytest.mark.parametrize("back_m", [9, 20, 45])
def test_a_step_back_is_no_standing(back_m: int):
    joined = join_run(STEADY_M - back_m * (np.arange(600) // 100))
    known = np.flatnonzero(np.isfinite(joined))
    assert (np.diff(joined[known]) / np.diff(known)).min() > 1
    assert joined[known[-1]] == pytest.approx(1_797 - 5 * back_m, abs=back_m)


@pytest.mark.parametrize("level_m", [0.0, 90_000.0], ids=["a dip", "a spike"])
@pytest.mark.parametrize("rows", [1, 50])
def test_readings_of_another_level_that_return_are_dropped(level_m: float, rows: int):
    odd = STEADY_M.copy()
    odd[300 : 300 + rows] = level_m + np.arange(rows)
    joined = join_run(odd)
    assert joined[-1] == 1_797
    assert np.isnan(joined[300 : 300 + rows]).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(10, 120), min_size=1, max_size=6))
def test_stretches_have_the_length_of_all_of_them(rows: list[int]):
    joined = join_run(np.concatenate([STEADY_M[:count] for count in rows]))
    assert (np.diff(joined) == 3).all()


def test_a_watch_that_was_restarted_after_a_break_adds_nothing_for_the_break():
    time_s = np.concatenate([np.arange(300.0), np.arange(900.0, 1_200.0)])
    joined = join_stretches(np.concatenate([STEADY_M[:300], STEADY_M[:300]]), time_s, "run")
    assert joined[-1] == 2 * 897


def test_a_session_without_a_total_has_the_distance_of_its_own_records():
    records = encode_records(range(START, START + 1_200), [3 * second for second in range(1_200)])
    second_session = encode_session(START + 600)
    first, second = [
        recording.totals.distance_m
        for recording in read_recordings(build_fit(records, encode_session(metres=1_800), second_session))
    ]
    assert (first, second) == (1_800, 1_797)


def run_north(rows: int = 600, shift: tuple[range, Place] | None = None) -> list[Place]:
    """Places of a run at 3 m/s. In the rows of `shift` they are moved."""
    places = [(3.0 * row, 0.0) for row in range(rows)]
    if shift is not None:
        for row in shift[0]:
            places[row] = (places[row][0] + shift[1][0], places[row][1] + shift[1][1])
    return places


def encode_track(places: list[Place], kind: str = "running", seconds: int = 1) -> bytes:
    return build_gpx(((place, format_time(seconds * row)) for row, place in enumerate(places)), kind)


@pytest.mark.parametrize("kind", ["running", "walking", "", "cycling"])
@pytest.mark.parametrize("rows", [range(300, 301), range(300, 330), range(200, 400)], ids=len)
def test_an_excursion_of_the_receiver_is_bridged(kind: str, rows: range):
    recording = read_one(encode_track(run_north(shift=(rows, (500.0, 2_000.0))), kind))
    assert recording.totals.distance_m == pytest.approx(1_797, rel=0.01)
    assert recording.warnings == ("gps_glitch",)
    assert np.isnan(recording.samples.latitude_deg[rows.start])
    assert np.isfinite(recording.samples.distance_m).all()


@settings(max_examples=40, deadline=None)
@given(
    start=st.integers(20, 500),
    rows=st.integers(1, 80),
    east_m=st.one_of(st.floats(-60_000, -150), st.floats(150, 60_000)),
    seconds=st.sampled_from([1, 2, 5]),
)
def test_every_excursion_leaves_the_distance_within_one_percent(
    start: int, rows: int, east_m: float, seconds: int
):
    places = [(seconds * north, east) for north, east in run_north(600)]
    for row in range(start, start + rows):
        places[row] = (places[row][0], east_m)
    recording = read_one(encode_track(places, seconds=seconds))
    assert recording.totals.distance_m == pytest.approx(1_797 * seconds, rel=0.01)


def test_a_frozen_receiver_and_one_that_jumps_about_are_bridged():
    frozen, wild = run_north(), run_north()
    random = np.random.default_rng(5)
    for row in range(200, 210):
        wild[row] = tuple(random.uniform(-3_000, 3_000, 2))
    for row in range(200, 400):
        frozen[row] = (600.0, 1_100.0)
    for places in (frozen, wild):
        assert read_one(encode_track(places)).totals.distance_m == pytest.approx(1_797, rel=0.01)


def test_a_wrong_first_fix_is_dropped():
    recording = read_one(encode_track(run_north(shift=(range(3), (0.0, 5_000.0)))))
    assert recording.totals.distance_m == pytest.approx(1_797, rel=0.01)


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_way_between_excursions_is_none(seed: int):
    """One at the start, two later, one at the end, each to another place."""
    places = run_north(1_801)
    for rows in (range(3), range(700, 703), range(1_100, 1_103), range(1_798, 1_801)):
        north, east = np.random.default_rng(seed * rows.start).uniform(-3_000, 3_000, 2)
        for row in rows:
            places[row] = (places[row][0] + north, east)
    recording = read_one(encode_track(places))
    assert recording.totals.distance_m == pytest.approx(5_400, rel=0.01)
    assert recording.warnings == ("gps_glitch",)


def test_a_change_of_place_that_nobody_runs_does_not_count():
    points = [(place, row + 300 * (row >= 300)) for row, place in enumerate(run_north())]
    moved = [((north, 8_000.0 * (at >= 600)), format_time(at)) for (north, _), at in points]
    recording = read_one(build_gpx(moved))
    assert recording.totals.distance_m == pytest.approx(1_794, abs=5)
    assert recording.warnings == ("gps_glitch",)


@pytest.mark.parametrize("paused_s", [1, 100])
def test_the_way_in_a_pause_does_not_count(paused_s: int):
    moved = run_north(shift=(range(300, 600), (0.0, 800.0)))
    stop = encode_event(START + 299, TIMER_STOPS)
    start = encode_event(START + 299 + paused_s, TIMER_STARTS)
    recording = read_one(build_fit(encode_positions(moved), stop, start, encode_session()))
    assert recording.totals.distance_m == pytest.approx(1_797 - 3 * paused_s, abs=3)
    assert recording.warnings == ()


def test_laps_give_the_distance_that_neither_session_nor_records_have():
    indoors = RECORD + b"".join(
        struct.pack("<BIBIii", 0, START + second, 150, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF)
        for second in range(600)
    )
    laps = b"".join(
        LAP + struct.pack("<BIII", 0, START + second, 300_000, 100 * metres)
        for second, metres in ((0, 900), (300, 1_000))
    )
    assert read_one(build_fit(indoors, laps, encode_session())).totals.distance_m == 1_900


def test_a_change_of_place_that_stays_is_no_excursion():
    places = run_north(shift=(range(300, 600), (0.0, 3_000.0)))
    times = [format_time(row + (900 if row >= 300 else 0)) for row in range(600)]
    points = list(zip(places, times, strict=True))
    assert read_one(build_gpx(points)).warnings == ()
    in_segments = read_one(build_gpx_of_segments([points[:300], points[300:]]))
    assert (in_segments.warnings, round(in_segments.totals.distance_m or 0)) == ((), 1_794)


def test_a_sprint_and_a_turn_are_no_excursion():
    north = np.cumsum(np.where(np.arange(600) % 60 < 15, 8.0, 2.0))
    places = [(float(abs(metres - 900)), 0.0) for metres in north]
    recording = read_one(encode_track(places))
    assert recording.warnings == ()
    assert recording.totals.distance_m == pytest.approx(north[-1] - north[0], rel=0.01)


def test_a_fit_file_without_a_distance_is_mended_and_a_total_of_the_device_is_only_warned():
    shifted = run_north(shift=(range(100, 105), (0.0, 5_000.0)))
    mended = read_one(build_fit(encode_positions(shifted), encode_session()))
    assert mended.totals.distance_m == pytest.approx(1_797, rel=0.01)
    assert mended.warnings == ("gps_glitch",)
    jumping = [3 * row + 5_000 * (row >= 100) + 5_000 * (row >= 105) for row in range(600)]
    kept = read_one(build_fit(encode_positions(shifted, jumping), encode_session(metres=11_797)))
    assert (kept.totals.distance_m, kept.warnings) == (11_797, ("gps_glitch",))
    right = read_one(build_fit(encode_positions(shifted, STEADY_M), encode_session(metres=1_797)))
    assert (right.totals.distance_m, right.warnings) == (1_797, ())
