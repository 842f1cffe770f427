"""A ZIP that is sent while it is made: only the piece on its way is in memory, and nothing of it is on a disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file of an archive; its pieces are made when they are needed."""

    name: str
    pieces: Iterable[bytes]


class _ZipBuffer:
    """What zipfile writes into: it cannot seek, so that sizes and checksums follow each file's bytes."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, piece: bytes) -> int:
        self._waiting += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back here."""

    def close(self) -> None:
        """What waits is still to be sent."""

    def drain(self, at_least: int = PIECE_BYTES) -> Iterator[bytes]:
        if len(self._waiting) >= at_least:
            yield bytes(self._waiting)
            self._waiting.clear()


def stream_zip(files: Iterable[ArchiveFile], now: datetime) -> Iterator[bytes]:
    """The bytes of a ZIP of these files, each dated `now`. What breaks off has no directory and opens nowhere."""
    sent = _ZipBuffer()
    with ZipFile(sent, "w") as archive:
        for file in files:
            entry = ZipInfo(file.name, now.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w") as target:
                for piece in file.pieces:
                    target.write(piece)
                    yield from sent.drain()
    yield from sent.drain(at_least=1)
