"""Two recordings are of one activity if they overlap in time and their sports agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.storage.identity import RecordedSpan, find_known_sports
from tests.support.recordings import MORNING

HOUR_S = 3_600.0


def build_span(start_s: float, elapsed_s: float, *sports: str) -> RecordedSpan:
    start = MORNING + timedelta(seconds=start_s)
    return RecordedSpan(start, elapsed_s, find_known_sports(*(sports or ("run",))))


HOUR = build_span(0, HOUR_S)


@pytest.mark.parametrize(
    ("start_s", "elapsed_s", "is_same"),
    [
        (0, HOUR_S, True),
        (720, HOUR_S, True),  # 80 % of both
        (721, HOUR_S, False),
        (-720, HOUR_S, True),
        (0, 2_160, True),  # 60 % of the longer
        (0, 2_159, False),
        (0, 6_000, True),  # the other is the longer one
        (0, 6_001, False),
        (-2_400, 6_000, True),
        (HOUR_S, HOUR_S, False),  # back to back
        (HOUR_S - 10, HOUR_S, False),
        (2 * HOUR_S, HOUR_S, False),
        (0, 0, False),
    ],
)
def test_overlap_of_80_and_60_percent_is_one_activity(start_s: float, elapsed_s: float, is_same: bool):
    other = build_span(start_s, elapsed_s)
    assert HOUR.is_same_activity(other) == other.is_same_activity(HOUR) == is_same


@pytest.mark.parametrize(
    ("sports", "is_same"),
    [
        (("run",), True),
        (("bike",), False),
        (("workout",), True),  # unknown
        (("walk", "run"), True),  # corrected by a person
        (("walk", "workout"), False),  # a person said what the device did not know
    ],
)
def test_sports_must_be_equal_or_one_unknown(sports: tuple[str, ...], is_same: bool):
    assert HOUR.is_same_activity(build_span(0, HOUR_S, *sports)) == is_same


def test_two_unknown_sports_can_be_one_activity():
    unknown = build_span(0, HOUR_S, "workout")
    assert unknown.is_same_activity(unknown)


@given(st.integers(0, 20_000), st.integers(-20_000, 20_000), st.integers(0, 20_000))
def test_possible_starts_leave_no_same_activity_out(elapsed_s: int, start_s: int, other_s: int):
    span, other = build_span(0, elapsed_s), build_span(start_s, other_s)
    first, last = span.find_possible_starts()
    assert first <= other.started_at <= last or not span.is_same_activity(other)


def test_a_cropped_recording_is_the_same_as_a_whole_one():
    """A drive home of 40 minutes was cut off."""
    run = replace(build_span(0, 1_200), whole=HOUR)
    assert run.is_same_activity(HOUR)
    assert HOUR.is_same_activity(run)
    assert run.is_same_activity(build_span(0, 1_200))
    assert not run.is_same_activity(build_span(1_200, 1_200))


@given(st.integers(0, 20_000), st.integers(-20_000, 20_000), st.integers(0, 20_000), st.integers(0, 20_000))
def test_possible_starts_leave_no_cropped_activity_out(
    elapsed_s: int, start_s: int, other_s: int, cut_s: int
):
    span, whole = build_span(0, elapsed_s), build_span(start_s, other_s)
    cut_s = min(cut_s, other_s)
    other = replace(build_span(start_s + cut_s, other_s - cut_s), whole=whole)
    for one, another in ((span, other), (other, span)):
        first, last = one.find_possible_starts()
        assert first <= another.started_at <= last or not one.is_same_activity(another)
