"""Inflate gzip piece by piece, so that a bomb is noticed before it fills the memory."""

from __future__ import annotations

import zlib

from .errors import FILE_TOO_LARGE, MAX_FILE_BYTES, MAX_RATIO, FileError, file_too_large_error

GZIP_MAGIC = b"\x1f\x8b"
PIECE_BYTES = 65_536
MIN_BYTES_FOR_RATIO = 1_000_000
"""Below this inflated size the ratio is not checked. Small files do no harm, and some compress very well."""


def gunzip(data: bytes) -> tuple[bytes, bool]:
    """Returns (inflated bytes, is damaged). A damaged file gives the bytes before the damage.

    Raises FileError (FILE_TOO_LARGE) above MAX_FILE_BYTES or MAX_RATIO.
    """
    inflated = bytearray()
    rest = data
    while rest.startswith(GZIP_MAGIC):
        member = zlib.decompressobj(wbits=31)
        try:
            _inflate(member, rest, inflated, len(data))
        except zlib.error:
            return bytes(inflated), True
        if not member.eof:
            return bytes(inflated), True
        rest = member.unused_data
    return bytes(inflated), False


def _inflate(member: zlib._Decompress, compressed: bytes, inflated: bytearray, compressed_bytes: int) -> None:
    waiting = compressed
    while waiting and not member.eof:
        inflated += member.decompress(waiting, PIECE_BYTES)
        waiting = member.unconsumed_tail
        check_inflation(len(inflated), compressed_bytes)


def check_inflation(inflated_bytes: int, compressed_bytes: int) -> None:
    """Raises FileError (FILE_TOO_LARGE) above MAX_FILE_BYTES or MAX_RATIO."""
    if inflated_bytes > MAX_FILE_BYTES:
        raise file_too_large_error()
    if inflated_bytes > max(MIN_BYTES_FOR_RATIO, MAX_RATIO * compressed_bytes):
        raise FileError(FILE_TOO_LARGE, f"The file inflates to more than {MAX_RATIO} times its size.")
