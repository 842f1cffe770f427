"""A ZIP that is sent while it is written: one piece at a time is in memory, nothing on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file of an archive. Its pieces are read when they are needed."""

    name: str
    pieces: Iterable[bytes]


class _ZipBuffer:
    """The output of zipfile. It cannot seek, so zipfile writes sizes and checksums after each file."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def write(self, piece: bytes) -> int:
        self._pending += piece
        return len(piece)

    def flush(self) -> None:
        """Required by zipfile; nothing to do."""

    def close(self) -> None:
        """Required by zipfile; the remaining bytes are drained later."""

    def drain(self, at_least: int = PIECE_BYTES) -> Iterator[bytes]:
        if len(self._pending) >= at_least:
            yield bytes(self._pending)
            self._pending.clear()


def stream_zip(files: Iterable[ArchiveFile], now: datetime) -> Iterator[bytes]:
    """The bytes of a ZIP of these files, dated `now`. An interrupted ZIP does not open."""
    buffer = _ZipBuffer()
    with ZipFile(buffer, "w") as archive:
        for file in files:
            entry = ZipInfo(file.name, now.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w") as target:
                for piece in file.pieces:
                    target.write(piece)
                    yield from buffer.drain()
    yield from buffer.drain(at_least=1)
