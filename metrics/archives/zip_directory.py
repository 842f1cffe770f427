"""Check the directory of a ZIP before anything of it is inflated.

A hostile archive is refused as a whole: too many files, files that overlap (Fifield, "A better zip bomb",
2019), sizes that cannot be true, encrypted files, and names that lead out of a folder.
"""

from __future__ import annotations

import os
import stat
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from metrics.files.errors import FILE_TOO_LARGE, MAX_RATIO, UNREADABLE_FILE, FileError

from .members import is_hidden_file, replace_unprintable

MAX_MEMBERS = 99_999
MAX_TOTAL_BYTES = 20_000_000_000
"""Inflated size of all files together. Ten years of daily runs as TCX are 4 GB; a health export is 3 GB."""
MIN_BOMB_BYTES = 100_000_000
"""Below this inflated size, the ratio of a whole archive is not checked."""
MAX_DIRECTORY_BYTES = 100_000_000
MAX_PATH_LETTERS = 1_000
MAX_DEFLATE_RATIO = 1_032
MAX_DEFLATE_GROWTH = 1.25
SIZE_TOLERANCE_BYTES = 1_000

END_RECORD = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
END64_LOCATOR_SIGNATURE = b"PK\x06\x07"
END64_LOCATOR_BYTES = 20
END64_RECORD = struct.Struct("<4sQ2H2L4Q")
ENTRY_SIGNATURE = b"PK\x01\x02"
LOCAL_HEADER = struct.Struct("<4sHHHHHLLLHH")
LOCAL_SIGNATURE = b"PK\x03\x04"

ENCRYPTED_FLAG = 0x1
SIZES_LATER_FLAG = 0x8
UTF8_FLAG = 0x800
FROM_UNIX = 3


class RefusedArchiveError(FileError):
    """The archive is hostile, not only damaged. Nothing of the upload is stored."""


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """Where the bytes of a file are. `is_readable`: the method is known and the file has its own header."""

    path: str
    data_offset: int
    compressed_bytes: int
    size_bytes: int
    checksum: int
    is_deflated: bool
    is_readable: bool


