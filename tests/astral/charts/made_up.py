"""Helpers for tests of charts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree import ElementTree

from django.template.loader import render_to_string

from astral.charts import Chart

MONDAY = date(2026, 6, 8)


def list_days(number: int) -> list[date]:
    return [MONDAY + timedelta(days=ahead) for ahead in range(number)]


def parse_points(path: str) -> list[tuple[float, float]]:
    numbers = [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def parse_columns(path: str) -> list[tuple[float, float]]:
    """The corners of each column: both ends at its value and at zero."""
    columns = re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)H([\d.]+)V([\d.]+)", path)
    return [
        (float(x), float(y))
        for left, zero, top, right, bottom in columns
        for x, y in ((left, zero), (left, top), (right, top), (right, bottom))
    ]


def iterate_points(chart: Chart) -> Iterator[tuple[float, float]]:
    for side in chart.drawn_sides:
        yield from parse_points(side.band)
        for line in side.lines:
            yield from parse_columns(line.path) if line.is_columns else parse_points(line.path)
            yield from parse_points(line.area)
            yield from ((10 * x, y) for x, y in line.dots)
        for bar in side.bars:
            yield from ((10 * bar.x, bar.y), (10 * (bar.x + bar.width), bar.y + bar.height))


def render_chart(template: str, **context: object) -> ElementTree.Element:
    """The chart as XML. Raises if the markup is not well formed."""
    html = render_to_string(f"charts/{template}.html", context)
    return ElementTree.fromstring(f"<main>{html}</main>")
