"""The positions inside `export.xml`, as iOS 11 wrote them. They are kept on disk."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from math import nan
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .workouts import parse_finite_number

NAMES = ("latitude", "longitude", "altitude", "speed")
COLUMNS = 1 + len(NAMES)
FLUSH_NUMBERS = COLUMNS * 10_000


class LocationFile:
    """Rows (unix second, latitude, longitude, altitude, speed) in a file, in the order of the export."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting = array("d")
        self._count = 0
        self._file = path.open("wb")

    def __len__(self) -> int:
        return self._count

    def add(self, unix_s: float, attributes: Mapping[str, str]) -> None:
        numbers = (parse_finite_number(attributes.get(name, "")) for name in NAMES)
        self._waiting.extend((unix_s, *(nan if number is None else number for number in numbers)))
        self._count += 1
        if len(self._waiting) >= FLUSH_NUMBERS:
            self._flush()

    def read_rows(self, first: int, count: int) -> npt.NDArray[np.float64]:
        self._flush()
        with self._path.open("rb") as file:
            file.seek(first * COLUMNS * 8)
            return np.fromfile(file, np.float64, count * COLUMNS).reshape(-1, COLUMNS)

    def close(self) -> None:
        """Delete the file."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _flush(self) -> None:
        self._waiting.tofile(self._file)
        self._file.flush()
        del self._waiting[:]
