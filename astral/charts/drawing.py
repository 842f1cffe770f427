"""Lines, bars and a normal band over time or distance, with one or two y axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from astral.charts.axes import HorizontalScale, Tick, build_horizontal_scale, build_horizontal_ticks
from astral.charts.faces import DrawnSide, draw_side
from astral.charts.quantities import DAYS, Position, Quantity, position_to_number
from astral.charts.series import Bars, ChartSide, Flag, Series
from astral.charts.tables import ChartTable, build_table

HEIGHT = 200
NO_DATA = "No data yet."


@dataclass(frozen=True, slots=True)
class HorizontalAxis:
    """What `charts.js` needs to read a position: the name of the quantity, its unit, and the ends."""

    quantity: str
    unit: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The data of `charts/chart.html`. Without `left` there is no data, and `empty` is shown."""

    key: str  # unique on its page: the ids of title and description begin with it
    title: str
    height: int
    empty: str
    description: str = ""
    left: DrawnSide | None = None
    right: DrawnSide | None = None
    ticks: tuple[Tick, ...] = ()
    x_axis: HorizontalAxis | None = None
    flags: tuple[Tick, ...] = ()
    table: ChartTable = ChartTable((), ())

    @property
    def drawn_sides(self) -> tuple[DrawnSide, ...]:
        return tuple(side for side in (self.left, self.right) if side)

    @property
    def has_legend(self) -> bool:
        entries = (
            sum(not line.is_forecast for line in side.lines) + bool(side.bars) + bool(side.band)
            for side in self.drawn_sides
        )
        return sum(entries) > 1

    @property
    def has_forecast(self) -> bool:
        return any(line.is_forecast for side in self.drawn_sides for line in side.lines)

    @property
    def bottom(self) -> int:
        """The y position of the texts under the axis."""
        return self.height + 18

    @property
    def whole_height(self) -> int:
        return self.height + 24


def draw_chart(
    key: str,
    title: str,
    left: ChartSide,
    right: ChartSide | None = None,
    *,
    x_quantity: Quantity = DAYS,
    x_unit: str = "",
    heading: str = "Day",
    span: tuple[Position, Position] | None = None,
    flags: Sequence[Flag] = (),
    height: int = HEIGHT,
    empty: str = NO_DATA,
    table: ChartTable | None = None,
) -> Chart:
    """A chart with one or two y axes. `x_quantity`, `x_unit`: of the x axis; `heading`: its name in tables.

        lines = [Series("Fitness", days, fitness), Series("Fatigue", days, fatigue)]
        bars = ChartSide(bars=Bars("Load", mondays, loads))
        draw_chart("load", "Load", bars, ChartSide(lines), heading="Week of")
        pace = ChartSide([Series("Pace", km, paces)], PACE, "min/km")
        draw_chart("pace", "Pace", pace, x_quantity=NUMBER, heading="km")

    The x axis covers at least `span`, as (first, last). `flags` stand at their positions inside it. `table`
    replaces the table of all points, for charts with very many points; one without rows is not shown. A side
    without values is left out.
    """
    sides = [side for side in (left, right) if side and side.values()]
    if not sides:
        return Chart(key, title, height, empty)
    axis = build_horizontal_scale(sides, span)
    shown_flags = _place_flags(flags, axis, x_quantity)
    drawn = [draw_side(side, axis, x_quantity, height, _find_first_style(left, side)) for side in sides]
    return Chart(
        key,
        title,
        height,
        empty,
        "; ".join([*(sentence for side in sides for sentence in _describe_side(side)), *shown_flags]),
        drawn[0],
        drawn[1] if len(drawn) == 2 else None,
        build_horizontal_ticks(axis, x_quantity),
        HorizontalAxis(x_quantity.name, x_unit, axis.low, axis.high),
        tuple(shown_flags.values()),
        table or build_table(sides, x_quantity, heading),
    )


def _place_flags(flags: Sequence[Flag], axis: HorizontalScale, x_quantity: Quantity) -> dict[str, Tick]:
    """The flags inside the axis, by their text with the position."""
    inside = [flag for flag in flags if axis.low <= position_to_number(flag.x) <= axis.high]
    texts = [f"{flag.text}, {x_quantity.text(position_to_number(flag.x))}" for flag in inside]
    places = [round(axis.place(position_to_number(flag.x)) / 10, 2) for flag in inside]
    return {text: Tick(place, text) for place, text in zip(places, texts, strict=True)}


def _find_first_style(left: ChartSide, side: ChartSide) -> int:
    """The style of a side's first line. It does not change when the other side is left out."""
    return 1 if side is left else 1 + len(left.lines)


def _describe_side(side: ChartSide) -> Iterator[str]:
    drawn: Sequence[Series | Bars] = [*([side.bars] if side.bars else []), *side.lines]
    for series in drawn:
        known = [value for value in series.values if value is not None]
        if known:
            low, high, last = (
                f"{side.quantity.text(value)} {side.unit}".rstrip()
                for value in (min(known), max(known), known[-1])
            )
            yield f"{series.label}: {low} to {high}, at last {last}"
