"""Lines, bars and a normal band over time or distance, on one y axis or two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from astral.charts.axes import Tick, build_horizontal_scale, build_horizontal_ticks
from astral.charts.faces import DrawnSide, draw_side
from astral.charts.quantities import DAYS, Position, Quantity
from astral.charts.series import Bars, ChartSide, Series
from astral.charts.tables import ChartTable, build_table

HEIGHT = 200
NO_DATA = "Nothing to draw yet."


@dataclass(frozen=True, slots=True)
class Chart:
    """What `charts/chart.html` draws; without `left` there is nothing, and `empty` says so."""

    key: str  # unique on its page: the ids of title and description begin with it
    title: str
    height: int
    empty: str
    description: str = ""
    left: DrawnSide | None = None
    right: DrawnSide | None = None
    ticks: tuple[Tick, ...] = ()
    table: ChartTable = ChartTable((), ())

    @property
    def drawn_sides(self) -> tuple[DrawnSide, ...]:
        return tuple(side for side in (self.left, self.right) if side)

    @property
    def has_legend(self) -> bool:
        return sum(len(side.lines) + bool(side.bars) + bool(side.band) for side in self.drawn_sides) > 1

    @property
    def bottom(self) -> int:
        """Where the texts under the axis stand."""
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
    along: Quantity = DAYS,
    heading: str = "Day",
    span: tuple[Position, Position] | None = None,
    height: int = HEIGHT,
    empty: str = NO_DATA,
    table: ChartTable | None = None,
) -> Chart:
    """A chart of one or two sides over `along`: DAYS, or another quantity; `heading` names it in the table.

    Load by week with fitness, fatigue and form, HRV within its normal range, and pace over distance:

        draw("load", "Load", Side(bars=Bars("Load of the week", mondays, loads)),
             Side((Series("Fitness", days, fitness), Series("Fatigue", days, fatigue), Series("Form", days, form))),
             heading="Week of")
        draw("hrv", "HRV", Side((Series("HRV", days, averages),), unit="ms", band=Band(days, lows, highs)))
        draw("pace", "Pace", Side((Series("Pace", km, paces),), PACE, "min/km"), along=NUMBER, heading="km")

    `span`, as (first, last), is shown even where nothing is in it; `table` replaces the table of every point where
    points are too many to read. A side without any value is left out.
    Raises ValueError where its Series were given NaN, infinity or columns of unequal length.
    """
    sides = [side for side in (left, right) if side and side.values()]
    if not sides:
        return Chart(key, title, height, empty)
    axis = build_horizontal_scale(sides, span)
    drawn = [draw_side(side, axis, along, height, _first_style(left, side)) for side in sides]
    return Chart(
        key,
        title,
        height,
        empty,
        "; ".join(sentence for side in sides for sentence in _sentences(side)),
        drawn[0],
        drawn[1] if len(drawn) == 2 else None,
        build_horizontal_ticks(axis, along),
        table or build_table(sides, along, heading),
    )


def _first_style(left: ChartSide, side: ChartSide) -> int:
    """Lines keep their look when the other side has nothing to show."""
    return 1 if side is left else 1 + len(left.lines)


def _sentences(side: ChartSide) -> Iterator[str]:
    drawn: Sequence[Series | Bars] = [*([side.bars] if side.bars else []), *side.lines]
    for series in drawn:
        known = [value for value in series.values if value is not None]
        if known:
            low, high, last = (
                f"{side.quantity.text(value)} {side.unit}".rstrip()
                for value in (min(known), max(known), known[-1])
            )
            yield f"{series.label}: {low} to {high}, at last {last}"
