"""Moving time, climb, graded speed and load of real runs equal those of plain loops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from metrics.files.errors import FileError
from metrics.files.read import read_recordings
from metrics.recording import Recording
from metrics.science.measurement import measure
from metrics.science.thresholds import Thresholds
from tests.metrics.files.test_real_files import FOLDER
from tests.metrics.science.loops import measure_by_loops

LARGEST_FILE_BYTES = 150_000  # larger ones have no other shapes, and plain loops are slow
SUFFIXES = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")
THRESHOLD_MPS = 4.0
RUNNER = Thresholds(threshold_mps=THRESHOLD_MPS)

pytestmark = pytest.mark.skipif(not (FOLDER / "files").exists(), reason="no real files available")


def read_real_runs() -> Iterator[tuple[str, Recording]]:
    """Every run of the smaller files."""
    for path in sorted((FOLDER / "files").rglob("*")):
        if path.name.lower().endswith(SUFFIXES) and path.stat().st_size <= LARGEST_FILE_BYTES:
            with suppress(FileError):
                for recording in read_recordings(path.read_bytes(), path.name, accept_partial=True):
                    if recording.sport == "run" and len(recording.samples) > 1:
                        yield path.name, recording


def test_numbers_of_real_runs_equal_those_of_plain_loops():
    compared = 0
    for name, recording in read_real_runs():
        samples, barometer = recording.samples, recording.altitude_source == "barometric"
        if not samples.has("distance_m"):
            continue
        totals, pauses = recording.totals, recording.pauses
        measured = measure(samples, pauses, totals, "run", RUNNER, altitude_source=recording.altitude_source)
        loops = measure_by_loops(samples, pauses, totals, barometer)
        compared += 1
        assert ("sparse_stream" in measured.warnings) is loops.is_sparse, name
        if "distance_corrected" in measured.warnings or loops.is_sparse:
            continue
        assert measured.moving_s == pytest.approx(loops.moving_s, rel=0.002, abs=0.6), name
        if totals.elevation_gain_m is None:
            assert (measured.elevation_gain_m is None) is (loops.gain_m is None), name
            assert (measured.elevation_gain_m or 0) == pytest.approx(loops.gain_m or 0, abs=0.01), name
        if measured.load.method == "pace_grade_stream":
            assert measured.graded_speed_mps == pytest.approx(loops.graded_speed_mps, rel=0.002), name
            intensity = min((loops.graded_speed_mps or 0.0) / THRESHOLD_MPS, 1.5)
            load = 100 * loops.moving_s / 3600 * intensity**2
            assert measured.load.value == pytest.approx(load, rel=0.01, abs=0.02), name
    assert compared > 30
