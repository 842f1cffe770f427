"""Health data among the files of an upload, by its content."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.archives.health import HEAD_BYTES, detect_health_data, read_health_data, read_health_days
from metrics.archives.items import ImportItem, ItemKind
from metrics.archives.upload_members import open_members
from metrics.files.errors import FileError
from tests.support.paths import RECORDINGS

HRV_STATUS = b"Date,Overnight HRV,Baseline,7d Avg\nJun 8,54ms,45ms - 61ms,52ms\n"
DAILY = b'[{"calendarDate":"2026-06-08","totalSteps":5,"restingHeartRate":48}]'
TODAY = date(2026, 6, 10)

REAL_FILES = {
    "wellness/badgerman26__intervals-icu-wellness.csv": "intervals.icu",
    "wellness/goldencheetah__HRV4Training-MyMeasurements_Android.csv": "hrv4training",
    "wellness/goldencheetah__HRV4Training-MyMeasurements_Android_1.csv": "hrv4training",
    "wellness/goldencheetah__HRV4Training-MyMeasurements_Android_2.csv": "hrv4training",
    "whoop-export/physiological_cycles.csv": "whoop",
    "whoop-export/sleeps.csv": "whoop",
    "whoop-export/workouts.csv": "",
    "strava-export-ahmed/activities.csv": "",
    "logs/badgerman26__intervals-icu-activities.csv": "",
    "logs/asplitline__running_page-activities.json": "",
    "csv/runalyze__GarminConnect-de.csv": "",
    "garmin-export/DI_CONNECT/DI-Connect-Fitness/mblennon_1001_summarizedActivities.json": "",
}


@pytest.mark.parametrize(("name", "data"), [("HRV Status.csv", HRV_STATUS), ("UDSFile.json", DAILY)])
def test_an_item_is_read_from_its_members(tmp_path: Path, name: str, data: bytes):
    (tmp_path / name).write_bytes(data)
    assert detect_health_data(name, data) == "garmin"
    with open_members(tmp_path, tmp_path / "work") as members:
        export = read_health_days(members, ImportItem(name, ItemKind.HEALTH, name), UTC, TODAY)
    assert (export.source, [row.date for row in export.rows]) == ("garmin", [date(2026, 6, 8)])


@pytest.mark.parametrize(
    "head", [b"", b"\0" * 100, b"PK\x03\x04", b"<gpx>", b"[", b"{}", b"[]", b"a,b\n1,2", b"\xff\xfe"]
)
def test_other_files_are_no_health_data(head: bytes):
    assert detect_health_data("wellness.csv", head) == ""
    with pytest.raises(FileError):
        read_health_data(head, "wellness.csv", UTC)


@pytest.mark.skipif(not (RECORDINGS / "files").exists(), reason="no real files available")
@pytest.mark.parametrize(("path", "source"), REAL_FILES.items())
def test_real_files_are_recognised(path: str, source: str):
    with (RECORDINGS / "files" / path).open("rb") as file:
        assert detect_health_data("", file.read(HEAD_BYTES)) == source


@given(st.sampled_from([HRV_STATUS, DAILY, b"", b"[{"]), st.integers(0, 80), st.binary(max_size=60))
def test_any_bytes_give_rows_or_a_file_error(data: bytes, place: int, added: bytes):
    changed = data[:place] + added + data[place:]
    detect_health_data("", changed)
    with suppress(FileError):
        read_health_data(changed, "wellness", UTC, TODAY)
