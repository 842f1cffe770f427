"""The same run, recorded in many ways, gives the same numbers within 3 %."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from metrics.files.fit.writer import encode_fit
from metrics.files.read import read_recordings
from metrics.files.xml.writer import encode_gpx, encode_tcx
from metrics.recording import Pause, Recording, Samples, Totals
from metrics.science.measurement import measure
from metrics.science.thresholds import Thresholds
from tests.metrics.science.recorded import build_test_samples

THRESHOLDS = Thresholds(threshold_mps=4.0, hr_max_bpm=190)
STARTED_AT = datetime(2026, 6, 9, 6, tzinfo=UTC)
METRES_PER_DEGREE = 111_195.08


def build_true_run(seed: int) -> Samples:
    """A run of 50 minutes on hills, every second: 20 stretches of 2-4.8 m/s and a stop of 90 s."""
    rng = np.random.default_rng(seed)
    stretches = [np.full(150, speed) for speed in rng.uniform(2.0, 4.8, 20)]
    speed = np.concatenate([*stretches[:10], np.zeros(90), *stretches[10:]])
    distance = np.concatenate(([0.0], np.cumsum(speed)))
    return build_test_samples(
        np.arange(len(distance), dtype=float),
        distance_m=distance,
        speed_mps=np.concatenate((speed, speed[-1:])),
        latitude_deg=40.0 + distance / METRES_PER_DEGREE,
        longitude_deg=np.full(len(distance), 3.0),
        altitude_m=np.round(300 + 20 * np.sin(distance / 250) + distance * 0.01, 1),
        heart_rate_bpm=np.full(len(distance), 150.0),
    )


def take_rows(samples: Samples, rows) -> Samples:
    return Samples(**{name: getattr(samples, name)[rows] for name in Samples.__slots__})


def record_every(step: int):
    return lambda run: take_rows(run, slice(None, None, step))


def without(*columns: str):
    return lambda run: replace(run, **{name: np.full(len(run), np.nan) for name in columns})


def in_stairs(run: Samples) -> Samples:
    """The distance in whole metres that advances every 10 s."""
    return replace(run, distance_m=np.floor(run.distance_m[np.arange(len(run)) // 10 * 10]))


def in_whole_metres(run: Samples) -> Samples:
    return replace(run, distance_m=np.floor(run.distance_m))


def in_every_twentieth_record(run: Samples) -> Samples:
    return replace(run, distance_m=np.where(np.arange(len(run)) % 20 == 0, run.distance_m, np.nan))


def with_holes(run: Samples) -> Samples:
    """Without 50 s of each 10 minutes."""
    return take_rows(run, (run.time_s % 600 < 300) | (run.time_s % 600 > 350))


WAYS = {
    "every 4 s": [record_every(4)],
    "every 7 s": [record_every(7)],
    "without speed": [without("speed_mps")],
    "without distance": [without("distance_m")],
    "positions only": [without("distance_m", "speed_mps")],
    "stairs": [in_stairs],
    "stairs without speed": [in_stairs, without("speed_mps")],
    "whole metres": [in_whole_metres, without("speed_mps")],
    "distance in few records": [in_every_twentieth_record],
    "distance in few records, without speed": [in_every_twentieth_record, without("speed_mps")],
    "holes": [with_holes],
    "holes, every 3 s": [record_every(3), with_holes],
}


def measure_samples(samples: Samples, totals: Totals | None = None, pauses: tuple[Pause, ...] = ()):
    seconds = float(samples.time_s[-1])
    totals = totals or Totals(duration_s=seconds, elapsed_s=seconds)
    return measure(samples, pauses, totals, "run", THRESHOLDS)


def assert_same(measured, truth, *, bests: bool = True) -> None:
    """Moving time, load, graded speed and gain within 3 %; zones within 3 % of the moving time."""
    for name in ("moving_s", "distance_m", "graded_speed_mps", "elevation_gain_m"):
        assert getattr(measured, name) == pytest.approx(getattr(truth, name), rel=0.03), name
    assert measured.load.method == truth.load.method
    assert measured.load.value == pytest.approx(truth.load.value, rel=0.03)
    assert measured.zone_s == pytest.approx(truth.zone_s, abs=0.03 * truth.moving_s)
    if bests:
        fastest = {effort.distance_m: effort.duration_s for effort in truth.best_efforts}
        assert {e.distance_m: e.duration_s for e in measured.best_efforts} == pytest.approx(fastest, rel=0.03)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(3))
def test_a_run_recorded_in_another_way_has_the_same_numbers(way, seed):
    run = build_true_run(seed)
    recorded = run
    for change in WAYS[way]:
        recorded = change(recorded)
    assert_same(measure_samples(recorded), measure_samples(run), bests="holes" not in way)


@pytest.mark.parametrize("encode", [encode_fit, encode_gpx, encode_tcx])
@pytest.mark.parametrize("step", [1, 4])
def test_a_run_has_the_same_numbers_in_every_format(encode, step):
    run = build_true_run(0)
    seconds = float(run.time_s[-1])
    recorded = take_rows(run, slice(None, None, step))
    totals = Totals(duration_s=seconds, elapsed_s=seconds, distance_m=float(run.distance_m[-1]))
    (read,) = read_recordings(encode(Recording("run", STARTED_AT, totals, recorded)))
    assert_same(measure_samples(read.samples, read.totals, read.pauses), measure_samples(run))
