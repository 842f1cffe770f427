"""Repetitions are found in 30 built sessions, and none in runs without."""

from __future__ import annotations

from typing import Any

import pytest

from metrics.science.intervals.clock import ClockRun, read_clock_run
from metrics.science.intervals.repetitions import Intervals, find_intervals
from metrics.science.track import read_track
from tests.metrics.science.intervals.built_sessions import (
    BuiltSession,
    Piece,
    build_session,
    repeat,
    run_distance,
)

WARM_UP: Piece = ("easy", 900, 2.8)
COOL_DOWN: Piece = ("easy", 600, 2.7)
LADDER_M = (400, 800, 1200, 1600, 1200, 800, 400)
PYRAMID_S = (60, 120, 180, 240, 180, 120, 60)
FARTLEK_S = ((60, 90), (180, 120), (45, 60), (240, 150), (90, 60), (120, 120), (30, 45), (300, 180))
LEAST_OVERLAP = 0.8  # of the repetition and what was found, together


def jog(seconds: float, mps: float = 2.5) -> Piece:
    return "easy", seconds, mps


def stand(seconds: float) -> Piece:
    return "stand", seconds, 0.0


def pause(seconds: float) -> Piece:
    return "pause", seconds, 0.0


SETS: dict[str, list[Piece]] = {
    "6 × 800, jog": repeat(6, run_distance(800, 4.4), jog(150)),
    "6 × 800, standing": repeat(6, run_distance(800, 4.4), stand(120)),
    "6 × 800, watch paused": repeat(6, run_distance(800, 4.4), pause(120)),
    "10 × 400, standing": repeat(10, run_distance(400, 4.8), stand(75)),
    "10 × 400, jog": repeat(10, run_distance(400, 4.8), jog(90)),
    "5 × 1000, jog": repeat(5, run_distance(1000, 4.3), jog(180)),
    "5 × 1000, standing": repeat(5, run_distance(1000, 4.3), stand(150)),
    "5 × 1000, slow": repeat(5, run_distance(1000, 3.5), jog(180, 2.0)),
    "5 × 1000, quick rests": repeat(5, run_distance(1000, 4.3), jog(200, 3.4)),
    "ladder, jog": [piece for metres in LADDER_M for piece in (run_distance(metres, 4.3), jog(120))],
    "ladder, standing": [piece for metres in LADDER_M for piece in (run_distance(metres, 4.3), stand(120))],
    "pyramid": [piece for work_s in PYRAMID_S for piece in (("work", work_s, 4.3), jog(work_s / 2 + 30))],
    "3 × 10 min tempo": repeat(3, ("work", 600, 3.8), jog(120, 2.8)),
    "2 × 20 min": repeat(2, ("work", 1200, 3.7), jog(180, 2.8)),
    "4 × 2 km": repeat(4, run_distance(2000, 3.9), jog(150)),
    "20 × 30 s / 30 s": repeat(20, ("work", 30, 4.9), jog(30, 2.6)),
    "16 × 40 s / 20 s": repeat(16, ("work", 40, 4.8), jog(20, 2.6)),
    "12 × 1 min / 1 min": repeat(12, ("work", 60, 4.6), jog(60, 2.7)),
    "15 × 1 min, walk": repeat(15, ("work", 60, 4.5), jog(60, 1.5)),
    "8 short hills": [("work", 60, 3.6), ("back", 75, 2.6)] * 8,
    "5 long hills": [("work", 180, 3.3), ("back", 200, 2.6)] * 5,
    "10 hills as slow up as down": [("work", 60, 2.7), ("back", 75, 2.7)] * 10,
    "fartlek": [piece for work_s, easy_s in FARTLEK_S for piece in (("work", work_s, 4.2), jog(easy_s, 2.9))],
    "6 strides": [jog(1500, 2.9), *repeat(6, ("work", 20, 5.2), jog(70))],
    "8 × 3 min on rolling ground": repeat(8, ("work", 180, 4.3), jog(120)),
    "12 × 200, standing": repeat(12, run_distance(200, 5.4), stand(60)),
    "4 miles, short rests": repeat(4, run_distance(1609, 4.0), stand(60)),
    "3 × (4 × 400)": [*repeat(4, run_distance(400, 4.9), jog(60)), jog(240)] * 3,
    "tempo and strides": [
        *repeat(3, ("work", 480, 3.9), jog(120, 2.8)),
        jog(240),
        *repeat(6, ("work", 20, 5.3), jog(60)),
    ],
    "7 × 1200, poor reception": repeat(7, run_distance(1200, 4.2), jog(150)),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "8 × 3 min on rolling ground": {"hills": 0.03},
    "8 short hills": {"climbs": True},
    "5 long hills": {"climbs": True},
    "10 hills as slow up as down": {"climbs": True},
    "7 × 1200, poor reception": {"noise": 0.08},
}
WITHOUT: dict[str, list[Piece]] = {
    "steady": [("easy", 3600, 3.2)],
    "race": [("easy", 2600, 4.5)],
    "progressive in steps": [("easy", 600, 2.6 + 0.2 * step) for step in range(8)],
    "progressive": [("easy", 60, 2.6 + 0.02 * minute) for minute in range(80)],
    "slower and slower": [("easy", 300, 3.6 - 0.05 * part) for part in range(20)],
    "second half faster": [("easy", 2400, 3.1), ("easy", 2400, 3.5)],
    "traffic lights": [
        piece for length in (400, 700, 300, 900, 500, 350) for piece in (jog(length, 3.2), stand(40))
    ],
    "walks": [piece for length in (1800, 1500, 1300, 900) for piece in (jog(length, 3.0), jog(90, 1.4))],
    "watch paused": [piece for length in (1000, 400, 1900) for piece in (jog(length, 3.2), pause(120))],
    "one tempo": [WARM_UP, ("easy", 1200, 3.9), COOL_DOWN],
}


