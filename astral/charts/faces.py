"""One side of a chart as drawn: positions of its ticks, lines, bars and normal band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from astral.charts.axes import HorizontalScale, Tick, VerticalScale, build_vertical_scale
from astral.charts.quantities import Position, Quantity, position_to_number
from astral.charts.series import Band, Bars, ChartSide, Series, Values, split_at_gaps
from astral.charts.ticks import MONTHS

BAR_SHARE = 0.8  # of the width between two bars
Point = tuple[float, float]  # thousandths of the width, pixels


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn line. `path` and `area` are SVG paths; `dots` (percent, pixels) have no neighbour."""

    label: str
    style: int  # 1 to 6: the CSS class with colour and dashes
    path: str
    area: str
    dots: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle with its text: `x` and `width` in percent, `y` and `height` in pixels.

    `is_partial`: its time is not over.
    """

    x: float
    width: float
    y: float
    height: float
    text: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class DrawnSide:
    """A drawn side. Missing parts are empty.

    `charts.js` reads the value of a position from `quantity`, `top` and `bottom`. `is_cut`: a position at the
    edge may stand for a value beyond it.
    """

    ticks: tuple[Tick, ...]
    unit: str
    quantity: str
    top: float  # the value at the upper edge
    bottom: float
    is_cut: bool = False
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    bars_label: str = ""
    band: str = ""
    band_label: str = ""


def draw_side(
    side: ChartSide, axis: HorizontalScale, x_quantity: Quantity, height: int, first_style: int
) -> DrawnSide:
    """Draw a side in `height` pixels. Its lines have the styles `first_style`, `first_style` + 1, …"""
    scale, ticks = build_vertical_scale(side, height)
    return DrawnSide(
        ticks,
        side.unit,
        side.quantity.name,
        *((scale.low, scale.high) if scale.inverted else (scale.high, scale.low)),
        side.within is not None,
        tuple(_draw_line(line, axis, scale, first_style + number) for number, line in enumerate(side.lines)),
        tuple(_draw_bars(side.bars, side, axis, scale, x_quantity)) if side.bars else (),
        side.bars.label if side.bars else "",
        _draw_band(side.band, axis, scale) if side.band else "",
        side.band.label if side.band else "",
    )


def _draw_line(series: Series, axis: HorizontalScale, scale: VerticalScale, style: int) -> Line:
    parts = split_at_gaps(_place_points(series.x, series.values, axis, scale))
    joined = [part for part in parts if len(part) > 1]
    dots = tuple((round(x / 10, 2), round(y, 1)) for part in parts if len(part) == 1 for x, y in part)
    area = "".join(
        _closed_path(part, [(part[-1][0], scale.height), (part[0][0], scale.height)]) for part in joined
    )
    return Line(
        series.label, style, "".join(map(build_svg_path, joined)), area if series.filled else "", dots
    )


def _place_points(
    x: Sequence[Position], values: Values, axis: HorizontalScale, scale: VerticalScale
) -> Iterator[Point | None]:
    for position, value in zip(x, values, strict=True):
        yield None if value is None else (axis.place(position_to_number(position)), scale.place(value))


def _draw_band(band: Band, axis: HorizontalScale, scale: VerticalScale) -> str:
    """Closed SVG paths around the days that have both limits."""
    known = [low is not None and high is not None for low, high in zip(band.low, band.high, strict=True)]
    low, high = (
        split_at_gaps(
            _place_points(band.x, [v if k else None for v, k in zip(ends, known, strict=True)], axis, scale)
        )
        for ends in (band.low, band.high)
    )
    return "".join(_closed_path(above, below[::-1]) for above, below in zip(high, low, strict=True))


def _draw_bars(
    bars: Bars, side: ChartSide, axis: HorizontalScale, scale: VerticalScale, x_quantity: Quantity
) -> Iterator[Bar]:
    zero, last = scale.place(0.0), len(bars.x) - 1
    for place, (start, end, value) in enumerate(zip(bars.x, bars.ends(), bars.values, strict=True)):
        if value is not None:
            left, right = (axis.place(position_to_number(position)) / 10 for position in (start, end))
            available_width, top = right - left, scale.place(value)
            start_text = _describe_start(start, bars, x_quantity)
            text = f"{start_text}: {side.quantity.text(value)} {side.unit}".rstrip()
            is_partial = bars.is_last_partial and place == last
            yield Bar(
                round(left + available_width * (1 - BAR_SHARE) / 2, 2),
                round(available_width * BAR_SHARE, 2),
                round(min(top, zero), 1),
                round(abs(zero - top), 1),
                f"{text} so far" if is_partial else text,
                is_partial,
            )


def _describe_start(start: Position, bars: Bars, x_quantity: Quantity) -> str:
    if not isinstance(start, date):
        return x_quantity.text(start)
    day = f"{start.day} {MONTHS[start.month - 1]} {start.year}"
    return f"Week of {day}" if bars.days == 7 else day


def build_svg_path(points: Sequence[Point]) -> str:
    """An SVG path through the points, rounded to a tenth."""
    return "M" + "L".join(f"{x:.6g} {y:.6g}" for x, y in ((round(x, 1), round(y, 1)) for x, y in points))


def _closed_path(forward: Sequence[Point], backward: Sequence[Point]) -> str:
    return f"{build_svg_path([*forward, *backward])}Z"
