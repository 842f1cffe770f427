"""The picture of a route: shape, colours, tiles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metrics.activities.route.colours import ROUTE_COLOURS, RouteColour, build_scale, list_colours
from metrics.activities.route.picture import draw_route
from metrics.activities.route.projection import fit_frame, list_tiles, project_positions
from metrics.recording import Samples
from metrics.science.intervals.clock import ClockRun, read_clock_run
from metrics.science.track import read_track
from tests.support.recordings import build_uneven_run
from tests.support.routes import lay_loop, lay_route

RUN = lay_loop(build_uneven_run().samples)


def read_clock(samples: Samples) -> ClockRun:
    track = read_track(samples, (), "run")
    assert track is not None
    return read_clock_run(track, 300.0, "barometric")


def test_a_square_kilometre_is_square_and_inside_the_picture():
    x, y = project_positions(
        np.array([60.0, 60.009, 60.009]), np.array([20.0, 20.0, 20.018])
    )  # 1 km north, 1 km east
    frame = fit_frame(x, y)
    left, top = frame.place(x, y)
    assert left[2] - left[0] == pytest.approx(top[0] - top[1], rel=0.01)
    assert 0 < left.min() < left.max() < 1000
    assert 0 < top.min() < top.max() < frame.height


def test_a_route_over_the_date_line_stays_in_one_piece():
    x, _ = project_positions(np.array([0.0, 0.0]), np.array([179.99, -179.99]))
    assert np.ptp(x) == pytest.approx(0.02 / 360)


def test_tiles_cover_the_picture_once():
    x, y = project_positions(RUN.latitude_deg, RUN.longitude_deg)
    frame = fit_frame(x, y)
    tiles = list_tiles(frame)
    size = tiles[0].size
    assert 1 < len(tiles) <= 30
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles)
    assert min(tile.x for tile in tiles) <= 0 <= size + min(tile.x for tile in tiles)
    assert max(tile.x for tile in tiles) + size >= 1000
    assert max(tile.y for tile in tiles) + size >= frame.height
    count = 2 ** tiles[0].zoom
    assert tiles[0].column / count == pytest.approx(frame.left + tiles[0].x / frame.scale, abs=1e-7)


@pytest.mark.parametrize("colour", ROUTE_COLOURS)
@pytest.mark.parametrize("units", ["metric", "imperial"])
def test_each_colour_has_five_classes_in_words(colour: RouteColour, units: str):
    run = read_clock(RUN)
    scale = build_scale(run, colour, np.arange(len(run), dtype=np.float64), "run", units)
    assert [number for number, _ in scale.legend] == [1, 2, 3, 4, 5]
    assert set(scale.classes.tolist()) <= {1, 2, 3, 4, 5}
    unit = {"pace": "/km" if units == "metric" else "/mi", "heart_rate": "bpm", "grade": "%"}[colour]
    assert all(words.endswith(unit) for _, words in scale.legend)
    if colour == "heart_rate":
        bpm = run.heart_rate_bpm[np.isfinite(run.heart_rate_bpm)]
        fast = scale.classes[: len(run)] == 5
        assert np.nanmin(run.heart_rate_bpm[fast]) >= np.percentile(bpm, 70)


def test_a_recording_without_heart_rate_and_altitude_shows_pace_alone():
    bare = replace(RUN, heart_rate_bpm=RUN.power_w, altitude_m=RUN.power_w)
    assert list_colours(read_clock(bare)) == ["pace"]


def test_a_constant_speed_has_one_class():
    time_s = RUN.time_s
    steady = lay_route(replace(RUN, distance_m=3 * time_s, speed_mps=0 * time_s + 3), 3 * time_s, 0 * time_s)
    run = read_clock(steady)
    assert build_scale(run, "pace", time_s[:-1], "run", "metric").legend == [(3, "5:33 /km")]


def test_marks_are_miles_for_people_who_think_in_miles():
    metric, imperial = (
        draw_route(RUN, read_clock(RUN), "pace", "distance", "run", units, 0.0)
        for units in ("metric", "imperial")
    )
    assert metric
    assert imperial
    assert len(metric.marks) == 11
    assert len(imperial.marks) == 7
    assert len(metric.points) < 12_000
    assert sum(len(path) for _, path in metric.lines) < 12_000
