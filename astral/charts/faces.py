"""One side of a chart as drawn: positions of its ticks, lines, bars and normal band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from astral.charts.axes import HorizontalScale, Tick, VerticalScale, build_vertical_scale
from astral.charts.quantities import Position, Quantity, position_to_number
from astral.charts.series import Band, Bars, ChartSide, Series, Shape, Values, split_at_gaps

BAR_SHARE = 0.8  # of the width between two bars
Point = tuple[float, float]  # thousandths of the width, pixels


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn series. `path` and `area` are SVG paths; `dots` (percent, pixels) have no neighbour."""

    label: str
    style: int  # 1 to 6: the CSS class with colour and dashes
    shape: Shape
    path: str
    area: str
    dots: tuple[Point, ...]
    is_forecast: bool = False

    @property
    def is_columns(self) -> bool:
        return self.shape is Shape.COLUMNS

    @property
    def is_thin(self) -> bool:
        return self.shape is Shape.THIN_LINE


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
    zero_y: float | None = None  # the y position of 0 if there are values on both sides of it
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
    styles = accumulate((not line.is_forecast for line in side.lines), initial=first_style - 1)
    return DrawnSide(
        ticks,
        side.unit,
        side.quantity.name,
        *((scale.low, scale.high) if scale.inverted else (scale.high, scale.low)),
        side.within is not None,
        round(scale.place(0.0), 1) if scale.low < 0 < scale.high else None,
        tuple(
            _draw_series(line, axis, scale, style)
            for line, style in zip(side.lines, list(styles)[1:], strict=True)
        ),
        tuple(_draw_bars(side.bars, side, axis, scale, x_quantity)) if side.bars else (),
        side.bars.label if side.bars else "",
        _draw_band(side.band, axis, scale) if side.band else "",
        side.band.label if side.band else "",
    )


def _draw_series(series: Series, axis: HorizontalScale, scale: VerticalScale, style: int) -> Line:
    if series.shape is not Shape.COLUMNS:
        return _draw_line(series, axis, scale, style)
    path = "".join(_column_paths(series, axis, scale))
    return Line(series.label, style, series.shape, path, "", (), series.is_forecast)


def _column_paths(series: Series, axis: HorizontalScale, scale: VerticalScale) -> Iterator[str]:
    """A bar around each position, from zero to its value. Filling closes it."""
    half, zero = BAR_SHARE / 2, round(scale.place(0.0), 1)
    for position, value in zip(series.x, series.values, strict=True):
        if value is not None:
            middle = position_to_number(position)
            ends = (min(max(x, axis.low), axis.high) for x in (middle - half, middle + half))
            left, right = (round(axis.place(x), 1) for x in ends)
            yield f"M{left:g} {zero:g}V{round(scale.place(value), 1):g}H{right:g}V{zero:g}"


def _draw_line(series: Series, axis: HorizontalScale, scale: VerticalScale, style: int) -> Line:
    parts = split_at_gaps(_place_points(series.x, series.values, axis, scale))
    joined = [part for part in parts if len(part) > 1]
    dots = tuple((round(x / 10, 2), round(y, 1)) for part in parts if len(part) == 1 for x, y in part)
    area = "".join(
        _closed_path(part, [(part[-1][0], scale.height), (part[0][0], scale.height)]) for part in joined
    )
    is_area = series.shape is Shape.AREA and not series.is_forecast
    path = "".join(map(build_svg_path, joined))
    return Line(series.label, style, series.shape, path, area if is_area else "", dots, series.is_forecast)


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
    is_week = isinstance(start, date) and bars.days == 7
    return f"{'Week of ' * is_week}{x_quantity.text(position_to_number(start))}"


def build_svg_path(points: Sequence[Point]) -> str:
    """An SVG path through the points, rounded to a tenth."""
    return "M" + "L".join(f"{x:.6g} {y:.6g}" for x, y in ((round(x, 1), round(y, 1)) for x, y in points))


def _closed_path(forward: Sequence[Point], backward: Sequence[Point]) -> str:
    return f"{build_svg_path([*forward, *backward])}Z"
