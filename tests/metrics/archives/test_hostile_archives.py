"""Hostile archives are refused within a second. Nothing of them is left on disk."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipInfo

import pytest

from metrics.files.errors import FileError
from tests.metrics.archives.uploads import RUN, pack_zip, plan
from tests.metrics.files.damaged_files import build_overlapping_zip

SECONDS = 1.0
BOMB = bytes(150_000_000)
LINK, DEVICE, FIFO = 0o120777, 0o020666, 0o010666


def build_zip_of_kind(mode: int) -> bytes:
    info = ZipInfo("run.gpx")
    info.create_system, info.external_attr = 3, mode << 16
    return pack_zip([(info, b"/etc/passwd")])


def build_encrypted_zip() -> bytes:
    archive = bytearray(pack_zip({"run.gpx": RUN}))
    archive[6] |= 1
    archive[archive.find(b"PK\1\2") + 8] |= 1
    return bytes(archive)


def state_size(archive: bytes, size_bytes: int, *, in_header: bool = True) -> bytes:
    """The archive with another inflated size of its first file, in the directory and in the file's header."""
    lying = bytearray(archive)
    struct.pack_into("<I", lying, archive.find(b"PK\1\2") + 24, size_bytes)
    if in_header:
        struct.pack_into("<I", lying, 22, size_bytes)
    return bytes(lying)


def build_zip_with_empty_files(count: int, data: bytes = b"") -> bytes:
    """The entries of the directory are copies of one, with another number."""
    one = pack_zip({"000000": data})
    place, end = one.find(b"PK\1\2"), one.find(b"PK\5\6")
    entries = b"".join(one[place:end].replace(b"000000", b"%06d" % number) for number in range(count))
    counts = struct.pack("<HHII", count % 65_536, count % 65_536, len(entries), place)
    return one[:place] + entries + one[end : end + 8] + counts + b"\0\0"


def state_member_count(archive: bytes, count: int) -> bytes:
    place = archive.rfind(b"PK\5\6")
    lying = bytearray(archive)
    struct.pack_into("<HH", lying, place + 8, count, count)
    return bytes(lying)


def nest(archive: bytes, levels: int) -> bytes:
    for level in range(levels):
        archive = pack_zip({f"{level}-{copy}.zip": archive for copy in range(4)})
    return archive


HOSTILE: dict[str, Callable[[], bytes]] = {
    "overlapping files": lambda: build_overlapping_zip(RUN),
    "absolute path": lambda: pack_zip({"/etc/run.gpx": RUN}),
    "path to a parent": lambda: pack_zip({"a/../../run.gpx": RUN}),
    "path to a parent with backslashes": lambda: pack_zip({"..\\run.gpx": RUN}),
    "path with a drive": lambda: pack_zip({"C:\\run.gpx": RUN}),
    "NUL in a path": lambda: pack_zip({"aaaa.gpx": RUN}).replace(b"aaaa.gpx", b"a\0aa.gpx"),
    "path of 60,000 letters": lambda: pack_zip({"a" * 60_000: RUN}),
    "symbolic link": lambda: build_zip_of_kind(LINK),
    "device": lambda: build_zip_of_kind(DEVICE),
    "pipe": lambda: build_zip_of_kind(FIFO),
    "encrypted": build_encrypted_zip,
    "bomb": lambda: pack_zip({"run.gpx": BOMB}),
    "bomb in a nested ZIP": lambda: pack_zip({"Part1.zip": pack_zip({"run.gpx": BOMB})}),
    "nested ZIP that is a bomb": lambda: pack_zip({"Part1.zip": b"PK\3\4" + BOMB[:60_000_000]}),
    "nested ZIP with a path to a parent": lambda: pack_zip({"Part1.zip": pack_zip({"../run.gpx": RUN})}),
    "nested ZIP that is encrypted": lambda: pack_zip({"Part1.zip": build_encrypted_zip()}),
    "many files in nested ZIPs": lambda: pack_zip(
        {f"{n}.zip": build_zip_with_empty_files(99_000) for n in range(4)}
    ),
    "60,000 files that overlap": lambda: build_zip_with_empty_files(60_000, RUN),
    "ZIPs in ZIPs in ZIPs": lambda: nest(pack_zip({"run.gpx": RUN}), 5),
    "size of 4 GB": lambda: state_size(pack_zip({"run.gpx": RUN}), 4_000_000_000),
    "size much too small": lambda: state_size(pack_zip({"run.gpx": bytes(9_000_000)}), 5_000),
    "size a little too small": lambda: state_size(pack_zip({"run.gpx": RUN}), len(RUN) - 1),
    "two sizes": lambda: state_size(pack_zip({"run.gpx": RUN}), len(RUN) - 1, in_header=False),
    "100,000 files": lambda: build_zip_with_empty_files(100_000),
    "100,000 files that are said to be one": lambda: state_member_count(
        build_zip_with_empty_files(100_000), 1
    ),
}


@pytest.mark.parametrize("build", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_archive_is_refused_at_once(tmp_path: Path, build: Callable[[], bytes]):
    archive = build()
    began = time.process_time()
    with pytest.raises(FileError) as error:
        plan(tmp_path, archive)
    assert time.process_time() - began < SECONDS
    assert error.value.code in ("UNREADABLE_FILE", "FILE_TOO_LARGE")
    assert error.value.message.isprintable()
    assert list((tmp_path / "work").rglob("*")) == []


def test_an_archive_with_one_file_that_inflates_too_much_is_planned(tmp_path):
    """It compresses very well, but it is small. Only this file is refused when it is read."""
    made = plan(tmp_path, pack_zip({"run.gpx": RUN, "padded.gpx": RUN + bytes(5_000_000)}))
    assert [item.name for item in made.items] == ["run.gpx", "padded.gpx"]
