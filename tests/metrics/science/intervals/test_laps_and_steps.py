"""Pressed laps and planned steps say where a repetition begins and ends, if they fit."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.recording import Lap
from metrics.science.intervals.repetitions import Intervals, find_intervals
from metrics.science.intervals.steps import SessionPart, TargetBand
from metrics.science.pace import METRES_PER_MILE
from tests.metrics.science.intervals.built_sessions import BuiltSession, Piece, build_session, repeat
from tests.metrics.science.intervals.test_built_sessions import COOL_DOWN, WARM_UP, jog, read_clock

REPETITIONS: list[Piece] = [WARM_UP, *repeat(5, ("work", 240, 4.2), jog(120)), COOL_DOWN]
FAST = TargetBand("pace", 4.0, 4.4)
WORK, JOG = SessionPart(True, duration_s=240, band=FAST), SessionPart(False, duration_s=120)
FIVE_TIMES = (SessionPart(False, duration_s=900), *[WORK, JOG] * 4, WORK, SessionPart(False))


@pytest.fixture(scope="module")
def session() -> BuiltSession:
    return build_session(REPETITIONS, 3)


def find(session: BuiltSession, laps: tuple[Lap, ...] = (), parts: tuple[SessionPart, ...] = ()) -> Intervals:
    found = find_intervals(read_clock(session), laps, parts)
    assert found is not None
    return found


def test_laps_near_the_repetitions_take_their_place(session: BuiltSession):
    found = find(session, session.press_laps(late_s=2.0))
    assert found.method == "laps"
    assert [one.start_s for one in found.repetitions] == [start + 2 for start, _ in session.work]
    assert {one.duration_s for one in found.repetitions} == {240.0}


@pytest.mark.parametrize("length_m", [1000.0, METRES_PER_MILE])
def test_automatic_laps_are_no_repetitions(session: BuiltSession, length_m: float):
    course, time_s = session.samples.distance_m, session.samples.time_s
    at = np.interp(np.arange(0, course[-1], length_m), course, time_s).tolist()
    laps = tuple(Lap(start, end - start, distance_m=length_m) for start, end in zip(at, at[1:], strict=False))
    assert find(session, laps).method == "speed"


def test_steps_are_matched_with_laps_of_the_same_places(session: BuiltSession):
    found = find(session, session.press_laps(), FIVE_TIMES)
    assert found.method == "steps"
    assert [one.start_s for one in found.repetitions] == [start for start, _ in session.work]
    assert [one.match.place for one in found.repetitions if one.match] == [1, 3, 5, 7, 9]
    assert all(one.in_target for one in found.repetitions)
    assert all(120 < (one.in_target_s or 0) <= 240 for one in found.repetitions)
    assert found.missed == ()


def test_steps_are_matched_with_repetitions_without_laps(session: BuiltSession):
    too_fast = TargetBand("pace", 4.6, 5.0)
    parts = tuple(
        SessionPart(part.is_work, part.duration_s, band=too_fast if part.is_work else None)
        for part in FIVE_TIMES
    )
    found = find(session, (), parts)
    assert found.method == "steps"
    assert [one.in_target for one in found.repetitions] == [False] * 5
    assert max(one.in_target_s or 0 for one in found.repetitions) < 60


def test_a_step_that_was_left_out_is_missed(session: BuiltSession):
    parts = (*FIVE_TIMES[:-1], JOG, SessionPart(True, duration_s=60), SessionPart(False))
    found = find(session, (), parts)
    assert [one.place for one in found.missed] == [11]
    assert len(found.repetitions) == 5


def test_one_planned_tempo_is_found():
    session = build_session([WARM_UP, ("work", 1200, 3.9), COOL_DOWN], 4)
    parts = (SessionPart(False), SessionPart(True, duration_s=1200), SessionPart(False))
    (tempo,) = find(session, (), parts).repetitions
    assert tempo.duration_s == pytest.approx(1200, abs=10)
    assert tempo.in_target is None


def test_steps_of_another_session_do_not_hide_what_was_done(session: BuiltSession):
    parts = (SessionPart(False), *[SessionPart(True, duration_s=30), SessionPart(False, duration_s=30)] * 12)
    found = find(session, (), parts)
    assert found.method == "speed"
    assert len(found.repetitions) == 5


def test_a_target_of_heart_rate_is_compared_in_whole_beats(session: BuiltSession):
    band = TargetBand("heart_rate", 160, 180)
    parts = tuple(
        SessionPart(part.is_work, part.duration_s, band=band if part.is_work else None) for part in FIVE_TIMES
    )
    found = find(session, (), parts)
    for one in found.repetitions:
        assert one.in_target is bool(160 <= np.floor((one.avg_hr_bpm or 0) + 0.5) <= 180)
        assert one.in_target_s is not None
        assert 0 < one.in_target_s < one.duration_s
