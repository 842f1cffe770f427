"""The container of a FIT file: headers, checksums and where each message ends, never what a message means.

The decoder (fitfast 0.1) must not see a file before it was walked here: 255 empty fields in a definition cost
it 2 GB and 14 s per 100 kB, an unknown base type makes it panic, it refuses the legal header checksum 0, and
gives nothing of a damaged file. So a file is walked, and handed on in sound pieces of bounded weight.

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
"""Messages + fields decoded at once, about 100 MB; an hour on a watch weighs 100,000."""
MAX_PIECE_WEIGHT = 4 * PIECE_WEIGHT
DEFINITION_WEIGHT = 10
MAX_WEIGHT = 16_000_000
"""Of a whole file, a few seconds; 25 MB of one-second records weigh 11 million."""


@dataclass(frozen=True, slots=True)
class FitFileBounds:
    """One FIT file of a chain: [start, end) with its header and checksum, [body, body_end) its messages."""

    start: int
    body: int
    body_end: int
    end: int
    is_complete: bool  # as many bytes as the header promises


@dataclass(frozen=True, slots=True)
class MessageScan:
    """The sound messages of a sequence as FIT bodies (definitions and data), each decodable alone."""

    bodies: tuple[bytes, ...]
    is_complete: bool  # the walk came to the end of the sequence


@dataclass(frozen=True, slots=True)
class _Definition:
    raw: bytes
    size: int  # of a data message, with its header byte
    fields: int
    has_timestamp: bool  # carries a full timestamp


def find_fit_files(data: bytes) -> Iterator[FitFileBounds]:
    """The chained FIT files in `data`; ends at the first bytes that are no FIT header."""
    start = 0
    while len(data) - start >= FIT_HEADER.size:
        header_bytes, _, _, body_bytes, signature = FIT_HEADER.unpack_from(data, start)
        if signature != FIT_SIGNATURE or header_bytes < FIT_HEADER.size:
            return
        body = start + header_bytes
        body_end = body + body_bytes
        end = body_end + CHECKSUM_BYTES
        whole = end <= len(data) and body_bytes > 0
        if whole:
            yield FitFileBounds(start, body, body_end, end, True)
            start = end
        else:  # never closed, or broken off: everything that is left
            yield FitFileBounds(start, body, len(data), len(data), False)
            return


def scan_messages(data: bytes, sequence: FitFileBounds) -> MessageScan:
    """Step over the messages of a sequence up to its end or to the first that cannot be right.

    Raises FileRefused (FILE_TOO_LARGE) above MAX_WEIGHT.
    """
    # One flat loop over every message of an upload, because calls would triple its time.
    definitions: list[_Definition | None] = [None] * 16
    sizes, weights, timed = [0] * 16, [0] * 16, [False] * 16
    bodies: list[bytes] = []
    preamble = b""
    position = piece = sequence.body
    weight = total = 0
    while position < sequence.body_end:
        head = data[position]
        if head & 0xC0 == 0x40:
            definition = _read_definition(data, position, sequence.body_end)
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
            if not size or position + size > sequence.body_end:
                break
            # A piece may only begin where time does not depend on what came before.
            if weight > PIECE_WEIGHT and timed[local] and not compressed:
                bodies.append(preamble + data[piece:position])
                preamble = b"".join(known.raw for known in definitions if known)
                piece, total, weight = position, total + weight, 0
            weight += weights[local]
            position += size
        if weight > MAX_PIECE_WEIGHT or total > MAX_WEIGHT:
            raise too_many_records_error()
    bodies.append(preamble + data[piece:position])
    return MessageScan(tuple(bodies), is_complete=position == sequence.body_end)


def _read_definition(data: bytes, position: int, end: int) -> _Definition | None:
    """The definition message at `position`, None when it is cut off or cannot be right."""
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
    """A FIT file (12-byte header, checksum) around a body of definitions and messages."""
    file = FIT_HEADER.pack(FIT_HEADER.size, 0x20, 2132, len(body), FIT_SIGNATURE) + body
    return file + struct.pack("<H", compute_checksum(file))


def is_header_checksum_valid(data: bytes, sequence: FitFileBounds) -> bool:
    """Whether the header has a checksum, which is optional, and the right one."""
    return compute_checksum(data[sequence.start : sequence.body]) == 0


def is_checksum_valid(data: bytes, sequence: FitFileBounds) -> bool:
    """Whether the file checksum, which covers the header too, is right. False where there is none."""
    return sequence.is_complete and compute_checksum(data[sequence.start : sequence.end]) == 0
