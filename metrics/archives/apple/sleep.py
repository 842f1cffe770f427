"""Make nights of the intervals in which somebody was asleep.

A night is the union of the intervals of one source, with waking times up to MAX_AWAKE_S. It belongs to the
local day of waking up. The longest sleep of a day is its night; a nap is not. Time in bed is not sleep.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np

from .moments import DAY_S, Moment

MAX_AWAKE_S = 3 * 3_600
"""After a longer time awake, another sleep begins."""

MAX_INTERVALS = 2_000_000


class SleepIntervals:
    """All intervals asleep, as columns: start, end, offset in minutes, source."""

    def __init__(self) -> None:
        self._rows = array("d")

    def __len__(self) -> int:
        return len(self._rows) // 4

    def add(self, start: Moment, end: Moment, source: int) -> bool:
        """False if it is no interval, or if there are too many."""
        if not 0 < end.unix_s - start.unix_s <= DAY_S or len(self) >= MAX_INTERVALS:
            return False
        self._rows.extend((start.unix_s, end.unix_s, end.offset_min, source))
        return True

    def list_nights(self) -> Iterator[tuple[int, int, float]]:
        """(local day, source, seconds asleep) of each sleep, also of naps."""
        table = np.frombuffer(self._rows, np.float64).reshape(-1, 4)
        table = table[np.lexsort((table[:, 0], table[:, 3]))]
        night: _Night | None = None
        for start, end, offset_min, source in table:
            if night is None or night.source != source or start - night.end > MAX_AWAKE_S:
                if night is not None:
                    yield night.as_row()
                night = _Night(int(source), float(start))
            night.add(float(start), float(end), int(offset_min))
        if night is not None:
            yield night.as_row()


class _Night:
    def __init__(self, source: int, start: float) -> None:
        self.source = source
        self.end = start
        self._asleep_s = 0.0
        self._offset_min = 0

    def add(self, start: float, end: float, offset_min: int) -> None:
        """Add an interval that begins after all intervals before. What overlaps counts once."""
        if end > self.end:
            self._asleep_s += end - max(start, self.end)
            self.end, self._offset_min = end, offset_min

    def as_row(self) -> tuple[int, int, float]:
        return Moment(self.end, self._offset_min).local_day, self.source, self._asleep_s
