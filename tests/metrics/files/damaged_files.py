"""Files made by hand to be wrong in one way."""

from __future__ import annotations

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZipFile

from metrics.files.fit.container import build_fit_file


def build_fit_definition(message: int, *fields: tuple[int, int, int]) -> bytes:
    """A definition of local type 0; fields are (number, size, base type)."""
    return struct.pack("<BBBHB", 0x40, 0, 0, message, len(fields)) + b"".join(bytes(each) for each in fields)


def build_fit_of_type(kind: int) -> bytes:
    """A sound FIT file that says what it is, and nothing else."""
    return build_fit_file(build_fit_definition(0, (0, 1, 0)) + bytes((0, kind)))


def build_fit_with_empty_fields(messages: int) -> bytes:
    """One definition of 255 fields without a byte, and many messages of one byte each."""
    return build_fit_file(
        build_fit_definition(20, *((number, 0, 2) for number in range(255))) + bytes(messages)
    )


def build_fit_with_unknown_base_type() -> bytes:
    return build_fit_file(build_fit_definition(20, (3, 1, 0x3F)) + b"\0\x64")


def build_fit_with_header_checksum(file: bytes, header_checksum: int) -> bytes:
    """The same messages under a 14-byte header, which may carry the checksum 0 for none."""
    header = struct.pack("<BBHI4sH", 14, 0x20, 2132, len(file) - 14, b".FIT", header_checksum)
    from_header = header + file[12:-2]
    return from_header + struct.pack("<H", compute_bytewise_checksum(from_header))


def compute_bytewise_checksum(data: bytes) -> int:
    """CRC-16/ARC as every textbook has it."""
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
    """Two members in the directory that are the same bytes of the file."""
    archive = build_zip(a__gpx=data, b__gpx=data)
    place = archive.rfind(b"PK\x01\x02")
    return archive[: place + 42] + struct.pack("<I", 0) + archive[place + 46 :]
