"""The stream of an export: other names, DTDs, damage, cuts, hostile files, memory."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.archives.apple.contents import ExportContents
from metrics.archives.apple.export_stream import read_export_stream
from metrics.archives.items import ItemKind
from metrics.files.errors import FileError
from tests.metrics.archives.apple.planned_exports import PlanExport, plan_files, plan_upload_folder
from tests.support.apple_exports import (
    build_export,
    build_record,
    build_sleep,
    build_workout,
    write_large_export,
)
from tests.support.paths import ROOT

NIGHT = "2026-06-01 00:00:00 +0000"
MORNING = "2026-06-01 07:00:00 +0000"
RESTING = build_record("RestingHeartRate", 48, NIGHT)
NEXT_RESTING = build_record("RestingHeartRate", 50, "2026-06-02 00:00:00 +0000")
BOTH_DAYS = {"2026-06-01": {"resting_hr_bpm": 48.0}, "2026-06-02": {"resting_hr_bpm": 50.0}}
LAUGHS = (
    '<!DOCTYPE HealthData [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">'
    '<!ENTITY file SYSTEM "file:///etc/passwd">]>\n'
)


@pytest.mark.parametrize("name", ["Export.xml", "exportación.xml", "导出.xml", "a/b/health.XML"])
def test_the_content_decides_and_not_the_name(tmp_path: Path, name: str):
    planned = plan_files(tmp_path, {name: build_export(RESTING)})
    assert planned is not None
    assert planned.days == {"2026-06-01": {"resting_hr_bpm": 48.0}}


@pytest.mark.parametrize(
    "data", [b"", b"<Export />", b"<?xml version='1.0'?><gpx/>", b"<ClinicalDocument/>", b"\0" * 1_000]
)
def test_other_xml_is_no_apple_health_export(tmp_path: Path, data: bytes):
    assert plan_files(tmp_path, {"export.xml": data}) is None


def test_an_invalid_dtd_is_skipped(plan_export: PlanExport):
    dtd = "<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Record*)>\n<!ATTLIST Record x CDATA IMPLIED\n]>\n"
    planned = plan_export(RESTING, dtd=dtd)
    assert (planned.days["2026-06-01"], planned.reasons) == ({"resting_hr_bpm": 48.0}, {})


def test_entities_are_never_expanded(plan_export: PlanExport):
    bomb = build_record("RestingHeartRate", "&c;&file;", NIGHT)
    planned = plan_export(RESTING, bomb, NEXT_RESTING, dtd=LAUGHS)
    assert planned.days == BOTH_DAYS
    assert list(planned.reasons) == ["1 damaged places"]


@pytest.mark.parametrize(
    "damaged",
    [
        ' <Record type="a" device="<<HKDevice: 0x28>, name:"Strap">" value="1"/>\n',
        ' <Record type="a" type="b" value="1"/>\n',
        ' <Record type="a" value="1"startDate="x"/>\n',
        ' <Record type="a" value="\x0b"/>\n',
        " <Record type=a/>\n",
        ' <Record type="a">\n  <MetadataEntry key="x" value="1"2"/>\n </Record>\n',
        " <Record\n",
        ' <Correlation type="x">\n  <Record 1="2"/>\n </Correlation>\n',
    ],
)
def test_an_invalid_record_of_an_app_does_not_end_the_reading(plan_export: PlanExport, damaged: str):
    planned = plan_export(RESTING, damaged, NEXT_RESTING)
    assert planned.days == BOTH_DAYS
    [name] = [name for name in planned.reasons if "damaged" in name]
    assert planned.reasons[name].startswith("The record is invalid")


def test_bytes_that_are_no_utf_8_damage_one_record(tmp_path: Path):
    data = build_export(RESTING, build_record("Height", "höhe", MORNING), NEXT_RESTING)
    planned = plan_files(tmp_path, {"export.xml": data.replace("ö".encode(), b"\xf6")})
    assert planned is not None
    assert planned.days == BOTH_DAYS


def test_what_was_read_before_a_cut_is_kept_and_the_cut_is_named(tmp_path: Path):
    data = build_export(RESTING, NEXT_RESTING, RESTING)[:-60]
    planned = plan_files(tmp_path, {"export.xml": data})
    assert planned is not None
    assert planned.days == BOTH_DAYS
    assert planned.reasons == {
        "the end": f"The file ends after {len(data):,} bytes, in the middle. All before was read."
    }


def test_a_damaged_zip_gives_what_can_be_inflated(tmp_path: Path):
    archive, work_folder = tmp_path / "export.zip", tmp_path / "work"
    work_folder.mkdir()
    heart_rates = [build_record("HeartRate", 60 + n % 90, MORNING) for n in range(20_000)]
    with ZipFile(archive, "w", ZIP_DEFLATED) as opened:
        opened.writestr("apple_health_export/export.xml", build_export(RESTING, *heart_rates))
    data = bytearray(archive.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    archive.write_bytes(data)
    planned = plan_upload_folder(archive, work_folder)
    assert planned is not None
    assert planned.days == {"2026-06-01": {"resting_hr_bpm": 48.0}}
    assert "the end" in planned.reasons


def test_deep_nesting_is_refused(tmp_path: Path):
    planned = plan_files(tmp_path, {"export.xml": b"<HealthData>" + b"<a>" * 100})
    assert planned is not None
    assert planned.reasons == {"export.xml": "The XML is nested too deeply."}


@pytest.mark.parametrize("start", [b' <Record type="', b" <!-- ", b" <?x "])
def test_an_element_without_an_end_is_given_up(tmp_path: Path, start: bytes):
    data = build_export(RESTING)[: -len("</HealthData>\n")] + start + b"x>" * 3_000_000
    planned = plan_files(tmp_path, {"export.xml": data})
    assert planned is not None
    assert planned.days == {"2026-06-01": {"resting_hr_bpm": 48.0}}
    assert sorted(planned.reasons) == ["1 damaged places", "the end"]


def test_known_other_files_of_the_export_are_named(plan_export: PlanExport):
    ecg = {f"electrocardiograms/ecg_{n}.csv": b"Name,Ada\n" for n in range(3)}
    planned = plan_export(RESTING, files={"export_cda.xml": b"<ClinicalDocument/>"} | ecg)
    assert {item.name for item in planned.list_items(ItemKind.UNREAD)} == {
        "apple_health_export/export_cda.xml",
        "3 electrocardiograms",
    }
    assert len(planned.used_paths) == 5


def test_the_progress_rises_to_the_end(plan_export: PlanExport):
    shares = plan_export(*[RESTING] * 5_000, build_workout("Running", NIGHT, MORNING)).shares
    assert list(shares) == sorted(shares)
    assert (len(shares) > 5, 0.6 < shares[-1] <= 1.0) == (True, True)


SAMPLE = build_export(
    RESTING,
    build_sleep("AsleepCore", NIGHT, MORNING),
    build_workout("Running", NIGHT, MORNING, '  <MetadataEntry key="HKTimeZone" value="Europe/Berlin"/>\n'),
)


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        piece, self._data = self._data[:size], self._data[size:]
        return piece


@given(st.integers(0, len(SAMPLE)), st.integers(0, 40), st.binary(max_size=40), st.booleans())
def test_any_bytes_give_readings_or_a_file_error(
    tmp_path_factory: pytest.TempPathFactory, place: int, removed: int, added: bytes, is_cut: bool
):
    data = SAMPLE[:place] + added + (b"" if is_cut else SAMPLE[place + removed :])
    contents = ExportContents(tmp_path_factory.getbasetemp())
    with suppress(FileError):
        read_export_stream(_Bytes(data), contents, lambda read_bytes: None)  # type: ignore[arg-type]
        contents.finish()
        contents.days.list_days(contents.sources.sources)
        for workout in contents.workouts.values():
            assert workout.utc_offset_min % 1 == 0
    contents.close()


MEASURE = r"""
import re, sys
from datetime import UTC
from pathlib import Path
from metrics.archives.apple.planning import plan_apple_health
from metrics.archives.planned_part import PlanningContext
from metrics.archives.upload_members import open_members

work_folder = Path(sys.argv[2])
with open_members(Path(sys.argv[1]), work_folder) as members:
    part = plan_apple_health(PlanningContext(members, work_folder, UTC, lambda share: None))
peak_kb = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
print(len(part.items), int(peak_kb) // 1024)
"""
"""getrusage would count the memory of the process that started this one."""
MAX_MEMORY_MB = 150


def test_a_large_export_is_read_in_little_memory(tmp_path: Path):
    days = write_large_export(tmp_path / "export.xml", 60_000_000)
    (tmp_path / "work").mkdir()
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "export.xml"), str(tmp_path / "work")]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    item_count, memory_mb = map(int, output.split())
    assert item_count == days + 2
    assert memory_mb < MAX_MEMORY_MB
