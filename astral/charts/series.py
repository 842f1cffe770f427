"""What is drawn: lines, bars and the normal band, and the side (y axis) that they stand on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from astral.charts.quantities import NUMBER, Position, Quantity, position_to_number

Values = Sequence[float | None]


def check_column(x: Sequence[Position], *columns: Values) -> None:
    """Raises ValueError for columns of other lengths, positions that do not ascend, and NaN or infinity."""
    if any(len(column) != len(x) for column in columns):
        raise ValueError("Every position needs one value, None where there is none.")
    at = [position_to_number(position) for position in x]
    if not all(map(math.isfinite, at)) or any(
        after < before for before, after in zip(at, at[1:], strict=False)
    ):
        raise ValueError("Positions must be finite and ascend.")
    if any(value is not None and not math.isfinite(value) for column in columns for value in column):
        raise ValueError("A value that is missing is None, never NaN.")


@dataclass(frozen=True, slots=True)
class Series:
    """A line: a value for each position (a date or a number), None where there is none; it is never joined across.

    `filled`: the area down to the axis too, as of a profile of altitude.
    """

    label: str
    x: Sequence[Position]
    values: Values
    filled: bool = False

    def __post_init__(self) -> None:
        check_column(self.x, self.values)


@dataclass(frozen=True, slots=True)
class Band:
    """What is normal at each position, from `low` to `high`, both None where nothing is known."""

    x: Sequence[Position]
    low: Values
    high: Values
    label: str = "Normal range"

    def __post_init__(self) -> None:
        check_column(self.x, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar from each position on, `days` (or units) wide: weeks by their Mondays."""

    label: str
    x: Sequence[Position]
    values: Values
    days: int = 7

    def __post_init__(self) -> None:
        check_column(self.x, self.values)

    def ends(self) -> list[Position]:
        return [
            x + self.days if isinstance(x, float | int) else x + timedelta(days=self.days) for x in self.x
        ]


@dataclass(frozen=True, slots=True)
class ChartSide:
    """A y axis and what stands on it. Bars and `from_zero` make it begin at 0.

    `within` narrows the axis; what lies beyond is drawn at its edge (a stop in a profile of pace).
    """

    lines: Sequence[Series] = ()
    quantity: Quantity = NUMBER
    unit: str = ""
    bars: Bars | None = None
    band: Band | None = None
    from_zero: bool = False
    within: tuple[float, float] | None = None

    def values(self) -> list[float]:
        """Every value that the axis must reach."""
        columns: list[Values] = [line.values for line in self.lines]
        columns += [self.bars.values] if self.bars else []
        columns += [self.band.low, self.band.high] if self.band else []
        return [value for column in columns for value in column if value is not None]

    def positions(self) -> Iterator[Position]:
        for line in self.lines:
            yield from line.x
        if self.band:
            yield from self.band.x
        if self.bars:
            yield from (*self.bars.x, *self.bars.ends())


def split_at_gaps(points: Iterable[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Points without holes between them, a list for each stretch; None is a hole."""
    found: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            found[-1].append(point)
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]
