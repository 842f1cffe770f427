"""Profiles: true to what was recorded, from seconds to a whole day, with holes that stay holes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metrics.activities.track_charts import build_track_charts
from metrics.activities.track_profile import MAX_BUCKETS, ProfileAxis, TrackProfile, build_track_profile
from metrics.recording import Pause, Samples
from tests.support.recordings import build_steady_run, build_uneven_run


def shown(samples: Samples, by: ProfileAxis = "time", pauses: tuple[Pause, ...] = ()) -> TrackProfile:
    found = build_track_profile(samples, pauses, "run", by)
    assert found is not None
    return found


def known(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


@pytest.mark.parametrize("by", ["distance", "time"])
@pytest.mark.parametrize("duration_s", [10, 3_600, 86_400])
def test_a_steady_run_has_one_pace_however_long_it_was(duration_s: int, by: ProfileAxis):
    found = shown(build_steady_run(duration_s=duration_s).samples, by)
    edges = found.bucket_edges()
    assert 1 <= len(edges) - 1 <= MAX_BUCKETS
    assert found.paces(edges) == pytest.approx([1 / 3] * (len(edges) - 1))
    places, values = found.line_points("heart_rate_bpm")
    assert 2 <= len(values) <= 2 * MAX_BUCKETS
    assert places == sorted(places)
    assert (values[0], values[-1]) == (120.0, 150.0)


@pytest.mark.parametrize("by", ["distance", "time"])
def test_no_peak_is_lost_in_a_day_of_seconds(by: ProfileAxis):
    samples = build_steady_run(duration_s=86_400).samples
    samples.power_w[:] = 200.0
    samples.power_w[40_000], samples.power_w[50_000] = 900.0, 0.0
    _, values = shown(samples, by).line_points("power_w")
    assert (max(known(values)), min(known(values))) == (900.0, 0.0)


def test_pace_is_moving_time_by_distance_and_adds_up_to_the_whole():
    samples = build_uneven_run().samples
    found = shown(samples, "distance")
    edges = found.bucket_edges()
    seconds = sum(pace * width for pace, width in zip(known(found.paces(edges)), np.diff(edges), strict=True))
    assert seconds == pytest.approx(float(found.moved_s[-1]), rel=1e-6)


def test_a_stop_is_a_gap_in_the_pace_over_time():
    found = shown(build_uneven_run().samples)
    edges = found.bucket_edges()
    still = [start for start, pace in zip(edges[:-1], found.paces(edges), strict=True) if pace is None]
    assert still
    assert all(1_790 <= start <= 1_860 for start in still)


def test_a_pause_is_no_slow_running():
    samples = build_steady_run(duration_s=1_200).samples
    keep = (samples.time_s < 400) | (samples.time_s > 700)
    cut = Samples(*(getattr(samples, name)[keep] for name in Samples.__slots__))
    found = shown(cut, pauses=(Pause(400.0, 700.0),))
    paces = found.paces(found.bucket_edges())
    assert known(paces) == pytest.approx([1 / 3] * len(known(paces)), rel=1e-3)
    assert None in paces
    assert found.line_points("heart_rate_bpm")[1].count(None) == 1


def test_a_hole_in_the_heart_rate_splits_its_line_only():
    found = shown(build_uneven_run().samples)
    assert found.line_points("heart_rate_bpm")[1].count(None) == 1
    assert None not in found.line_points("altitude_m")[1]
    charts = {chart.title: chart for chart in build_track_charts(found, "time", "run", "metric")}
    heart, altitude = (charts[title].left for title in ("Heart rate", "Altitude"))
    assert heart is not None
    assert altitude is not None
    assert heart.lines[0].path.count("M") == 2
    assert altitude.lines[0].path.count("M") == 1


def test_means_are_of_what_was_recorded_between_the_edges():
    samples = build_steady_run(duration_s=100).samples
    samples.power_w[:60] = 100.0
    samples.power_w[60:80] = 200.0
    assert shown(samples).means("power_w", np.array([0.0, 60.0, 80.0, 100.0])) == [100.0, 200.0, None]


def test_only_what_was_recorded_is_drawn_in_the_units_of_whoever_looks():
    samples = build_steady_run(duration_s=600).samples
    titles = {
        by: [c.title for c in build_track_charts(shown(samples), by, "run", "metric")]
        for by in ("distance", "time")
    }
    assert titles["time"] == ["Pace", "Altitude", "Heart rate", "Cadence"]
    speed, altitude, *_ = build_track_charts(shown(samples, "distance"), "distance", "bike", "imperial")
    assert (speed.title, speed.table.headings) == ("Speed", ("From mi", "Speed, mph"))
    assert altitude.table.headings == ("From mi", "Altitude, ft")
    assert {row[1] for row in altitude.table.rows} == {"328.1"}


def test_what_never_moved_has_a_profile_over_time_without_pace():
    samples = build_steady_run(speed_mps=0.0, duration_s=60).samples
    assert build_track_profile(samples, (), "run", "distance") is None
    assert [chart.title for chart in build_track_charts(shown(samples), "time", "run", "metric")][0] != "Pace"


def test_one_sample_is_no_profile():
    samples = build_steady_run(duration_s=10).samples
    alone = Samples(*(getattr(samples, name)[:1] for name in Samples.__slots__))
    assert build_track_profile(alone, (), "run", "time") is None
    assert build_track_profile(replace(alone, time_s=np.array([5.0])), (), "run", "distance") is None
