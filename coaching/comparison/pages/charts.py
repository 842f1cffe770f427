"""Small charts of blocks: one for each figure, a line for each block, one y axis for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from astral.charts import COUNT, NUMBER, Chart, ChartSide, Series, draw_chart
from coaching.comparison.blocks import BlockWeek, ComparedFigure, TrainingBlock
from metrics.activities.pages.tables import name_distance
from metrics.formatting import (
    convert_distance,
    format_distance,
    format_duration,
    format_hours,
    format_number,
    format_signed_number,
    get_distance_unit,
)

HEIGHT = 120  # pixels
FIGURE_TITLES = {
    "training_load": "Load",
    "distance": "Running distance",
    "duration": "Time of all activities",
    "easy": "Easy share",
    "moderate": "Moderate share",
    "hard": "Hard share",
    "hrv": "HRV, mean of the weeks",
    "fitness": "Fitness at the end",
    "form": "Form at the end",
}


@dataclass(frozen=True, slots=True)
class FigureCell:
    """The value of a block, and its difference to the first block; empty for the first, or if unknown."""

    value: str
    difference: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    title: str
    cells: Sequence[FigureCell]


def build_block_charts(blocks: Sequence[TrainingBlock], labels: Sequence[str], units: str) -> list[Chart]:
    """Load, distance, easy share, HRV, fitness and form by week of the block."""
    unit = get_distance_unit(units)
    figures: tuple[tuple[str, str, str, bool, Callable[[BlockWeek], float | None]], ...] = (
        ("load", "Load", "", True, lambda week: week.load),
        ("distance", "Running distance", unit, True, lambda week: convert_distance(week.distance_m, units)),
        ("easy", "Easy share", "%", True, lambda week: 100 * week.shares[0] if week.shares else None),
        ("hrv", "HRV, 7-day average", "ms", False, lambda week: week.hrv_ms),
        ("fitness", "Fitness", "", True, lambda week: week.fitness),
        ("form", "Form", "", True, lambda week: week.form),
    )
    return [
        draw_chart(
            f"blocks-{key}",
            title,
            ChartSide(_build_lines(blocks, labels, read), NUMBER, unit_text, from_zero=from_zero),
            x_quantity=COUNT,
            heading="Week",
            span=(1, max(len(block.weeks) for block in blocks) or 1),
            height=HEIGHT,
            empty="Not known in these blocks, or not shared with your club.",
        )
        for key, title, unit_text, from_zero, read in figures
    ]


def _build_lines(
    blocks: Sequence[TrainingBlock], labels: Sequence[str], read: Callable[[BlockWeek], float | None]
) -> list[Series]:
    return [
        Series(label, [float(week) for week in range(1, len(block.weeks) + 1)], list(map(read, block.weeks)))
        for label, block in zip(labels, blocks, strict=True)
    ]


def build_figure_rows(figures: Sequence[ComparedFigure], units: str) -> list[FigureRow]:
    return [_build_row(figure, units) for figure in figures]


def _build_row(figure: ComparedFigure, units: str) -> FigureRow:
    title = name_distance(figure.distance_m) if figure.distance_m else FIGURE_TITLES[figure.name]
    texts = [_format_value(figure.kind, value, units) for value in figure.values]
    differences = ["", *(_format_difference(figure.kind, one, units) for one in figure.differences[1:])]
    return FigureRow(title, [FigureCell(*cell) for cell in zip(texts, differences, strict=True)])


def _format_value(kind: str, value: float | None, units: str) -> str:
    if kind == "metres":
        return format_distance(value, units)
    if kind == "seconds":
        return format_hours(value)
    if kind == "record":
        return format_duration(value)
    if kind == "share":
        return format_number(None if value is None else 100 * value, 0, "%")
    return format_number(value, 0 if kind == "load" else 1, "ms" if kind == "ms" else "")


def _format_difference(kind: str, value: float | None, units: str) -> str:
    """Signed; empty if unknown."""
    if value is None:
        return ""
    if kind in ("seconds", "record"):
        text = format_hours(abs(value)) if kind == "seconds" else format_duration(abs(value))
        return f"{'-' if value < 0 else '+'}{text}"
    if kind == "metres":
        return format_signed_number(convert_distance(value, units), 1, get_distance_unit(units))
    if kind == "share":
        return format_signed_number(100 * value, 0, "points")
    return format_signed_number(value, 0 if kind == "load" else 1, "ms" if kind == "ms" else "")
