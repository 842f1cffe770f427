"""The input of a chart: lines, bars, a normal band, and the side (y axis) that they belong to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from astral.charts.quantities import NUMBER, Position, Quantity, position_to_number

Values = Sequence[float | None]


def check_column(x: Sequence[Position], *columns: Values) -> None:
    """Raises ValueError if lengths differ, positions descend, or a value is NaN or infinite."""
    if any(len(column) != len(x) for column in columns):
        raise ValueError("Every position needs one value; a missing value is None.")
    at = [position_to_number(position) for position in x]
    if not all(map(math.isfinite, at)) or any(
        after < before for before, after in zip(at, at[1:], strict=False)
    ):
        raise ValueError("Positions must be finite and ascend.")
    if any(value is not None and not math.isfinite(value) for column in columns for value in column):
        raise ValueError("A missing value is None, never NaN.")


class Shape(StrEnum):
    """How a series is drawn. AREA is filled down to the axis. COLUMNS are bars from zero, one a day."""

    LINE = "line"
    THIN_LINE = "thin-line"
    AREA = "area"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class Series:
    """A line with one value for each position (a date or a number). None makes a gap.

    `is_forecast`: dashed, in the colour of the series before it. A forecast has no area.
    """

    label: str
    x: Sequence[Position]
    values: Values
    shape: Shape = Shape.LINE
    is_forecast: bool = False

    def __post_init__(self) -> None:
        check_column(self.x, self.values)


@dataclass(frozen=True, slots=True)
class Band:
    """The normal range at each position, from `low` to `high`; None if unknown."""

    x: Sequence[Position]
    low: Values
    high: Values
    label: str = "Normal range"

    def __post_init__(self) -> None:
        check_column(self.x, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars that begin at their positions and are `days` (or units) wide, such as weeks from their Mondays.

    `is_last_partial`: the last bar is of a time that is not over, and is drawn so.
    """

    label: str
    x: Sequence[Position]
    values: Values
    days: int = 7
    is_last_partial: bool = False

    def __post_init__(self) -> None:
        check_column(self.x, self.values)

    def ends(self) -> list[Position]:
        return [
            x + self.days if isinstance(x, float | int) else x + timedelta(days=self.days) for x in self.x
        ]


@dataclass(frozen=True, slots=True)
class Flag:
    """A day or place with a name, such as a race."""

    x: Position
    text: str


@dataclass(frozen=True, slots=True)
class ChartSide:
    """A y axis with its lines, bars and band. With bars, columns or `from_zero` the axis contains 0.

    `within` limits the axis. Values outside are drawn at its edge, such as a stop in a pace chart. The axis
    covers at least `min_span`, so that the noise of a reading does not look like a change.
    """

    lines: Sequence[Series] = ()
    quantity: Quantity = NUMBER
    unit: str = ""
    bars: Bars | None = None
    band: Band | None = None
    from_zero: bool = False
    within: tuple[float, float] | None = None
    min_span: float = 0.0

    def values(self) -> list[float]:
        """Every value that the axis must cover."""
        columns: list[Values] = [line.values for line in self.lines]
        columns += [self.bars.values] if self.bars else []
        columns += [self.band.low, self.band.high] if self.band else []
        return [value for column in columns for value in column if value is not None]

    def has_zero(self) -> bool:
        """Whether the axis must contain 0."""
        is_column = any(line.shape is Shape.COLUMNS for line in self.lines)
        return self.from_zero or self.bars is not None or is_column

    def positions(self) -> Iterator[Position]:
        for line in self.lines:
            yield from line.x
        if self.band:
            yield from self.band.x
        if self.bars:
            yield from (*self.bars.x, *self.bars.ends())


def split_at_gaps(points: Iterable[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Split the points at each None: one list for each unbroken part."""
    parts: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            parts[-1].append(point)
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]
