"""Choose a file's extension from its content."""

from __future__ import annotations

import zlib

from metrics.files.fit.container import FIT_SIGNATURE
from metrics.files.xml.stream import read_root_name

from .gzip_stream import GZIP_MAGIC

HEAD_BYTES = 16_384
EXTENSION_BY_ROOT = {"gpx": ".gpx", "trainingcenterdatabase": ".tcx"}


def detect_file_extension(data: bytes) -> str:
    """.fit, .gpx or .tcx, with .gz added if compressed. Anything else is .bin."""
    if not data.startswith(GZIP_MAGIC):
        return _detect_plain_extension(data)
    try:
        return f"{_detect_plain_extension(zlib.decompressobj(wbits=31).decompress(data, HEAD_BYTES))}.gz"
    except zlib.error:
        return ".bin.gz"


def _detect_plain_extension(data: bytes) -> str:
    if data[8:12] == FIT_SIGNATURE:
        return ".fit"
    return EXTENSION_BY_ROOT.get(read_root_name(data).lower(), ".bin")
