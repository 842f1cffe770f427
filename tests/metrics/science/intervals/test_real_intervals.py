"""Repetitions of real runs, as they were counted by hand from a drawing of the speed."""

from __future__ import annotations

import pytest

from metrics.files.read import read_recordings
from metrics.science.intervals.clock import read_clock_run
from metrics.science.intervals.repetitions import Intervals, find_intervals
from metrics.science.track import read_track
from tests.metrics.files.test_real_files import FOLDER

pytestmark = pytest.mark.skipif(not (FOLDER / "files").exists(), reason="no real files available")

# The file, and the duration of each repetition in seconds.
BY_HAND = {
    "fit/runalyze__time-jump.fit": [181, 190, 185, 181, 183, 181],
    "fit/runalyze__FR70-intervals.fit": [63, 63, 59],
    "fit/runalyze__Suunto-Ambit-3-Peak-without-final-lap.fit": [248, 244, 243, 245],
    "tcx/runalyze__Wrong-time-zone-by-polar.tcx": [394, 382, 306],
}
WITHOUT = (
    "fit/runalyze__FR920-additional-start-events.fit",
    "fit/runalyze__garmin-runPower.fit",
    "fit/runalyze__garmin-runPower-2.fit",
    "fit/runalyze__with-new-dynamics.fit",
    "fit/runalyze__support-001885-rs-pronation.fit",
    "fit/fitparse__developer-types-sample.fit",
    "gpx/asplitline__514705132.gpx",
    "tcx/runalyze__Could-Not-Be-Read_by-Florian.tcx",
    "tcx/runalyze__Standard.tcx",
)


def find_in(name: str) -> Intervals | None:
    path = FOLDER / "files" / name
    recording = read_recordings(path.read_bytes(), path.name, accept_partial=True)[0]
    track = read_track(recording.samples, recording.pauses, "run")
    assert track is not None
    run = read_clock_run(track, recording.totals.elevation_gain_m, recording.altitude_source)
    return find_intervals(run, recording.laps)


@pytest.mark.parametrize("name", BY_HAND)
def test_repetitions_of_real_runs_are_found(name: str):
    found = find_in(name)
    assert found is not None
    assert [one.duration_s for one in found.repetitions] == pytest.approx(BY_HAND[name], abs=10)


@pytest.mark.parametrize("name", WITHOUT)
def test_real_steady_runs_have_no_repetitions(name: str):
    assert find_in(name) is None
