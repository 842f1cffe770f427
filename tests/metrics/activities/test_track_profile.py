"""Profiles equal the recording, for seconds as for a whole day, and holes stay holes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metrics.activities.track_charts import build_track_charts, mark_spans
from metrics.activities.track_profile import MAX_BUCKETS, ProfileAxis, TrackProfile, build_track_profile
from metrics.recording import Pause, Samples
from tests.support.recordings import build_steady_run, build_uneven_run


def build_profile(samples: Samples, by: ProfileAxis = "time", pauses: tuple[Pause, ...] = ()) -> TrackProfile:
    profile = build_track_profile(samples, pauses, "run", by)
    assert profile is not None
    return profile


def drop_missing(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


@pytest.mark.parametrize("by", ["distance", "time"])
@pytest.mark.parametrize("duration_s", [10, 3_600, 86_400])
def test_a_steady_run_of_any_length_has_one_pace(duration_s: int, by: ProfileAxis):
    profile = build_profile(build_steady_run(duration_s=duration_s).samples, by)
    edges = profile.bucket_edges()
    assert 1 <= len(edges) - 1 <= MAX_BUCKETS
    assert profile.paces(edges) == pytest.approx([1 / 3] * (len(edges) - 1))
    places, values = profile.line_points("heart_rate_bpm")
    assert 2 <= len(values) <= 2 * MAX_BUCKETS
    assert places == sorted(places)
    assert (values[0], values[-1]) == (120.0, 150.0)


@pytest.mark.parametrize("by", ["distance", "time"])
def test_a_long_profile_keeps_peaks_of_one_second(by: ProfileAxis):
    samples = build_steady_run(duration_s=86_400).samples
    samples.power_w[:] = 200.0
    samples.power_w[40_000], samples.power_w[50_000] = 900.0, 0.0
    _, values = build_profile(samples, by).line_points("power_w")
    assert (max(drop_missing(values)), min(drop_missing(values))) == (900.0, 0.0)


def test_paces_times_distances_sum_to_the_moving_time():
    samples = build_uneven_run().samples
    profile = build_profile(samples, "distance")
    edges = profile.bucket_edges()
    seconds = sum(
        pace * width for pace, width in zip(drop_missing(profile.paces(edges)), np.diff(edges), strict=True)
    )
    assert seconds == pytest.approx(float(profile.moved_s[-1]), rel=1e-6)


def test_laps_are_marked_on_the_axis_in_the_units_of_the_viewer():
    laps = [(0.0, 600.0), (600.0, 9_999.0)]
    samples = build_steady_run(duration_s=3_600).samples
    by_time, by_distance = build_profile(samples, "time"), build_profile(samples, "distance")
    assert mark_spans(by_time, laps, "time", "metric") == "0/600 600/3600"
    assert mark_spans(by_distance, laps, "distance", "metric") == "0/1.8 1.8/10.8"
    assert mark_spans(by_distance, laps, "distance", "imperial") == "0/1.11847 1.11847/6.71081"


def test_a_stop_is_a_hole_in_the_pace_over_time():
    profile = build_profile(build_uneven_run().samples)
    edges = profile.bucket_edges()
    stopped = [start for start, pace in zip(edges[:-1], profile.paces(edges), strict=True) if pace is None]
    assert stopped
    assert all(1_790 <= start <= 1_860 for start in stopped)


def test_a_pause_is_a_hole_and_not_a_slow_pace():
    samples = build_steady_run(duration_s=1_200).samples
    rows = (samples.time_s < 400) | (samples.time_s > 700)
    cut = Samples(*(getattr(samples, name)[rows] for name in Samples.__slots__))
    profile = build_profile(cut, pauses=(Pause(400.0, 700.0),))
    paces = profile.paces(profile.bucket_edges())
    assert drop_missing(paces) == pytest.approx([1 / 3] * len(drop_missing(paces)), rel=1e-3)
    assert None in paces
    assert profile.line_points("heart_rate_bpm")[1].count(None) == 1


def test_a_hole_in_the_heart_rate_splits_only_its_line():
    profile = build_profile(build_uneven_run().samples)
    assert profile.line_points("heart_rate_bpm")[1].count(None) == 1
    assert None not in profile.line_points("altitude_m")[1]
    charts = {chart.title: chart for chart in build_track_charts(profile, "time", "run", "metric")}
    heart, altitude = (charts[title].left for title in ("Heart rate", "Altitude"))
    assert heart is not None
    assert altitude is not None
    assert heart.lines[0].path.count("M") == 2
    assert altitude.lines[0].path.count("M") == 1


def test_means_use_the_readings_between_the_edges():
    samples = build_steady_run(duration_s=100).samples
    samples.power_w[:60] = 100.0
    samples.power_w[60:80] = 200.0
    assert build_profile(samples).means("power_w", np.array([0.0, 60.0, 80.0, 100.0])) == [100.0, 200.0, None]


def test_charts_have_recorded_columns_only_and_the_units_of_the_viewer():
    samples = build_steady_run(duration_s=600).samples
    titles = {
        by: [c.title for c in build_track_charts(build_profile(samples), by, "run", "metric")]
        for by in ("distance", "time")
    }
    assert titles["time"] == ["Pace", "Altitude", "Heart rate", "Cadence"]
    speed, altitude, *_ = build_track_charts(
        build_profile(samples, "distance"), "distance", "bike", "imperial"
    )
    assert (speed.title, speed.table.headings) == ("Speed", ("From mi", "Speed, mph"))
    for units, heading in (("metric", "Pace, min/100 m"), ("imperial", "Pace, min/100 yd")):
        pace, *_ = build_track_charts(build_profile(samples, "distance"), "distance", "swim", units)
        assert pace.table.headings[1] == heading
    assert altitude.table.headings == ("From mi", "Altitude, ft")
    assert {row[1] for row in altitude.table.rows} == {"328.1"}


def test_an_activity_without_movement_has_a_profile_over_time_without_pace():
    samples = build_steady_run(speed_mps=0.0, duration_s=60).samples
    assert build_track_profile(samples, (), "run", "distance") is None
    charts = build_track_charts(build_profile(samples), "time", "run", "metric")
    assert charts[0].title != "Pace"


def test_one_sample_gives_no_profile():
    samples = build_steady_run(duration_s=10).samples
    alone = Samples(*(getattr(samples, name)[:1] for name in Samples.__slots__))
    assert build_track_profile(alone, (), "run", "time") is None
    assert build_track_profile(replace(alone, time_s=np.array([5.0])), (), "run", "distance") is None
