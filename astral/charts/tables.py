"""The numbers of a chart as a table: for screen readers, for print and for exact values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from astral.charts.quantities import Position, Quantity, position_to_number
from astral.charts.series import Bars, ChartSide, Series, Values

MISSING = "–"


@dataclass(frozen=True, slots=True)
class ChartTable:
    """Headings and rows of text. The first cell of a row is its heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    at: list[float]
    values: Values
    quantity: Quantity

    def text(self, start: float, end: float) -> str:
        """The last value with start ≤ position < end, as text."""
        inside = self.values[bisect_left(self.at, start) : bisect_left(self.at, end)]
        known = [value for value in inside if value is not None]
        return self.quantity.text(known[-1]) if known else MISSING


def build_table(sides: Sequence[ChartSide], along: Quantity, heading: str) -> ChartTable:
    """A row for each bar; without bars, for each position. A line has its last value before the next row."""
    columns = [column for side in sides for column in _columns(side)]
    starts = _starts(sides)
    ends = [*starts[1:], float("inf")]
    rows = (
        (along.text(start), *(c.text(start, end) for c in columns))
        for start, end in zip(starts, ends, strict=True)
    )
    known = (row for row in rows if any(cell != MISSING for cell in row[1:]))
    return ChartTable((heading, *(column.heading for column in columns)), tuple(known))


def _columns(side: ChartSide) -> list[_Column]:
    drawn: list[Series | Bars] = [*([side.bars] if side.bars else []), *side.lines]
    found = [_column(series, side) for series in drawn]
    if side.band:
        for word, values in (("from", side.band.low), ("to", side.band.high)):
            found.append(_column(Series(f"{side.band.label} {word}", side.band.x, values), side))
    return found


def _column(series: Series | Bars, side: ChartSide) -> _Column:
    heading = f"{series.label}, {side.unit}" if side.unit else series.label
    return _Column(heading, [position_to_number(x) for x in series.x], series.values, side.quantity)


def _starts(sides: Sequence[ChartSide]) -> list[float]:
    bars = [position for side in sides if side.bars for position in side.bars.x]
    positions: list[Position] = bars or [position for side in sides for position in side.positions()]
    return sorted({position_to_number(position) for position in positions})
