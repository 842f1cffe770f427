"""Others see no position near the start or the end, and nothing in the picture tells where they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metrics.activities.route.picture import RoutePicture, draw_route
from metrics.activities.route.privacy import find_shown, hide_positions
from metrics.recording import Column, Samples
from metrics.science.intervals.clock import read_clock_run
from metrics.science.track import read_track
from tests.support.recordings import build_steady_run
from tests.support.routes import METRES_PER_DEGREE, lay_loop, lay_out_and_back, lay_route

RADIUS_M = 200.0
STEADY = build_steady_run(duration_s=2_000).samples  # 6 km
SHAPES = {
    "a loop": lay_loop(STEADY),
    "out and back": lay_out_and_back(STEADY),
    "laps of 1.5 km, which pass the start": lay_loop(STEADY, 1_500 / (2 * np.pi)),
    "a straight line": lay_route(STEADY, STEADY.distance_m, 0 * STEADY.distance_m),
}


def draw(samples: Samples, radius_m: float = RADIUS_M) -> RoutePicture | None:
    track = read_track(samples, (), "run")
    assert track is not None
    return draw_route(samples, read_clock_run(track, None), "pace", "distance", "run", "metric", radius_m)


def measure_from(samples: Samples, place: int) -> Column:
    north = (samples.latitude_deg - samples.latitude_deg[place]) * METRES_PER_DEGREE
    narrowing = np.cos(np.radians(samples.latitude_deg[place]))
    east = (samples.longitude_deg - samples.longitude_deg[place]) * METRES_PER_DEGREE * narrowing
    distances_m: Column = np.hypot(east, north)
    return distances_m


@pytest.mark.parametrize("shape", SHAPES)
def test_every_position_within_the_radius_is_hidden_and_no_other(shape: str):
    samples = SHAPES[shape]
    nearest = np.minimum(measure_from(samples, 0), measure_from(samples, -1))
    shown = find_shown(samples, RADIUS_M)
    assert not shown[nearest < RADIUS_M - 1].any()
    assert shown[nearest > RADIUS_M + 1].all()


def test_passing_the_start_again_is_hidden_each_time():
    shown = find_shown(SHAPES["laps of 1.5 km, which pass the start"], RADIUS_M)
    assert int((np.diff(shown.astype(int)) == 1).sum()) == 4


@pytest.mark.parametrize("shape", SHAPES)
def test_the_picture_is_the_same_wherever_the_hidden_positions_are(shape: str):
    samples = SHAPES[shape]
    shown = find_shown(samples, RADIUS_M)
    picture = draw(samples)
    assert picture is not None
    assert picture.start is picture.end is None
    between = ~shown
    between[-1] = False  # the middle of the other circle stays
    moved = replace(
        samples,
        latitude_deg=np.where(between, samples.latitude_deg[0], samples.latitude_deg),
        longitude_deg=np.where(between, samples.longitude_deg[0], samples.longitude_deg),
    )
    assert (find_shown(moved, RADIUS_M) == shown).all()
    assert draw(moved) == picture


def test_a_line_never_goes_over_a_hidden_place():
    picture = draw(SHAPES["laps of 1.5 km, which pass the start"])
    assert picture is not None
    pieces = [piece.split(" ") for piece in picture.points.split(";")]
    assert len(pieces) == 4
    for piece in pieces:
        assert len({point.split(",")[0] for point in piece}) > 1
    assert picture.outline.count("M") == 4
    assert [mark.label for mark in picture.marks] == ["1", "2", "4", "5"]  # 3 km and 6 km are at the start


def test_a_run_within_the_radius_has_no_picture():
    around = lay_loop(STEADY, 60.0)
    assert not find_shown(around, RADIUS_M).any()
    assert draw(around) is None
    assert draw(around, 0.0) is not None


def test_without_a_radius_all_of_it_is_shown():
    picture = draw(SHAPES["a straight line"], 0.0)
    assert picture is not None
    assert picture.start
    assert picture.end
    assert [mark.label for mark in picture.marks] == ["1", "2", "3", "4", "5", "6"]


def test_positions_are_hidden_and_all_else_stays():
    samples = SHAPES["a loop"]
    hidden = hide_positions(samples, RADIUS_M)
    shown = find_shown(samples, RADIUS_M)
    assert (np.isfinite(hidden.latitude_deg) == shown).all()
    assert (np.isfinite(hidden.longitude_deg) == shown).all()
    assert hidden.distance_m is samples.distance_m
    unknown = replace(samples, latitude_deg=np.full(len(shown), np.nan))
    assert not find_shown(unknown, RADIUS_M).any()
    assert not find_shown(unknown, 0.0).any()
