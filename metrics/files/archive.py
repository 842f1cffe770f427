"""Read the recordings in a ZIP archive safely. The command line uses this for whole exports.

Nothing is unpacked to disk. Archives inside the archive are not opened. An archive whose members overlap is
refused here, because Python 3.11's zipfile does not check it (Fifield, "A better zip bomb", 2019).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from .errors import FILE_TOO_LARGE, MAX_FILE_BYTES, UNREADABLE_FILE, FileError
from .gzip_stream import PIECE_BYTES, check_inflation

RECORDING_ENDINGS = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")
MAX_MEMBERS = 100_000
MAX_TOTAL_BYTES = 20_000_000_000
"""Inflated size of all recordings together. Ten years of daily runs as TCX are 4 GB."""

LOCAL_HEADER = struct.Struct("<26xHH")
LOCAL_SIGNATURE = b"PK\x03\x04"


def read_archive(archive: Path | bytes, filename: str = "") -> Iterator[tuple[str, bytes | FileError]]:
    """Yield (name, bytes) of each FIT, GPX and TCX file in a ZIP, also gzipped ones, in the ZIP's order.

    A damaged or encrypted member gives the bytes that can be inflated; `read_recordings` may refuse them. One
    that inflates too much gives the error instead of bytes; the others are read.
    Raises FileError: UNREADABLE_FILE if this is not a ZIP, FILE_TOO_LARGE if all together inflate too much.
    """
    name = filename or "The file"
    with io.BytesIO(archive) if isinstance(archive, bytes) else archive.open("rb") as file:
        try:
            opened = ZipFile(file)
        except (BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise FileError(UNREADABLE_FILE, f"{name} isn't a readable ZIP archive.") from error
        with opened:
            infos = opened.infolist()
            if len(infos) > MAX_MEMBERS:
                raise FileError(FILE_TOO_LARGE, f"{name} contains more than {MAX_MEMBERS} files.")
            _check_overlap(file, infos, name)
            yield from _read_recordings(opened, infos, name)


def _read_recordings(
    opened: ZipFile, infos: list[ZipInfo], name: str
) -> Iterator[tuple[str, bytes | FileError]]:
    total = 0
    for info in infos:
        if not _is_recording(info):
            continue
        try:
            data = _inflate_member(opened, info)
        except FileError as error:
            total += MAX_FILE_BYTES
            yield info.filename, error
            continue
        total += len(data)
        if total > MAX_TOTAL_BYTES:
            raise FileError(FILE_TOO_LARGE, f"{name} inflates to more than {MAX_TOTAL_BYTES} bytes.")
        yield info.filename, data


def _is_recording(info: ZipInfo) -> bool:
    """Whether a member is a recording. macOS Finder adds a `._` file beside each file; those are not."""
    base_name = info.filename.rsplit("/", 1)[-1].lower()
    return base_name.endswith(RECORDING_ENDINGS) and not base_name.startswith("._")


def _check_overlap(file: BinaryIO, infos: list[ZipInfo], name: str) -> None:
    """Refuse members that share bytes. By the central directory, each must end before the next begins.

    A member without its own header is damaged. Nothing of it is inflated.
    """
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise FileError(UNREADABLE_FILE, f"{name} contains files that overlap.")
        file.seek(info.header_offset)
        header = file.read(LOCAL_HEADER.size)
        end = info.header_offset + LOCAL_HEADER.size + info.compress_size
        if len(header) == LOCAL_HEADER.size and header.startswith(LOCAL_SIGNATURE):
            end += sum(LOCAL_HEADER.unpack(header))


def _inflate_member(opened: ZipFile, info: ZipInfo) -> bytes:
    """The bytes of a member that can be inflated. The size is checked while they are read."""
    inflated = bytearray()
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return b""
    try:
        with opened.open(info) as member:
            while piece := member.read(PIECE_BYTES):
                inflated += piece
                check_inflation(len(inflated), info.compress_size)
    except (BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError, ValueError):
        pass  # wrong checksum, password or method: read_recordings gets the rest and reports what is wrong
    return bytes(inflated)
