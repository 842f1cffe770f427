"""Build files that are wrong in exactly one way."""

from __future__ import annotations

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZipFile

from metrics.files.fit.container import build_fit_file


def build_fit_definition(message: int, *fields: tuple[int, int, int]) -> bytes:
    """A definition of local type 0; fields are (number, size, base type)."""
    return struct.pack("<BBBHB", 0x40, 0, 0, message, len(fields)) + b"".join(
        bytes(field) for field in fields
    )


def build_fit_of_type(kind: int) -> bytes:
    """A valid FIT file with nothing but its file type."""
    return build_fit_file(build_fit_definition(0, (0, 1, 0)) + bytes((0, kind)))


def build_fit_with_empty_fields(messages: int) -> bytes:
    """One definition with 255 fields of zero bytes, and many messages of one byte."""
    return build_fit_file(
        build_fit_definition(20, *((number, 0, 2) for number in range(255))) + bytes(messages)
    )


def build_fit_with_unknown_base_type() -> bytes:
    return build_fit_file(build_fit_definition(20, (3, 1, 0x3F)) + b"\0\x64")


def build_fit_with_header_checksum(file: bytes, header_checksum: int) -> bytes:
    """The same messages under a 14-byte header. A header checksum of 0 means that there is none."""
    header = struct.pack("<BBHI4sH", 14, 0x20, 2132, len(file) - 14, b".FIT", header_checksum)
    content = header + file[12:-2]
    return content + struct.pack("<H", compute_bytewise_checksum(content))


def compute_bytewise_checksum(data: bytes) -> int:
    """CRC-16/ARC as in textbooks, one byte at a time."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def build_gzip_bomb(inflated_bytes: int) -> bytes:
    """Zeros, as small as gzip can make them."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(
        [*(packer.compress(bytes(1_000_000)) for _ in range(inflated_bytes // 1_000_000)), packer.flush()]
    )


def build_zip(**members: bytes) -> bytes:
    """A deflated ZIP; `__` in a name stands for a dot."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return file.getvalue()


def build_overlapping_zip(data: bytes) -> bytes:
    """A ZIP whose directory has two members at the same bytes of the file."""
    archive = build_zip(a__gpx=data, b__gpx=data)
    place = archive.rfind(b"PK\x01\x02")
    return archive[: place + 42] + struct.pack("<I", 0) + archive[place + 46 :]
