"""Read the first message of a FIT file without decoding the file: its type, and when it was made."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

FILE_ID_MESSAGE = 0
TYPE_FIELD, CREATED_FIELD = 0, 4
FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
FIRST_DATE_S = 0x10000000
"""Smaller numbers count seconds since the device was switched on."""
INVALID = 0xFFFFFFFF


def read_fit_type(data: bytes) -> int | None:
    """The file type; 4 is an activity. None if the file does not say it first."""
    return next(iter(_read_file_id(data).get(TYPE_FIELD, (b"", False))[0]), None)


def read_fit_created_at(data: bytes) -> datetime | None:
    """When the file was made: the start of the activity for most watches."""
    raw, is_big_endian = _read_file_id(data).get(CREATED_FIELD, (b"", False))
    if len(raw) != 4:
        return None
    (seconds,) = struct.unpack(">I" if is_big_endian else "<I", raw)
    return FIT_EPOCH + timedelta(seconds=seconds) if FIRST_DATE_S <= seconds < INVALID else None


def _read_file_id(data: bytes) -> Mapping[int, tuple[bytes, bool]]:
    """The raw fields of the first message by number, each with its byte order. Empty if it is no file_id."""
    position = data[0] if data else 0
    while len(data) > position + 6 and data[position] & 0xC0 == 0x40:
        is_big_endian = bool(data[position + 2] & 1)
        (message,) = struct.unpack_from(">H" if is_big_endian else "<H", data, position + 3)
        fields_end = position + 6 + 3 * data[position + 5]
        if len(data) <= fields_end:
            break
        numbers, sizes = data[position + 6 : fields_end : 3], data[position + 7 : fields_end : 3]
        has_developer_fields = bool(data[position] & 0x20)
        position = fields_end + (1 + 3 * data[fields_end] if has_developer_fields else 0)
        if message == FILE_ID_MESSAGE:
            fields, place = {}, position + 1
            for number, size in zip(numbers, sizes, strict=True):
                fields[number] = (data[place : place + size], is_big_endian)
                place += size
            return fields
    return {}
