"""What a file of this content is called at its end."""

from __future__ import annotations

import zlib

from metrics.files.fit.container import SIGNATURE
from metrics.files.xml.stream import root_name

from .gzip_stream import GZIP_MAGIC

HEAD_BYTES = 16_384
BY_ROOT = {"gpx": ".gpx", "trainingcenterdatabase": ".tcx"}


def ending(data: bytes) -> str:
    """.fit, .gpx or .tcx, and .gz after it where it is compressed; .bin for what is none of them."""
    if not data.startswith(GZIP_MAGIC):
        return _plain(data)
    try:
        return f"{_plain(zlib.decompressobj(wbits=31).decompress(data, HEAD_BYTES))}.gz"
    except zlib.error:
        return ".bin.gz"


def _plain(data: bytes) -> str:
    if data[8:12] == SIGNATURE:
        return ".fit"
    return BY_ROOT.get(root_name(data).lower(), ".bin")
