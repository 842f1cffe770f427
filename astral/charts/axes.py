"""From values to places: across in thousandths of the width, down in pixels from the top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from astral.charts.quantities import DAYS, Position, Quantity, along_ticks, number_of
from astral.charts.series import Side

WIDTH = 1_000.0
TICKS_DOWN, TICKS_ACROSS, TICKS_ON_A_PHONE = 4, 10, 6


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis. `minor` ones have no room on a phone."""

    at: float  # percent of the width, or pixels from the top
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Across:
    """The axis that things run along."""

    low: float
    high: float

    def place(self, value: float) -> float:
        return WIDTH * (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Down:
    """A y axis of `height` pixels; values beyond its ends stand at the edge."""

    low: float
    high: float
    height: int
    inverted: bool

    def place(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.height * (share if self.inverted else 1.0 - share)


def across(sides: Iterable[Side], span: tuple[Position, Position] | None) -> Across:
    """Over all positions, and all of `span`; one alone stands in the middle."""
    positions = [number_of(position) for side in sides for position in side.positions()]
    positions += [number_of(position) for position in span or ()]
    low, high = min(positions), max(positions)
    return Across(low, high) if low < high else Across(low - 1.0, high + 1.0)


def across_ticks(axis: Across, quantity: Quantity) -> tuple[Tick, ...]:
    marks = along_ticks(quantity, axis.low, axis.high, TICKS_ACROSS)
    every = 1 + (len(marks) - 1) // TICKS_ON_A_PHONE
    most = 1 + (len(marks) - 1) // (TICKS_ACROSS * 2) if quantity is DAYS else 1
    return tuple(
        Tick(round(axis.place(value) / 10, 2), text, minor=bool(number % every))
        for number, (value, text) in enumerate(marks)
        if number % most == 0
    )


def down(side: Side, height: int) -> tuple[Down, tuple[Tick, ...]]:
    """The y axis of a side and its marks, which reach from end to end."""
    low, high = _reach(side)
    ticks = side.quantity.ticks(low, high, TICKS_DOWN)
    axis = Down(ticks[0], ticks[-1], height, side.quantity.inverted)
    return axis, tuple(Tick(round(axis.place(tick), 2), side.quantity.text(tick)) for tick in ticks)


def _reach(side: Side) -> tuple[float, float]:
    values: Sequence[float] = side.values() or [0.0]
    low, high = min(values), max(values)
    if side.within:
        low, high = max(low, side.within[0]), min(high, side.within[1])
        low, high = min(low, high), max(low, high)
    if side.from_zero or side.bars:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = low - 1.0, high + 1.0
    return low, high
