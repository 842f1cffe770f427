"""A recording that is written and read again stays the same."""

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
WRITERS_WITH_TOTALS = (encode_fit, encode_tcx)
"""Writers of formats with totals and laps."""

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


def read_one(data: bytes) -> Recording:
    (recording,) = read_recordings(data)
    return recording


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("build", [build_run, build_paused_run, build_run_with_laps, build_ride])
def test_every_sample_survives_writing_and_reading(write, build):
    written, read = build(), read_one(write(build())).samples
    for column, tolerance in TOLERANCE.items():
        if write is encode_gpx and column in NOT_IN_GPX:
            continue
        np.testing.assert_allclose(
            getattr(read, column), getattr(written.samples, column), rtol=0, atol=tolerance, err_msg=column
        )


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("build", [build_run, build_paused_run, build_run_with_laps])
def test_totals_survive_writing_and_reading(write, build):
    written, read = build(), read_one(write(build()))
    assert (read.sport, read.started_at) == (written.sport, written.started_at)
    assert read.warnings == ()
    assert read.totals.duration_s == pytest.approx(written.totals.duration_s)
    assert read.totals.elapsed_s == pytest.approx(written.totals.elapsed_s)
    assert read.totals.distance_m == pytest.approx(written.totals.distance_m, rel=1e-3)
    assert read.totals.avg_hr_bpm == pytest.approx(written.totals.avg_hr_bpm, abs=0.5)
    assert read.totals.max_hr_bpm == 150.0
    assert read.totals.avg_cadence_spm == pytest.approx(170.0, abs=1)


@pytest.mark.parametrize("write", WRITERS)
def test_a_pause_survives_writing_and_reading(write):
    (pause,) = read_one(write(build_paused_run())).pauses
    assert (pause.start_s, pause.end_s) == (180.0, 300.0)


@pytest.mark.parametrize("write", WRITERS_WITH_TOTALS)
def test_laps_survive_writing_and_reading(write):
    written, read = build_run_with_laps().laps, read_one(write(build_run_with_laps())).laps
    assert [replace(lap, elapsed_s=0.0) for lap in read] == [replace(lap, elapsed_s=0.0) for lap in written]


@pytest.mark.parametrize("write", WRITERS_WITH_TOTALS)
def test_a_treadmill_run_is_written_and_read_without_positions(write):
    read = read_one(write(build_treadmill_run()))
    assert read.totals.distance_m == 1_800.0
    assert not read.samples.has("latitude_deg")
    assert not read.samples.has("altitude_m")
    assert read.samples.has("heart_rate_bpm")


def test_writing_gpx_without_positions_raises_an_error():
    with pytest.raises(ValueError, match="positions"):
        encode_gpx(build_treadmill_run())


@pytest.mark.parametrize("write", WRITERS)
def test_a_gzipped_file_gives_the_same_recording(write):
    plain, zipped = (
        read_one(write(build_run())),
        read_one(gzip.compress(write(build_run()))),
    )
    assert plain.totals == zipped.totals
    np.testing.assert_array_equal(plain.samples.distance_m, zipped.samples.distance_m)


@pytest.mark.parametrize("write", WRITERS)
def test_the_file_name_does_not_change_the_result(write):
    assert (
        read_recordings(write(build_run()), "song.mp3")[0].totals
        == read_recordings(write(build_run()), "run.fit")[0].totals
    )


def test_fit_keeps_sub_sport_utc_offset_altitude_source_name_and_device():
    written = replace(
        build_run(), sub_sport="trail", utc_offset_min=-210, altitude_source="barometric", name="Trail Run"
    )
    read = read_one(encode_fit(written))
    assert (read.sub_sport, read.utc_offset_min, read.altitude_source) == ("trail", -210, "barometric")
    assert (read.name, read.device) == ("Trail Run", "Made-up 1")
    assert read.totals.calories_kcal == 100.0


@pytest.mark.parametrize(
    ("sport", "write"), [(sport, encode_fit) for sport in ("swim", "walk", "hike", "workout")]
)
def test_every_sport_survives_writing_and_reading(sport, write):
    assert read_one(write(replace(build_run(), sport=sport))).sport == sport


def test_writing_fit_with_a_date_of_1980_raises_an_error():
    with pytest.raises(ValueError, match="date"):
        encode_fit(replace(build_run(), started_at=build_run().started_at.replace(year=1980)))
