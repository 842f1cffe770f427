"""ZIP archives: every recording is read once, other files are ignored, and bombs are refused."""

from __future__ import annotations

import gzip
import io
from zipfile import ZIP_BZIP2, ZipFile

import pytest

from metrics.files.archive import read_archive
from metrics.files.errors import FileError
from metrics.files.xml.writer import encode_fit, encode_gpx
from tests.metrics.files.damaged_files import build_overlapping_zip, build_zip
from tests.metrics.files.example_recordings import build_run

RUN = encode_gpx(build_run(20))


def read_error_code(archive: bytes) -> str:
    with pytest.raises(FileError) as error:
        list(read_archive(archive, "export.zip"))
    return error.value.code


def test_an_archive_gives_its_recordings_in_order_with_their_names():
    fit, zipped = encode_fit(build_run(20)), gzip.compress(RUN)
    archive = build_zip(
        **{"a/run__gpx": RUN, "b/RUN__FIT": fit, "c__tcx__gz": zipped, "notes__txt": b"hello"}
    )
    assert dict(read_archive(archive)) == {"a/run.gpx": RUN, "b/RUN.FIT": fit, "c.tcx.gz": zipped}


def test_an_archive_on_disk_gives_the_same_recordings(tmp_path):
    path = tmp_path / "export.zip"
    path.write_bytes(build_zip(run__gpx=RUN))
    assert list(read_archive(path)) == [("run.gpx", RUN)]


def test_nested_archives_and_macos_shadow_files_are_ignored():
    inside = build_zip(run__gpx=RUN)
    assert list(read_archive(build_zip(**{"inner__zip": inside, "__MACOSX/._run__gpx": b"shadow"}))) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\3\4", b"hello" * 100, RUN, build_zip(run__gpx=RUN)[:-30]],
    ids=["empty", "signature only", "text", "GPX", "incomplete ZIP"],
)
def test_data_that_is_not_an_archive_is_refused(data):
    assert read_error_code(data) == "UNREADABLE_FILE"


def test_members_that_overlap_are_refused():
    assert read_error_code(build_overlapping_zip(RUN)) == "UNREADABLE_FILE"


@pytest.mark.parametrize("megabytes", [20, 40])
def test_a_member_that_inflates_too_much_is_refused_alone(megabytes):
    bomb = bytes(megabytes * 1_000_000)
    (_, first), (name, refused), (_, last) = read_archive(
        build_zip(one__gpx=RUN, bomb__gpx=bomb, two__gpx=RUN)
    )
    assert (first, last) == (RUN, RUN)
    assert isinstance(refused, FileError)
    assert (name, refused.code) == ("bomb.gpx", "FILE_TOO_LARGE")


def test_a_member_without_its_own_header_is_damaged_alone():
    archive = bytearray(build_zip(one__gpx=RUN, two__gpx=RUN))
    archive[:4] = b"\0\0\0\0"
    assert list(read_archive(bytes(archive))) == [("one.gpx", b""), ("two.gpx", RUN)]


def test_a_damaged_member_gives_its_readable_bytes():
    archive = bytearray(build_zip(one__gpx=RUN, two__gpx=RUN))
    archive[40:60] = bytes(20)
    (_, damaged), (_, undamaged) = read_archive(bytes(archive))
    assert damaged != RUN
    assert undamaged == RUN


def test_a_member_with_an_unsupported_compression_gives_no_bytes():
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_BZIP2) as archive:
        archive.writestr("run.gpx", RUN)
    assert list(read_archive(file.getvalue())) == [("run.gpx", b"")]
