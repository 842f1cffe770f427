"""The container of a FIT file: headers, checksums and the length of each message, but not its meaning.

Each file is scanned here before the decoder (fitfast 0.1) sees it. The decoder alone is not safe: 255 empty
fields in a definition cost it 2 GB and 14 s per 100 kB, an unknown base type makes it panic, it refuses the
legal header checksum 0, and it reads nothing of a damaged file. A developer field replaces the native field
of the same name there. The scan gives it valid pieces with a limited number of messages and fields (their
weight), and writes odd definitions anew. The data messages stay as they are.

Source: Garmin, "Flexible and Interoperable Data Transfer (FIT) Protocol".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from metrics.files.errors import too_many_records_error

from .checksum import compute_checksum

FIT_SIGNATURE = b".FIT"
FIT_HEADER = struct.Struct("<BBHI4s")
CHECKSUM_BYTES = 2
BASE_TYPES = frozenset(
    {0x00, 0x01, 0x02, 0x07, 0x0A, 0x0D, 0x83, 0x84, 0x85, 0x86, 0x88, 0x89, 0x8B, 0x8C, 0x8E, 0x8F, 0x90}
)
BYTES_TYPE = 0x0D
BASE_TYPE_NUMBERS = {kind & 0x1F: kind for kind in BASE_TYPES}
"""The low five bits decide. The highest bit only says that a type has several bytes; some writers omit it."""

MAX_FIELDS = 255
MAX_EMPTY_FIELDS = 16
"""Of one definition. Some writers list a text without bytes; more empty fields are an attack."""

DEVELOPER_FIELD_NUMBERS = range(249, 189, -1)
"""Numbers that no native field has. A developer field is read as bytes under one of them."""

PIECE_WEIGHT = 500_000
"""Messages + fields decoded at once; this takes about 100 MB. An hour on a watch weighs 100,000."""
MAX_PIECE_WEIGHT = 4 * PIECE_WEIGHT
DEFINITION_WEIGHT = 10
MAX_WEIGHT = 16_000_000
"""Of a whole file; decoding takes a few seconds. 25 MB of one-second records weigh 11 million."""


@dataclass(frozen=True, slots=True)
class FitFileBounds:
    """Byte offsets of one FIT file in a chain: [start, end) is the file, [body, body_end) its messages."""

    start: int
    body: int
    body_end: int
    end: int
    is_complete: bool  # it has as many bytes as the header says


@dataclass(frozen=True, slots=True)
class DeveloperField:
    """Where a developer field is: the number that the scan gave it, and its byte order."""

    number: int
    is_big_endian: bool


DeveloperFields = dict[tuple[float, float], DeveloperField]
"""By (developer data index, field definition number)."""


@dataclass(frozen=True, slots=True)
class MessageScan:
    """The valid messages of a file as FIT bodies (definitions and data). Each body can be decoded alone."""

    bodies: tuple[bytes, ...]
    is_complete: bool  # the scan reached the end of the file
    is_rewritten: bool  # a definition was written anew
    developer_fields: DeveloperFields


@dataclass(frozen=True, slots=True)
class _Definition:
    raw: bytes
    length: int  # in the file
    is_rewritten: bool  # `raw` is not as in the file
    size: int  # of a data message, with its header byte
    fields: int
    has_timestamp: bool  # a full one, not a compressed one


def find_fit_files(data: bytes) -> Iterator[FitFileBounds]:
    """The chained FIT files in `data`. Stops at the first bytes that are not a FIT header."""
    start = 0
    while len(data) - start >= FIT_HEADER.size:
        header_bytes, _, _, body_bytes, signature = FIT_HEADER.unpack_from(data, start)
        if signature != FIT_SIGNATURE or header_bytes < FIT_HEADER.size:
            return
        body = start + header_bytes
        body_end = body + body_bytes
        end = body_end + CHECKSUM_BYTES
        if end <= len(data) and body_bytes > 0:
            yield FitFileBounds(start, body, body_end, end, True)
            start = end
        else:  # the device never closed the file, or its end is missing: take all remaining bytes
            yield FitFileBounds(start, body, len(data), len(data), False)
            return


class _Pieces:
    """The bodies of a scan. A body begins with what `begun` has; its rest is in the file."""

    def __init__(self, data: bytes, start: int) -> None:
        self.data, self.start = data, start
        self.bodies: list[bytes] = []
        self.begun = bytearray()
        self.is_rewritten = False

    def replace_definition(self, position: int, definition: _Definition) -> None:
        self.is_rewritten = True
        self.begun += self.data[self.start : position] + definition.raw
        self.start = position + definition.length

    def close_piece(self, position: int, definitions: list[_Definition | None]) -> None:
        """The next piece begins at `position`, with the definitions known so far."""
        self.bodies.append(bytes(self.begun) + self.data[self.start : position])
        self.begun = bytearray().join(known.raw for known in definitions if known)
        self.start = position


def scan_messages(data: bytes, bounds: FitFileBounds) -> MessageScan:
    """Scan the messages of a file up to its end or to the first invalid one.

    Raises FileError (FILE_TOO_LARGE) above MAX_WEIGHT.
    """
    # This is one flat loop over every message of an upload. Function calls would triple its time.
    definitions: list[_Definition | None] = [None] * 16
    sizes, weights, timed = [0] * 16, [0] * 16, [False] * 16
    developer_fields: DeveloperFields = {}
    pieces = _Pieces(data, bounds.body)
    position = bounds.body
    weight = total = 0
    while position < bounds.body_end:
        head = data[position]
        if head & 0xC0 == 0x40:
            definition = _read_definition(data, position, bounds.body_end, developer_fields)
            if definition is None:
                break
            local = head & 0x0F
            definitions[local] = definition
            sizes[local], weights[local] = definition.size, 1 + definition.fields
            timed[local] = definition.has_timestamp
            weight += DEFINITION_WEIGHT
            if definition.is_rewritten:
                pieces.replace_definition(position, definition)
            position += definition.length
        else:
            compressed = head & 0x80
            local = (head >> 5) & 0x03 if compressed else head & 0x0F
            size = sizes[local]
            if not size or position + size > bounds.body_end:
                break
            # A piece must begin with a full timestamp. A compressed one depends on the messages before it.
            if weight > PIECE_WEIGHT and timed[local] and not compressed:
                pieces.close_piece(position, definitions)
                total, weight = total + weight, 0
            weight += weights[local]
            position += size
        if weight > MAX_PIECE_WEIGHT or total > MAX_WEIGHT:
            raise too_many_records_error()
    pieces.close_piece(position, [])
    return MessageScan(
        tuple(pieces.bodies), position == bounds.body_end, pieces.is_rewritten, developer_fields
    )


def _read_definition(
    data: bytes, position: int, end: int, developer_fields: DeveloperFields
) -> _Definition | None:
    """The definition message at `position`. None if it is incomplete or has too many fields."""
    if position + 6 > end:
        return None
    fields_end = position + 6 + 3 * data[position + 5]
    has_developer_fields = data[position] & 0x20
    if fields_end + (1 if has_developer_fields else 0) > end:
        return None
    stop = fields_end + 1 + 3 * data[fields_end] if has_developer_fields else fields_end
    if stop > end:
        return None
    sizes = data[position + 7 : fields_end : 3] + data[fields_end + 2 : stop : 3]
    known_types = BASE_TYPES.issuperset(data[position + 8 : fields_end : 3])
    raw: bytes | None = data[position:stop]
    is_odd = has_developer_fields or not known_types or 0 in sizes or data[position + 2] > 1
    if is_odd:
        raw = _rewrite_definition(data[position:stop], developer_fields)
    if raw is None or sizes.count(0) > MAX_EMPTY_FIELDS:
        return None
    timed = b"\xfd" in data[position + 6 : fields_end : 3]
    return _Definition(raw, stop - position, bool(is_odd), 1 + sum(sizes), raw[5], timed)


def _rewrite_definition(raw: bytes, developer_fields: DeveloperFields) -> bytes | None:
    """The definition of the same bytes without empty fields, unknown base types and developer fields.

    None if it has too many fields.
    """
    architecture = raw[2] & 1
    fields_end = 6 + 3 * raw[5]
    fields = [
        (number, size, kind if kind in BASE_TYPES else BASE_TYPE_NUMBERS.get(kind & 0x1F, BYTES_TYPE))
        for number, size, kind in zip(*(raw[6 + place : fields_end : 3] for place in range(3)), strict=True)
    ]
    for number, size, developer in zip(
        *(raw[fields_end + 1 + place :: 3] for place in range(3)), strict=True
    ):
        place = min(len(developer_fields), len(DEVELOPER_FIELD_NUMBERS) - 1)
        known = developer_fields.setdefault(
            (developer, number), DeveloperField(DEVELOPER_FIELD_NUMBERS[place], bool(architecture))
        )
        fields.append((known.number, size, BYTES_TYPE))
    kept = [field for field in fields if field[1]]
    if len(kept) > MAX_FIELDS:
        return None
    head = bytes([raw[0] & ~0x20, raw[1], architecture]) + raw[3:5] + bytes([len(kept)])
    return head + b"".join(map(bytes, kept))


def build_fit_file(body: bytes) -> bytes:
    """A FIT file: 12-byte header, the body of definitions and messages, checksum."""
    file = FIT_HEADER.pack(FIT_HEADER.size, 0x20, 2132, len(body), FIT_SIGNATURE) + body
    return file + struct.pack("<H", compute_checksum(file))


def is_header_checksum_valid(data: bytes, bounds: FitFileBounds) -> bool:
    """Whether the header has the right checksum. A header checksum is optional."""
    return compute_checksum(data[bounds.start : bounds.body]) == 0


def is_checksum_valid(data: bytes, bounds: FitFileBounds) -> bool:
    """Whether the file's checksum is right; it covers the header too. False if there is none."""
    return bounds.is_complete and compute_checksum(data[bounds.start : bounds.end]) == 0
