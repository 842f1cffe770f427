"""The container of a FIT file: headers, checksums and the length of each message, but not its meaning.

Each file is scanned here before the decoder (fitfast 0.1) sees it. The decoder alone is not safe: 255 empty
fields in a definition cost it 2 GB and 14 s per 100 kB, an unknown base type makes it panic, it refuses the
legal header checksum 0, and it reads nothing of a damaged file. The scan gives it valid pieces of limited
weight.

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
class MessageScan:
    """The valid messages of a file as FIT bodies (definitions and data). Each body can be decoded alone."""

    bodies: tuple[bytes, ...]
    is_complete: bool  # the scan reached the end of the file


@dataclass(frozen=True, slots=True)
class _Definition:
    raw: bytes
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


def scan_messages(data: bytes, bounds: FitFileBounds) -> MessageScan:
    """Scan the messages of a file up to its end or to the first invalid one.

    Raises FileError (FILE_TOO_LARGE) above MAX_WEIGHT.
    """
    # This is one flat loop over every message of an upload. Function calls would triple its time.
    definitions: list[_Definition | None] = [None] * 16
    sizes, weights, timed = [0] * 16, [0] * 16, [False] * 16
    bodies: list[bytes] = []
    preamble = b""
    position = piece = bounds.body
    weight = total = 0
    while position < bounds.body_end:
        head = data[position]
        if head & 0xC0 == 0x40:
            definition = _read_definition(data, position, bounds.body_end)
            if definition is None:
                break
            local = head & 0x0F
            definitions[local] = definition
            sizes[local], weights[local] = definition.size, 1 + definition.fields
            timed[local] = definition.has_timestamp
            weight += DEFINITION_WEIGHT
            position += len(definition.raw)
        else:
            compressed = head & 0x80
            local = (head >> 5) & 0x03 if compressed else head & 0x0F
            size = sizes[local]
            if not size or position + size > bounds.body_end:
                break
            # A piece must begin with a full timestamp. A compressed one depends on the messages before it.
            if weight > PIECE_WEIGHT and timed[local] and not compressed:
                bodies.append(preamble + data[piece:position])
                preamble = b"".join(known.raw for known in definitions if known)
                piece, total, weight = position, total + weight, 0
            weight += weights[local]
            position += size
        if weight > MAX_PIECE_WEIGHT or total > MAX_WEIGHT:
            raise too_many_records_error()
    bodies.append(preamble + data[piece:position])
    return MessageScan(tuple(bodies), is_complete=position == bounds.body_end)


def _read_definition(data: bytes, position: int, end: int) -> _Definition | None:
    """The definition message at `position`. None if it is incomplete or invalid."""
    if position + 6 > end:
        return None
    fields = data[position + 5]
    fields_end = position + 6 + 3 * fields
    developer = data[position] & 0x20
    if fields_end + (1 if developer else 0) > end:
        return None
    stop = fields_end + 1 + 3 * data[fields_end] if developer else fields_end
    if stop > end:
        return None
    sizes = data[position + 7 : fields_end : 3] + data[fields_end + 2 : stop : 3]
    known_types = BASE_TYPES.issuperset(data[position + 8 : fields_end : 3])
    if not known_types or 0 in sizes:
        return None
    timed = b"\xfd" in data[position + 6 : fields_end : 3]
    return _Definition(data[position:stop], 1 + sum(sizes), len(sizes), timed)


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
