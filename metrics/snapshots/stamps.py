"""The one test of whether a stored row of an athlete is current."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, Protocol

from athletes.models import Athlete


class StampedRow(Protocol):
    """A stored row that was computed from an athlete's data."""

    data_version: int
    local_date: date
    formula: int


class RowStamp(NamedTuple):
    """What a stored row was computed from. All None without a row."""

    data_version: int | None
    local_date: date | None
    formula: int | None

    def is_current(self, data_version: int, today: date, formula: int) -> bool:
        """True if the row was computed from this data version, for this local day and with this formula."""
        return self == (data_version, today, formula)


def is_row_current(row: StampedRow | None, athlete: Athlete, formula: int, now: datetime) -> bool:
    if row is None:
        return False
    stamp = RowStamp(row.data_version, row.local_date, row.formula)
    return stamp.is_current(athlete.data_version, athlete.local_date(now), formula)
