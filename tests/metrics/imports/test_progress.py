"""The share of an import is a share of its time, and is right from a tenth on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from metrics.imports.files.progress import (
    LONG_PLANNING_SHARE,
    PLANNING_SHARE,
    TimeEstimate,
    WorkState,
    choose_planning_share,
    estimate_time,
)

WORK = 60_000_000
NEW = WorkState(0.0, False, 0.0, 0.0, 0, 0)


def at(seconds: float, planning_s: float, speed: float) -> WorkState:
    """An import that does `speed` bytes a second after planning."""
    done = int(max(0.0, seconds - planning_s) * speed)
    return WorkState(1.0, True, planning_s, seconds, min(done, WORK), WORK)


@pytest.mark.parametrize("planning_s", [0.5, 60.0])
@pytest.mark.parametrize("speed", [300_000.0, 1_500_000.0, 6_000_000.0])
def test_the_share_is_right_within_a_tenth_of_the_time(planning_s: float, speed: float):
    total_s = planning_s + WORK / speed
    for tenth in range(1, 11):
        seconds = total_s * tenth / 10
        if seconds > planning_s:
            assert estimate_time(at(seconds, planning_s, speed)).share == pytest.approx(tenth / 10, abs=0.1)


def test_the_seconds_that_are_left_follow_the_own_speed():
    assert estimate_time(at(30, 0.0, 1_000_000.0)).seconds_left == pytest.approx(30, rel=0.02)


def test_a_planned_import_without_work_is_done():
    assert estimate_time(replace(NEW, is_planned=True)) == TimeEstimate(1.0, 0.0)


def test_while_it_is_planned_nothing_is_known():
    assert estimate_time(NEW) == TimeEstimate(0.0, None)
    assert estimate_time(replace(NEW, planned_share=0.02)) == TimeEstimate(0.02, None)


def test_planning_takes_long_only_for_large_xml():
    assert choose_planning_share([("a.fit", 90_000_000), ("small.xml", 1_000)]) == PLANNING_SHARE
    assert choose_planning_share([("apple/Export.XML", 90_000_000)]) == LONG_PLANNING_SHARE