def read_zip_directory(file: BinaryIO, name: str) -> list[ZipEntry]:
    """The files of a ZIP in its order, without folders and hidden files.

    Raises FileError (UNREADABLE_FILE): it is damaged; RefusedArchiveError: it is hostile.
    `name` is the archive's name, for the message.
    """
    count_zip_entries(file, name)
    try:
        with ZipFile(file) as opened:
            infos, directory_offset = opened.infolist(), opened.start_dir
    except (BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise _create_unreadable_error(name) from error
    _check_sizes(infos, os.fstat(file.fileno()).st_size, name)
    _check_overlap(infos, directory_offset, name)
    for info in infos:
        _check_entry(info, name)
    offsets = _find_data(file, infos, name)
    entries: dict[str, ZipEntry] = {}
    for info in infos:
        path = _clean_path(info)
        if info.is_dir() or path.endswith("/") or is_hidden_file(path):
            continue
        unique = _make_unique(path, entries)
        data_offset = offsets[info.header_offset]
        entries[unique] = ZipEntry(
            path=unique,
            data_offset=data_offset,
            compressed_bytes=info.compress_size,
            size_bytes=info.file_size,
            checksum=info.CRC,
            is_deflated=info.compress_type == ZIP_DEFLATED,
            is_readable=info.compress_type in (ZIP_STORED, ZIP_DEFLATED) and data_offset >= 0,
        )
    return list(entries.values())


def count_zip_entries(file: BinaryIO, name: str) -> int:
    """Count the entries of the directory before they are parsed: a hundred thousand take seconds.

    Raises FileError (UNREADABLE_FILE): it is no ZIP; RefusedArchiveError: it has too many files.
    """
    size = os.fstat(file.fileno()).st_size
    tail = os.pread(file.fileno(), 65_535 + END_RECORD.size, max(0, size - 65_535 - END_RECORD.size))
    place = tail.rfind(END_SIGNATURE)
    if place < 0 or len(tail) - place < END_RECORD.size:
        raise _create_unreadable_error(name)
    *_, directory_bytes, _, _ = END_RECORD.unpack_from(tail, place)
    end = size - len(tail) + place
    place64 = place - END64_LOCATOR_BYTES - END64_RECORD.size
    if place64 >= 0 and tail.startswith(END64_LOCATOR_SIGNATURE, place - END64_LOCATOR_BYTES):
        end -= END64_LOCATOR_BYTES + END64_RECORD.size
        *_, directory_bytes, _ = END64_RECORD.unpack_from(tail, place64)
    if directory_bytes > min(MAX_DIRECTORY_BYTES, end):
        raise _create_unreadable_error(name)
    count = os.pread(file.fileno(), directory_bytes, end - directory_bytes).count(ENTRY_SIGNATURE)
    if count > MAX_MEMBERS:
        raise RefusedArchiveError(FILE_TOO_LARGE, f"{name} contains more than {MAX_MEMBERS:,} files.")
    return count


def _create_unreadable_error(name: str) -> FileError:
    return FileError(UNREADABLE_FILE, f"{name} isn't a readable ZIP archive.")


def _check_overlap(infos: list[ZipInfo], directory_offset: int, name: str) -> None:
    """Refuse files that share bytes, by the directory alone. `_find_data` also counts the local names."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _create_overlap_error(name)
        end = info.header_offset + LOCAL_HEADER.size + info.compress_size
    if end > directory_offset:
        raise _create_overlap_error(name)


def _create_overlap_error(name: str) -> FileError:
    return RefusedArchiveError(UNREADABLE_FILE, f"{name} contains files that overlap.")


def _check_entry(info: ZipInfo, name: str) -> None:
    """Refuse what no honest export contains. A name may lead nowhere but below its folder."""
    shown = _show_name(info)
    if info.flag_bits & ENCRYPTED_FLAG:
        raise RefusedArchiveError(
            UNREADABLE_FILE,
            f"{name} contains encrypted files, for example {shown}. "
            "Unpack it with its password and send the files.",
        )
    if "\0" in info.orig_filename or not 0 < len(info.orig_filename) <= MAX_PATH_LETTERS:
        raise RefusedArchiveError(UNREADABLE_FILE, f"{name} contains a file with an impossible name.")
    path = _clean_path(info)
    is_absolute = path.startswith("/") or path[1:2] == ":"
    if is_absolute or ".." in path.split("/"):
        raise RefusedArchiveError(UNREADABLE_FILE, f"{name} contains a file outside of its folder: {shown}.")
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == FROM_UNIX else 0
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise RefusedArchiveError(UNREADABLE_FILE, f"{name} contains a link or a device: {shown}.")


def _check_sizes(infos: list[ZipInfo], archive_bytes: int, name: str) -> None:
    """Refuse sizes that cannot be true, and archives that inflate to far more than they are."""
    for info in infos:
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            continue
        is_deflated = info.compress_type == ZIP_DEFLATED
        most = info.compress_size * (MAX_DEFLATE_RATIO if is_deflated else 1)
        least = info.compress_size / (MAX_DEFLATE_GROWTH if is_deflated else 1) - SIZE_TOLERANCE_BYTES
        if not least <= info.file_size <= most + SIZE_TOLERANCE_BYTES:
            raise RefusedArchiveError(UNREADABLE_FILE, f"{name} states a wrong size of {_show_name(info)}.")
    total = sum(info.file_size for info in infos)
    if total > MAX_TOTAL_BYTES:
        raise RefusedArchiveError(
            FILE_TOO_LARGE, f"{name} inflates to more than {MAX_TOTAL_BYTES // 10**9} GB."
        )
    if total > max(MIN_BOMB_BYTES, MAX_RATIO * archive_bytes):
        raise RefusedArchiveError(FILE_TOO_LARGE, f"{name} inflates to more than {MAX_RATIO} times its size.")


def _find_data(file: BinaryIO, infos: list[ZipInfo], name: str) -> dict[int, int]:
    """Where the bytes of each file begin, by the offset of its header.

    Each file must end before the next begins. −1: a file without its own header is damaged.
    """
    end = 0
    offsets = {}
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _create_overlap_error(name)
        header = os.pread(file.fileno(), LOCAL_HEADER.size, info.header_offset)
        end = info.header_offset + LOCAL_HEADER.size + info.compress_size
        offsets[info.header_offset] = -1
        if len(header) == LOCAL_HEADER.size and header.startswith(LOCAL_SIGNATURE):
            end += _measure_local_names(header, info, name)
            offsets[info.header_offset] = end - info.compress_size
    return offsets


def _measure_local_names(header: bytes, info: ZipInfo, name: str) -> int:
    """The bytes between a file's header and its data. The header must state the sizes of the directory."""
    _, _, flags, *_, compressed_bytes, size_bytes, name_bytes, extra_bytes = LOCAL_HEADER.unpack(header)
    is_zip64 = 0xFFFFFFFF in (compressed_bytes, size_bytes)
    is_equal = (compressed_bytes, size_bytes) == (info.compress_size, info.file_size)
    if not (flags & SIZES_LATER_FLAG or is_zip64 or is_equal):
        raise RefusedArchiveError(UNREADABLE_FILE, f"{name} states two sizes of {_show_name(info)}.")
    return int(name_bytes + extra_bytes)


def _clean_path(info: ZipInfo) -> str:
    """The path with slashes. Programs on Windows write backslashes; macOS writes UTF-8 without saying so."""
    path = info.orig_filename
    if not info.flag_bits & UTF8_FLAG:
        with suppress(UnicodeError):  # else it is CP437, as the format says
            path = path.encode("cp437").decode("utf-8")
    parts = path.replace("\\", "/").split("/")
    return "/".join(part for index, part in enumerate(parts) if part != "." or index == 0).removeprefix("./")


def _show_name(info: ZipInfo) -> str:
    """The name for a message: short and printable."""
    return replace_unprintable(info.orig_filename[:100])


def _make_unique(path: str, taken: dict[str, ZipEntry]) -> str:
    """Two files may have the same path: the second is “run (2).fit”."""
    unique, number = path, 2
    while unique in taken:
        pure = PurePosixPath(path)
        unique = str(pure.with_name(f"{pure.stem} ({number}){pure.suffix}"))
        number += 1
    return unique
