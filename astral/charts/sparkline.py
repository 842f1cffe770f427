"""A small line for a table cell, with the normal range behind it."""

from __future__ import annotations

from dataclasses import dataclass

from astral.charts.faces import build_svg_path
from astral.charts.series import Values, check_column, split_at_gaps

WIDTH, HEIGHT = 96, 24
_EDGE = 3  # room for the mark of the last point


@dataclass(frozen=True, slots=True)
class Sparkline:
    """The data of `charts/sparkline.html`, in a box of 96 × 24.

    `shape` marks the last point: "in" (a dot), "above" or "below" (a triangle) the normal range, "" without
    data.
    """

    label: str
    path: str = ""
    band_y: float = 0.0
    band_height: float = 0.0
    x: float = 0.0
    y: float = 0.0
    shape: str = ""


def build_sparkline(
    label: str, values: Values, low: float | None = None, high: float | None = None
) -> Sparkline:
    """A line of evenly spaced values, oldest first, with today's normal range from `low` to `high`.

        build_sparkline("HRV 52 ms, normal 48 to 61", averages, 48.0, 61.0)

    Screen readers read `label`. Raises ValueError for NaN and infinity.
    """
    check_column(range(len(values)), values)
    known = [value for value in values if value is not None]
    if not known:
        return Sparkline(label)
    ends = [end for end in (low, high) if end is not None]
    lowest, highest = min(known + ends), max(known + ends)
    step = (WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)

    def place(value: float) -> float:
        share = (value - lowest) / (highest - lowest) if highest > lowest else 0.5
        return round(_EDGE + (HEIGHT - 2 * _EDGE) * (1 - share), 1)

    points = [None if v is None else (round(_EDGE + n * step), place(v)) for n, v in enumerate(values)]
    x, y = next(point for point in reversed(points) if point)
    top, bottom = (place(max(ends)), place(min(ends))) if len(ends) == 2 else (0.0, 0.0)
    joined = [part for part in split_at_gaps(points) if len(part) > 1]
    return Sparkline(
        label,
        "".join(map(build_svg_path, joined)),
        top,
        round(bottom - top, 1),
        x,
        y,
        _find_shape(known[-1], low, high),
    )


def _find_shape(value: float, low: float | None, high: float | None) -> str:
    if low is not None and value < low:
        return "below"
    return "above" if high is not None and value > high else "in"
