"""What our own writers write, our readers read back."""

from __future__ import annotations

import gzip
from dataclasses import replace

import numpy as np
import pytest

from metrics.files.read import read_recordings
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.recording import Recording
from tests.metrics.files.example_recordings import (
    build_paused_run,
    build_ride,
    build_run,
    build_run_with_laps,
    build_treadmill_run,
)

WRITERS = (encode_fit, encode_gpx, encode_tcx)
STATING = (encode_fit, encode_tcx)
"""Formats that carry totals and laps."""

TOLERANCE = {
    "time_s": 0.001,
    "distance_m": 0.3,
    "latitude_deg": 1e-6,
    "longitude_deg": 1e-6,
    "altitude_m": 0.11,
    "speed_mps": 0.001,
    "heart_rate_bpm": 0.0,
    "cadence_spm": 1.0,
    "power_w": 0.0,
}
NOT_IN_GPX = {"speed_mps"}


def only(data: bytes) -> Recording:
    (recording,) = read_recordings(data)
    return recording


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("made", [build_run, build_paused_run, build_run_with_laps, build_ride])
def test_every_sample_comes_back(write, made):
    written, back = made(), only(write(made())).samples
    for column, tolerance in TOLERANCE.items():
        if write is encode_gpx and column in NOT_IN_GPX:
            continue
        np.testing.assert_allclose(
            getattr(back, column), getattr(written.samples, column), rtol=0, atol=tolerance, err_msg=column
        )


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("made", [build_run, build_paused_run, build_run_with_laps])
def test_what_the_activity_comes_to_comes_back(write, made):
    written, back = made(), only(write(made()))
    assert (back.sport, back.started_at) == (written.sport, written.started_at)
    assert back.warnings == ()
    assert back.totals.duration_s == pytest.approx(written.totals.duration_s)
    assert back.totals.elapsed_s == pytest.approx(written.totals.elapsed_s)
    assert back.totals.distance_m == pytest.approx(written.totals.distance_m, rel=1e-3)
    assert back.totals.avg_hr_bpm == pytest.approx(written.totals.avg_hr_bpm, abs=0.5)
    assert back.totals.max_hr_bpm == 150.0
    assert back.totals.avg_cadence_spm == pytest.approx(170.0, abs=1)


@pytest.mark.parametrize("write", WRITERS)
def test_a_pause_comes_back(write):
    (pause,) = only(write(build_paused_run())).pauses
    assert (pause.start_s, pause.end_s) == (180.0, 300.0)


@pytest.mark.parametrize("write", STATING)
def test_laps_come_back(write):
    written, back = build_run_with_laps().laps, only(write(build_run_with_laps())).laps
    assert [replace(lap, elapsed_s=0.0) for lap in back] == [replace(lap, elapsed_s=0.0) for lap in written]


@pytest.mark.parametrize("write", STATING)
def test_a_treadmill_run_needs_no_satellites(write):
    back = only(write(build_treadmill_run()))
    assert back.totals.distance_m == 1_800.0
    assert not back.samples.has("latitude_deg")
    assert not back.samples.has("altitude_m")
    assert back.samples.has("heart_rate_bpm")


def test_gpx_without_positions_is_not_written():
    with pytest.raises(ValueError, match="positions"):
        encode_gpx(build_treadmill_run())


@pytest.mark.parametrize("write", WRITERS)
def test_gzip_changes_nothing(write):
    plain, zipped = only(write(build_run())), only(gzip.compress(write(build_run())))
    assert plain.totals == zipped.totals
    np.testing.assert_array_equal(plain.samples.distance_m, zipped.samples.distance_m)


@pytest.mark.parametrize("write", WRITERS)
def test_the_name_of_a_file_decides_nothing(write):
    assert (
        read_recordings(write(build_run()), "song.mp3")[0].totals
        == read_recordings(write(build_run()), "run.fit")[0].totals
    )


def test_fit_keeps_what_only_fit_can_tell():
    written = replace(
        build_run(), sub_sport="trail", utc_offset_min=-210, altitude_source="barometric", name="Trail Run"
    )
    back = only(encode_fit(written))
    told = (back.sub_sport, back.utc_offset_min, back.altitude_source, back.name, back.device)
    assert told == ("trail", -210, "barometric", "Trail Run", "Made-up 1")
    assert back.totals.calories_kcal == 100.0


@pytest.mark.parametrize(
    ("sport", "write"), [(sport, encode_fit) for sport in ("swim", "walk", "hike", "workout")]
)
def test_every_sport_comes_back(sport, write):
    assert only(write(replace(build_run(), sport=sport))).sport == sport


def test_fit_cannot_tell_a_date_before_satellites():
    with pytest.raises(ValueError, match="date"):
        encode_fit(replace(build_run(), started_at=build_run().started_at.replace(year=1980)))
