"""Profiles: no peak is lost, no hole is bridged, paces are Σ time / Σ distance."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.profile_charts import profile_charts
from metrics.profiles import BUCKETS, Profile, profile
from metrics.recording import Pause, Samples
from tests.recordings import steady_run, uneven_run

DAY_S = 86_400


def made(samples: Samples, by: str = "distance", pauses: tuple[Pause, ...] = ()) -> Profile:
    found = profile(samples, pauses, "run", by)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_line_keeps_the_lowest_and_the_highest_of_a_day():
    samples = steady_run(duration_s=DAY_S).samples
    bpm = np.full(DAY_S + 1, 140.0)
    bpm[40_000], bpm[70_001] = 199.0, 61.0
    places, values = made(replace(samples, heart_rate_bpm=bpm), "time").line("heart_rate_bpm")
    assert len(places) == len(values) <= 2 * BUCKETS
    assert dict(zip(values, places, strict=True))[199.0] == 40_000
    assert dict(zip(values, places, strict=True))[61.0] == 70_001
    assert places == sorted(places)


@given(st.lists(st.booleans(), min_size=4, max_size=12))
def test_a_hole_of_minutes_is_never_joined_across(known: list[bool]):
    samples = steady_run(duration_s=200 * len(known) - 1).samples
    bpm = np.where(np.repeat(known, 200), 140.0, np.nan)
    found = made(replace(samples, heart_rate_bpm=bpm), "time")
    stretches = sum(1 for is_known, _ in groupby(known) if is_known)
    if not stretches:
        assert "heart_rate_bpm" not in found.readings
        return
    assert found.line("heart_rate_bpm")[1].count(None) == stretches - 1


def test_paces_are_time_by_distance_and_stops_do_not_count():
    samples = uneven_run().samples
    found = made(samples)
    whole = found.paces(np.array([0.0, found.end]))
    assert whole == [pytest.approx(found.moved_s[-1] / found.moved_m[-1])]
    assert found.moved_s[-1] < 3_545  # a minute's stop is not moving
    split = found.paces(np.array([0.0, 1_000.0, 2_000.0]))
    seconds = np.interp([0.0, 1_000.0, 2_000.0], samples.distance_m, samples.time_s)
    assert split == pytest.approx(np.diff(seconds) / 1_000, rel=1e-3)


def test_along_the_time_a_stop_has_no_pace():
    found = made(uneven_run().samples, "time")
    assert found.paces(np.array([1_790.0, 1_805.0, 1_850.0])) == [pytest.approx(0.31, abs=0.08), None]


def test_a_pause_takes_no_room_along_the_distance():
    samples = steady_run(duration_s=1_200).samples
    later = np.where(samples.time_s > 600, samples.time_s + 3_000, samples.time_s)
    found = made(replace(samples, time_s=later), pauses=(Pause(600, 3_600),))
    assert found.end == pytest.approx(3_600, abs=5)
    assert all(pace == pytest.approx(1 / 3) for pace in found.paces(found.edges()))
    assert found.line("altitude_m")[1].count(None) == 1


def test_a_watch_that_records_every_ten_seconds_makes_no_holes():
    samples = uneven_run().samples
    sparse = Samples(*(getattr(samples, name)[::10] for name in samples.__slots__))
    found = made(sparse)
    assert None not in found.paces(found.edges())
    assert found.line("altitude_m")[1].count(None) == 0


def test_means_are_of_what_lies_between_the_edges():
    found = made(steady_run(duration_s=600).samples)
    first, second = found.means("heart_rate_bpm", np.array([0.0, 900.0, 1_800.0]))
    assert first == pytest.approx(127.5, abs=0.3)
    assert second == pytest.approx(142.5, abs=0.3)


def test_what_has_no_two_moments_or_goes_nowhere_has_no_profile_along_its_distance():
    samples = steady_run(duration_s=600, speed_mps=0.0).samples
    assert profile(samples, (), "run", "distance") is None
    assert profile(Samples(*(getattr(samples, name)[:1] for name in samples.__slots__)), (), "run", "time") is None
    assert [chart.title for chart in profile_charts(made(samples, "time"), "time", "run", "metric")][0] == "Altitude"


def test_a_ride_has_a_speed_and_miles_are_miles():
    found = made(steady_run(speed_mps=10.0, sport="bike").samples)
    chart = profile_charts(found, "distance", "bike", "imperial")[0]
    assert chart.title == "Speed"
    assert chart.table.headings == ("From mi", "Speed, mi/h")
    assert chart.table.rows[0] == ("0", "22.37")
    assert [cell for _, cell in profile_charts(found, "distance", "bike", "imperial")[1].table.rows][0] == "328.1"


def test_a_day_is_drawn_in_a_few_kilobytes():
    charts = profile_charts(made(steady_run(duration_s=DAY_S).samples, "time"), "time", "run", "metric")
    paths = [line.path for chart in charts for side in chart.faces for line in side.lines]
    assert len(charts) == 4
    assert all(0 < len(path) < 8_000 for path in paths)
