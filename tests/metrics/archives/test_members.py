"""The files of an upload are the same, wherever they lie: in a folder, in a ZIP, in a ZIP in a ZIP."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from metrics.archives.members import Members
from metrics.archives.upload_members import open_members
from metrics.files.errors import FileError
from metrics.files.xml.writer import encode_gpx
from tests.metrics.archives.uploads import RUN, open_upload, pack_zip, write_folder
from tests.metrics.files.example_recordings import build_run

FILES = {"a/run.gpx": RUN, "b.txt": b"hello", "ä/ö.tcx": b"<x/>"}


def read_all(tmp_path: Path, upload: bytes | Path) -> dict[str, bytes]:
    with open_upload(tmp_path, upload) as members:
        return {member.path: members.read_member(member.path) for member in members.list_members()}


def stream(members: Members, path: str) -> bytes:
    with members.open_member(path) as file:
        return file.read()


def test_a_folder_and_its_zip_have_equal_files(tmp_path):
    folder = write_folder(tmp_path / "folder", FILES)
    assert read_all(tmp_path, folder) == read_all(tmp_path, pack_zip(FILES)) == FILES


def test_a_single_file_is_a_folder_with_one_file(tmp_path):
    file = tmp_path / "upload"
    file.write_bytes(RUN)
    with open_members(file, tmp_path, "Morning.gpx") as members:
        (member,) = members.list_members()
        assert (member.path, member.size_bytes) == ("Morning.gpx", len(RUN))
        assert members.read_member("Morning.gpx") == stream(members, "Morning.gpx") == RUN


def test_a_zip_in_a_zip_is_opened_and_the_next_one_stays_closed(tmp_path):
    innermost = pack_zip({"run.gpx": RUN})
    archive = pack_zip({"Part1.zip": pack_zip({"12.gpx": RUN, "deep.zip": innermost}), "13.gpx": b"<gpx/>"})
    assert read_all(tmp_path, archive) == {
        "Part1.zip/12.gpx": RUN,
        "Part1.zip/deep.zip": innermost,
        "13.gpx": b"<gpx/>",
    }


def test_a_zip_in_a_folder_is_opened_with_the_zip_inside(tmp_path):
    folder = write_folder(
        tmp_path / "folder", {"export.zip": pack_zip({"Part1.zip": pack_zip({"1.gpx": RUN})})}
    )
    assert read_all(tmp_path, folder) == {"export.zip/Part1.zip/1.gpx": RUN}


def test_a_nested_zip_is_unpacked_once(tmp_path):
    archive = pack_zip({"Part1.zip": pack_zip({"12.gpx": RUN})})
    read_all(tmp_path, archive)
    (unpacked,) = (tmp_path / "work").rglob("*.zip")
    before = unpacked.stat().st_mtime_ns
    read_all(tmp_path, archive)
    assert unpacked.stat().st_mtime_ns == before


def test_a_damaged_nested_zip_stays_a_file(tmp_path):
    damaged = pack_zip({"12.gpx": RUN})[:-30]
    assert read_all(tmp_path, pack_zip({"Part1.zip": damaged})) == {"Part1.zip": damaged}


def test_files_of_the_computer_are_omitted(tmp_path):
    hidden = {"__MACOSX/a/._run.gpx": b"x", "a/.DS_Store": b"x", "._b.txt": b"x", "Thumbs.db": b"x"}
    assert read_all(tmp_path, pack_zip(FILES | hidden)) == FILES
    assert read_all(tmp_path, write_folder(tmp_path / "folder", FILES | hidden)) == FILES


def test_a_folder_omits_links(tmp_path):
    folder = write_folder(tmp_path / "folder", {"run.gpx": RUN})
    (folder / "link.gpx").symlink_to(folder / "run.gpx")
    (folder / "linked").symlink_to(tmp_path)
    assert read_all(tmp_path, folder) == {"run.gpx": RUN}


def test_two_files_with_one_path_are_both_read(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = pack_zip([("run.gpx", b"1"), ("run.gpx", b"2")])
    assert read_all(tmp_path, archive) == {"run.gpx": b"1", "run (2).gpx": b"2"}


@pytest.mark.parametrize(
    ("raw", "path"),
    [("Lauf_M\u00fcnchen.gpx".encode("cp437"), "Lauf_München.gpx"), ("Läufe.gpx".encode(), "Läufe.gpx")],
    ids=["CP437", "UTF-8 without its flag"],
)
def test_names_are_read_in_the_encoding_of_their_program(tmp_path, raw, path):
    placeholder = "x" * len(raw)
    archive = pack_zip({placeholder: RUN}).replace(placeholder.encode(), raw)
    assert list(read_all(tmp_path, archive)) == [path]


def test_backslashes_of_windows_are_folders(tmp_path):
    assert list(read_all(tmp_path, pack_zip({"a\\b\\run.gpx": RUN}))) == ["a/b/run.gpx"]


def test_an_import_reads_what_it_wrote_itself(tmp_path):
    archive = pack_zip({"work/run.gpx": b"theirs"})
    with open_upload(tmp_path, archive) as members:
        write_folder(tmp_path / "work", {"apple/run.tcx": b"ours"})
        assert members.read_member("work/apple/run.tcx") == stream(members, "work/apple/run.tcx")
        assert [member.path for member in members.list_members()] == ["./work/run.gpx"]
        assert members.read_member("./work/run.gpx") == b"theirs"
        for path in ("work/../upload.zip", "work/nothing", "nothing"):
            with pytest.raises(FileError):
                members.read_member(path)


def test_a_damaged_file_gives_the_bytes_before_the_damage(tmp_path):
    long_run = encode_gpx(build_run(2_000))
    archive = bytearray(pack_zip({"run.gpx": long_run, "last.gpx": RUN}))
    middle = archive.find(b"PK\3\4", 4) // 2
    archive[middle : middle + 60] = bytes(60)
    with open_upload(tmp_path, bytes(archive)) as members:
        data = members.read_member("run.gpx")
        assert len(long_run) / 3 < len(data) < len(long_run)
        assert long_run.startswith(data[: len(long_run) // 3])
        assert members.read_member("last.gpx") == RUN
        with pytest.raises(FileError, match="damaged"):
            stream(members, "run.gpx")


def test_a_file_above_25_mb_is_streamed_but_not_read_at_once(tmp_path):
    lines = b"".join(b"%07d\n" % number for number in range(10_000))
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        archive.writestr("export.xml", lines * 320)
    with open_upload(tmp_path, packed.getvalue()) as members:
        with pytest.raises(FileError) as error:
            members.read_member("export.xml")
        assert error.value.code == "FILE_TOO_LARGE"
        with members.open_member("export.xml") as file:
            assert sum(len(piece) for piece in iter(lambda: file.read(1_000_000), b"")) == 320 * len(lines)


def test_a_zip64_archive_is_read(tmp_path):
    file = io.BytesIO()
    with (
        ZipFile(file, "w", ZIP_DEFLATED) as archive,
        archive.open(ZipInfo("run.gpx"), "w", force_zip64=True) as run,
    ):
        run.write(RUN)
    assert read_all(tmp_path, file.getvalue()) == {"run.gpx": RUN}


def test_an_archive_behind_other_bytes_is_read(tmp_path):
    """A ZIP that unpacks itself begins with a program. Its first bytes must still be those of a ZIP."""
    stored = b"PK\3\4" + bytes(100) + pack_zip({"run.gpx": RUN})
    assert read_all(tmp_path, stored) == {"run.gpx": RUN}


def test_a_method_that_is_unknown_refuses_the_file_alone(tmp_path):
    archive = bytearray(pack_zip({"a.gpx": RUN, "b.gpx": RUN}))
    struct.pack_into("<H", archive, 8, 9)
    struct.pack_into("<H", archive, archive.find(b"PK\1\2") + 10, 9)
    with open_upload(tmp_path, bytes(archive)) as members:
        assert members.read_member("b.gpx") == RUN
        with pytest.raises(FileError, match="unknown method"):
            members.read_member("a.gpx")


def test_a_stored_file_is_read(tmp_path):
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr("run.gpx", RUN)
    assert read_all(tmp_path, file.getvalue()) == {"run.gpx": RUN}
