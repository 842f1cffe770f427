"""A recording is cropped to what its owner kept elsewhere. Totals are counted from the samples inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from metrics.files.crop import crop_recording, is_cropped, parse_interval, serialize_crop
from metrics.recording import Interval, Lap, Pause, Recording, Samples, empty_samples
from tests.support.recordings import MORNING, build_steady_run

HOUR = build_steady_run(duration_s=3_600)


def between(first_s: float, last_s: float) -> Interval:
    return MORNING + timedelta(seconds=first_s), MORNING + timedelta(seconds=last_s)


def select_rows(samples: Samples, choose: Callable[[Any], Any]) -> Samples:
    rows = choose(samples.time_s)
    return Samples(**{name: getattr(samples, name)[rows] for name in Samples.__slots__})


def build_hour(choose: Callable[[Any], Any], **totals: float) -> Recording:
    return replace(HOUR, samples=select_rows(HOUR.samples, choose), totals=replace(HOUR.totals, **totals))


@pytest.mark.parametrize(
    ("first_s", "last_s", "expected"),
    [
        (0, 3_600, False),
        (9, 3_591, False),  # less than 10 s at both ends
        (10, 3_600, True),
        (0, 3_590, True),
        (600, 1_200, True),
        (0, 4_692, False),  # as a real phone that was stopped 18 minutes after its last point
        (600, 4_200, False),  # the clocks disagree
        (-3_600, 0, False),
        (-3_600, 1_800, False),
        (1_800, 1_800, False),  # nothing is left
        (7_200, 9_000, False),
        (3_000, 600, False),
    ],
)
def test_a_crop_cuts_ten_seconds_within_the_recording(first_s: float, last_s: float, expected: bool):
    assert is_cropped(HOUR, *between(first_s, last_s)) == expected


@pytest.mark.parametrize(
    ("recording", "last_s", "expected"),
    [
        # The timer was stopped at 3,000 s, and the watch was saved later.
        (replace(HOUR, pauses=(Pause(3_000, 3_600),)), 3_000, False),
        (replace(HOUR, pauses=(Pause(3_000, 3_600),)), 2_900, True),
        (build_hour(lambda time_s: (time_s <= 3_000) | (time_s == 3_600)), 3_000, False),  # a hole
        (build_hour(lambda time_s: time_s <= 3_000), 3_000, False),  # no records at the end
        (build_hour(lambda time_s: time_s <= 3_000), 2_000, True),
        (
            build_hour(lambda time_s: time_s <= 3_600, elapsed_s=3_540.0),
            3_540,
            False,
        ),  # records after the end
        (replace(HOUR, samples=empty_samples()), 1_800, False),
    ],
)
def test_a_pause_at_the_end_is_no_crop(recording: Recording, last_s: float, expected: bool):
    assert is_cropped(recording, *between(0, last_s)) == expected


def test_a_late_first_record_is_no_crop():
    late = build_hour(lambda time_s: time_s >= 78)
    assert not is_cropped(late, *between(78, 3_600))
    assert not is_cropped(late, *between(0, 3_600))
    assert is_cropped(late, *between(0, 3_000))


def test_totals_are_counted_from_the_samples_inside():
    device = replace(
        HOUR.totals, moving_s=3_500.0, calories_kcal=800.0, elevation_gain_m=90.0, vo2max_ml_kg_min=50.0
    )
    cropped = crop_recording(replace(HOUR, totals=device), *between(600, 1_800))
    assert cropped.started_at == MORNING + timedelta(seconds=600)
    assert cropped.ended_at == MORNING + timedelta(seconds=1_800)
    totals = cropped.totals
    assert (totals.duration_s, totals.elapsed_s, totals.distance_m) == (1_200, 1_200, 3_600)
    assert totals.avg_hr_bpm == pytest.approx(130, abs=0.1)
    assert (totals.max_hr_bpm, totals.avg_cadence_spm) == (135, 170)
    assert (totals.moving_s, totals.calories_kcal, totals.elevation_gain_m, totals.vo2max_ml_kg_min) == (
        None, None, None, None,
    )  # fmt: skip
    assert (cropped.samples.time_s[0], cropped.samples.time_s[-1]) == (0, 1_200)
    assert (cropped.samples.distance_m[0], cropped.samples.distance_m[-1]) == (0, 3_600)
    assert cropped.samples.latitude_deg[0] == HOUR.samples.latitude_deg[600]
    assert cropped.warnings == ("cropped",)


def test_a_distance_that_is_rare_begins_where_the_athlete_was():
    distance_m = np.where(HOUR.samples.time_s % 100 == 50, HOUR.samples.distance_m, np.nan)
    rare = replace(HOUR, samples=replace(HOUR.samples, distance_m=distance_m))
    cropped = crop_recording(rare, *between(600, 1_800))
    assert cropped.totals.distance_m == pytest.approx(3_600)
    assert cropped.samples.distance_m[50] == pytest.approx(150)


def test_pauses_and_laps_are_cut_at_the_edges():
    laps = (Lap(0, 900, 900, 2_700), Lap(900, 600, 600, 1_801), Lap(1_500, 2_100, 2_100, 6_300))
    pauses = (Pause(500, 700), Pause(1_000, 1_100), Pause(1_750, 1_900))
    cropped = crop_recording(replace(HOUR, laps=laps, pauses=pauses), *between(600, 1_800))
    assert cropped.pauses == (Pause(0, 100), Pause(400, 500), Pause(1_150, 1_200))
    assert cropped.totals.duration_s == 950
    first, whole, last = cropped.laps
    assert (first.start_s, first.elapsed_s, first.timer_s, first.distance_m) == (0, 300, 200, 900)
    assert whole == Lap(300, 600, 600, 1_801)  # as the device has it
    assert (last.start_s, last.elapsed_s, last.timer_s, last.distance_m) == (900, 300, 250, 900)


@pytest.mark.parametrize(("timer_s", "expected"), [(3_600.0, 1_200), (3_000.0, 900)])
def test_holes_count_as_the_timer_of_the_whole_says(timer_s: float, expected: float):
    """Two holes of 300 s: one is inside."""
    holes = build_hour(
        lambda time_s: ((time_s <= 900) | (time_s >= 1_200)) & ((time_s <= 2_000) | (time_s >= 2_300)),
        duration_s=timer_s,
    )
    assert crop_recording(holes, *between(600, 1_800)).totals.duration_s == expected


def test_a_recording_without_samples_inside_stays():
    assert crop_recording(HOUR, *between(9_000, 9_900)) is HOUR


def test_both_intervals_are_stored():
    cropped = crop_recording(HOUR, *between(600, 1_800))
    stored = serialize_crop(cropped)
    assert parse_interval(stored, "cropped_to") == cropped.cropped_to == between(600, 1_800)
    assert parse_interval(stored, "cropped_from") == cropped.cropped_from == between(0, 3_600)
    assert serialize_crop(HOUR) == {}
    assert parse_interval({}, "cropped_to") is None
