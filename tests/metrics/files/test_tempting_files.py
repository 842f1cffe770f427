"""Read small made files, each of which tempts a reader to an untrue number.

The folder (environment variable ASTRAL_RECORDINGS) contains `cases/`, with a file or two for each case.
Without it, the tests are skipped. Here are the cases that the readers alone decide.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from metrics.archives.upload_members import open_members
from metrics.files.errors import FileError
from metrics.files.read import read_recordings
from metrics.health.imports.reading import read_health_export
from metrics.recording import Recording
from tests.support.paths import ROOT

FOLDER = Path(os.environ.get("ASTRAL_RECORDINGS", ROOT / "../shared/data")) / "cases"

STARTED_AT = datetime(2026, 6, 9, 6, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="no cases available")


@dataclass(frozen=True, slots=True)
class TrueNumbers:
    """What a recording must give. Ranges are inclusive."""

    sport: str
    duration_s: tuple[float, float]
    distance_m: tuple[float, float]
    hr_bpm: float | None = None
    cadence_spm: float | None = None
    start_tolerance_s: float = 0.0
    warnings: tuple[str, ...] = ()


CASES = {
    "fit-base-type-without-endian-flag": TrueNumbers("run", (600, 600), (1_800, 1_800), 150),
    "fit-developer-field-heart_rate": TrueNumbers("run", (300, 300), (900, 900), 150),
    "fit-distance-resets": TrueNumbers("run", (600, 600), (1_795, 1_800), 150),
    "fit-stale-first-records": TrueNumbers(
        "run", (600, 611), (1_750, 1_850), 150, start_tolerance_s=11, warnings=("stale_records",)
    ),
    "fit-zero-size-field": TrueNumbers("run", (600, 600), (1_800, 1_800), 150),
    "gpx-comma-decimals": TrueNumbers("run", (300, 300), (895, 905)),
    "gpx-only-every-60th-point-timed": TrueNumbers("run", (600, 600), (3_368, 3_436)),
    "gpx-uneven-sampling-heart-rate": TrueNumbers("run", (600, 600), (1_795, 1_805), 150),
    "gpx-walk-112-spm": TrueNumbers("walk", (600, 600), (835, 845), cadence_spm=112),
    "tcx-leading-whitespace": TrueNumbers("run", (300, 300), (900, 900), 150),
    "tcx-time-ZZ": TrueNumbers("run", (300, 300), (900, 900), 150),
}


def read_case(name: str) -> tuple[Recording, ...]:
    (path,) = (path for path in (FOLDER / name).iterdir() if path.name != "EXPECTED.txt")
    return read_recordings(path.read_bytes(), path.name)


@pytest.mark.parametrize("name", CASES)
def test_a_tempting_file_gives_the_true_numbers(name: str):
    expected = CASES[name]
    (recording,) = read_case(name)
    totals = recording.totals
    assert (recording.sport, recording.warnings) == (expected.sport, expected.warnings)
    lateness_s = (recording.started_at - STARTED_AT).total_seconds()
    assert abs(lateness_s) <= expected.start_tolerance_s
    assert expected.duration_s[0] <= totals.duration_s <= expected.duration_s[1]
    for metres in (totals.distance_m, recording.samples.distance_m[-1]):
        assert expected.distance_m[0] <= (metres or 0) <= expected.distance_m[1]
    if expected.hr_bpm is not None:
        assert totals.avg_hr_bpm == pytest.approx(expected.hr_bpm, abs=0.5)
    if expected.cadence_spm is not None:
        assert totals.avg_cadence_spm == expected.cadence_spm


def test_sessions_without_totals_have_the_distance_of_their_records():
    recordings = read_case("fit-multisport-later-totals-missing")
    assert [recording.sport for recording in recordings] == ["run", "bike", "run"]
    run, ride, last_run = (recording.totals.distance_m or 0 for recording in recordings)
    assert run == 1_800
    assert 4_792 <= ride <= 4_800
    assert 1_497 <= last_run <= 1_500


def test_local_time_equal_to_utc_says_nothing_about_the_zone():
    (recording,) = read_case("fit-local-timestamp-equals-utc")
    assert recording.utc_offset_min is None


def test_one_member_of_an_archive_that_is_too_large_is_refused_alone(tmp_path: Path):
    with open_members(FOLDER / "archive-one-member-too-large" / "export.zip", tmp_path) as members:
        with pytest.raises(FileError):
            members.read_member("padded.gpx")
        assert [member.path for member in members.list_members()] == ["a.gpx", "padded.gpx", "c.gpx"]
        assert members.read_member("a.gpx")
        assert members.read_member("c.gpx")


@pytest.mark.parametrize(
    ("case", "file", "first", "last"),
    [
        ("hrv4training-ios-timestamp", "MyMeasurements.csv", 61.5, 69.5),
        ("intervals-wellness-id-column", "wellness.csv", 61.0, 69.0),
    ],
)
def test_health_exports_with_other_date_columns_are_read(case: str, file: str, first: float, last: float):
    export = read_health_export((FOLDER / case / file).read_bytes())
    assert [str(row.date) for row in export.rows] == [f"2026-06-0{day}" for day in range(1, 10)]
    assert (export.rows[0].values["hrv_rmssd_ms"], export.rows[-1].values["hrv_rmssd_ms"]) == (first, last)
    assert all("resting_hr_bpm" in row.values for row in export.rows)
