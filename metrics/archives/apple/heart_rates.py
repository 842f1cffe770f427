"""The heart rates of all years. They are kept on disk, because an export has millions."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

COLUMNS = 3
FLUSH_NUMBERS = COLUMNS * 20_000
BLOCK_ROWS = 250_000
BATCH_WINDOWS = 100
MAX_BATCH_ROWS = 2_000_000
"""In memory at once. A hundred hours at one reading a second are 360,000."""

Rows = npt.NDArray[np.float64]
"""(n, 3): unix second, beats a minute, number of the source."""


class HeartRateFile:
    """Rows of numbers in a file, in the order of the export."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting = array("d")
        self._file = path.open("wb")

    def add(self, unix_s: float, bpm: float, source: int) -> None:
        self._waiting.extend((unix_s, bpm, source))
        if len(self._waiting) >= FLUSH_NUMBERS:
            self._flush()

    def close(self) -> None:
        """Delete the file."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def find_rows(self, windows: Sequence[tuple[float, float]]) -> Iterator[Rows]:
        """The rows of each window (first, last unix second), in order of time. `windows` are sorted."""
        self._flush()
        for start in range(0, len(windows), BATCH_WINDOWS):
            yield from self._find_batch(windows[start : start + BATCH_WINDOWS])

    def _find_batch(self, windows: Sequence[tuple[float, float]]) -> list[Rows]:
        first, last = windows[0][0], max(end for _, end in windows)
        found: list[list[Rows]] = [[] for _ in windows]
        room = MAX_BATCH_ROWS
        for block in self._read_blocks():
            near = block[(block[:, 0] >= first) & (block[:, 0] <= last)]
            near = near[np.argsort(near[:, 0], kind="stable")]
            unix_s = near[:, 0]
            for parts, (begin, end) in zip(found, windows, strict=True):
                start, stop = np.searchsorted(unix_s, begin), np.searchsorted(unix_s, end, side="right")
                rows = near[start:stop][:room]
                if len(rows):
                    parts.append(rows.copy())
                    room -= len(rows)
        return [_sort_rows(parts) for parts in found]

    def _read_blocks(self) -> Iterator[Rows]:
        with self._path.open("rb") as file:
            while len(block := np.fromfile(file, np.float64, BLOCK_ROWS * COLUMNS)):
                yield block.reshape(-1, COLUMNS)

    def _flush(self) -> None:
        self._waiting.tofile(self._file)
        self._file.flush()
        del self._waiting[:]


def _sort_rows(parts: list[Rows]) -> Rows:
    rows = np.concatenate(parts) if parts else np.empty((0, COLUMNS))
    return rows[np.argsort(rows[:, 0], kind="stable")]