def read_clock(session: BuiltSession) -> ClockRun:
    track = read_track(session.samples, session.pauses, "run")
    assert track is not None
    return read_clock_run(track, 100.0)


def find_in(session: BuiltSession) -> Intervals | None:
    return find_intervals(read_clock(session), ())


def measure_overlap(one: tuple[float, float], other: tuple[float, float]) -> float:
    return (min(one[1], other[1]) - max(one[0], other[0])) / (max(one[1], other[1]) - min(one[0], other[0]))


def test_at_least_95_percent_of_the_repetitions_of_30_sessions_are_found():
    assert len(SETS) == 30
    right = total = false = 0
    for seed, (name, pieces) in enumerate(SETS.items()):
        session = build_session([WARM_UP, *pieces, COOL_DOWN], seed, **OPTIONS.get(name, {}))
        found = find_in(session)
        spans = [(one.start_s, one.end_s) for one in found.repetitions] if found else []
        hits = sum(
            any(measure_overlap(work, span) >= LEAST_OVERLAP for span in spans) for work in session.work
        )
        right, total, false = right + hits, total + len(session.work), false + len(spans) - hits
    assert right >= 0.95 * total
    assert false <= 0.02 * total


@pytest.mark.parametrize("name", WITHOUT)
def test_runs_without_repetitions_have_none(name: str):
    tried: list[dict[str, Any]] = [{}, {"hills": 0.03}, {"noise": 0.06}]
    for seed, options in enumerate(tried):
        assert find_in(build_session(WITHOUT[name], seed, **options)) is None, options


def test_edges_are_right_to_a_few_seconds():
    session = build_session([WARM_UP, *SETS["10 × 400, standing"], COOL_DOWN], 5)
    found = find_in(session)
    assert found is not None
    assert found.method == "speed"
    for (start_s, end_s), one in zip(session.work, found.repetitions, strict=True):
        assert one.start_s == pytest.approx(start_s, abs=4)
        assert one.end_s == pytest.approx(end_s, abs=4)
        assert one.distance_m == pytest.approx(400, rel=0.06)
        assert (one.max_hr_bpm or 0) > (one.avg_hr_bpm or 999)
    rests_s = [one.rest_s for one in found.repetitions]
    assert rests_s[:-1] == pytest.approx([75] * 9, abs=6)
    assert rests_s[-1] is None
