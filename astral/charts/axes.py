"""From values to positions: x in thousandths of the width, y in pixels from the top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from astral.charts.quantities import DAYS, Position, Quantity, build_position_ticks, position_to_number
from astral.charts.series import ChartSide

WIDTH = 1_000.0
VERTICAL_TICKS, HORIZONTAL_TICKS, PHONE_TICKS = 4, 10, 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis. Phones hide the `minor` ones."""

    at: float  # percent of the width, or pixels from the top
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class HorizontalScale:
    """The x axis: days, or a distance."""

    low: float
    high: float

    def place(self, value: float) -> float:
        return WIDTH * (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class VerticalScale:
    """A y axis of `height` pixels. Values outside its range are drawn at the edge."""

    low: float
    high: float
    height: int
    inverted: bool

    def place(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.height * (share if self.inverted else 1.0 - share)


def build_horizontal_scale(
    sides: Iterable[ChartSide], span: tuple[Position, Position] | None
) -> HorizontalScale:
    """The x axis over all positions and `span`. A single position is in the middle."""
    positions = [position_to_number(position) for side in sides for position in side.positions()]
    positions += [position_to_number(position) for position in span or ()]
    low, high = min(positions), max(positions)
    return HorizontalScale(low, high) if low < high else HorizontalScale(low - 1.0, high + 1.0)


def build_horizontal_ticks(axis: HorizontalScale, quantity: Quantity) -> tuple[Tick, ...]:
    marks = build_position_ticks(quantity, axis.low, axis.high, HORIZONTAL_TICKS)
    phone_step = 1 + (len(marks) - 1) // PHONE_TICKS
    step = 1 + (len(marks) - 1) // (HORIZONTAL_TICKS * 2) if quantity is DAYS else 1
    return tuple(
        Tick(round(axis.place(value) / 10, 2), text, minor=bool(number % phone_step))
        for number, (value, text) in enumerate(marks)
        if number % step == 0
    )


def build_vertical_scale(side: ChartSide, height: int) -> tuple[VerticalScale, tuple[Tick, ...]]:
    """The y axis of a side, and its ticks from one end to the other."""
    low, high = _value_range(side)
    ticks = side.quantity.ticks(low, high, VERTICAL_TICKS)
    axis = VerticalScale(ticks[0], ticks[-1], height, side.quantity.inverted)
    return axis, tuple(Tick(round(axis.place(tick), 2), side.quantity.text(tick)) for tick in ticks)


def _value_range(side: ChartSide) -> tuple[float, float]:
    values: Sequence[float] = side.values() or [0.0]
    low, high = min(values), max(values)
    if side.within:
        low, high = max(low, side.within[0]), min(high, side.within[1])
        low, high = min(low, high), max(low, high)
    if side.has_zero():
        low, high = min(low, 0.0), max(high, 0.0)
    return _widen(low, high, side.min_span or (2.0 if low == high else 0.0))


def _widen(low: float, high: float, min_span: float) -> tuple[float, float]:
    """At least `min_span` around the middle. Values that are not negative get no negative axis."""
    missing = max(min_span - (high - low), 0.0) / 2
    return (max(low - missing, 0.0) if low >= 0 else low - missing), high + missing
