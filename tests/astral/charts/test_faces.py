"""Sides of a chart: bands, styles and spans; and the size of a sparkline."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string

from astral.charts import (
    Band,
    Bars,
    ChartSide,
    ChartTable,
    Flag,
    Series,
    Shape,
    build_sparkline,
    draw_chart,
)
from tests.astral.charts.made_up import parse_columns

DAYS = [date(2026, 3, 2) + timedelta(days=number) for number in range(21)]


def test_band_is_drawn_where_both_limits_are_known():
    lows: list[float | None] = [None, 40.0, 41.0, None, 42.0, 43.0]
    highs: list[float | None] = [None, 50.0, 51.0, 52.0, 52.0, 53.0]
    chart = draw_chart(
        "k", "HRV", ChartSide((Series("HRV", DAYS[:6], [45.0] * 6),), band=Band(DAYS[:6], lows, highs))
    )
    assert chart.left is not None
    assert chart.left.band.count("Z") == 2
    assert chart.table.rows[:2] == (("Mon 2 Mar 2026", "45", "–", "–"), ("Tue 3 Mar 2026", "45", "40", "50"))


def test_lines_of_two_sides_have_different_styles():
    left, right = (
        ChartSide((Series("a", DAYS[:2], [1.0, 2.0]), Series("b", DAYS[:2], [1.0, 2.0]))) for _ in range(2)
    )
    assert [line.style for side in draw_chart("k", "T", left, right).drawn_sides for line in side.lines] == [
        1,
        2,
        3,
        4,
    ]


def test_side_without_values_does_not_change_styles_of_the_other():
    left, right = (
        ChartSide((Series("a", DAYS[:2], [None, None]),)),
        ChartSide((Series("b", DAYS[:2], [1.0, 2.0]),)),
    )
    assert [line.style for side in draw_chart("k", "T", left, right).drawn_sides for line in side.lines] == [
        2
    ]


def test_axis_covers_the_whole_span():
    chart = draw_chart("k", "T", ChartSide((Series("a", DAYS[10:12], [1.0, 2.0]),)), span=(DAYS[0], DAYS[20]))
    assert chart.left is not None
    assert [float(x) for x in re.findall(r"[ML]([\d.]+) ", chart.left.lines[0].path)] == [500.0, 550.0]


def test_the_last_bar_can_be_of_a_week_that_is_not_over():
    for is_last_partial in (True, False):
        bars = Bars("Load", DAYS[:15:7], [300.0, 0.0, 40.0], is_last_partial=is_last_partial)
        chart = draw_chart("k", "Load", ChartSide(bars=bars))
        assert chart.left is not None
        assert [bar.is_partial for bar in chart.left.bars] == [False, False, is_last_partial]
        assert chart.left.bars[-1].text == "Week of Mon 16 Mar 2026: 40" + " so far" * is_last_partial
        markup = render_to_string("charts/chart.html", {"chart": chart})
        assert markup.count("chart-bar-partial") == is_last_partial


@pytest.mark.parametrize(
    ("values", "min_span", "ends"),
    [
        ([0.0, 0.0], 0.0, ("1", "0")),
        ([0.4, 0.4], 0.0, ("1.5", "0")),
        ([54.0, 54.1], 0.0, ("54.1", "54")),
        ([54.0, 54.1], 5.0, ("58", "50")),
        ([40.0, 60.0], 5.0, ("60", "40")),
        ([1.0, 1.0], 5.0, ("4", "0")),
        ([-1.0, -1.0], 0.0, ("0", "−2")),
    ],
)
def test_an_axis_is_not_narrower_than_the_noise_and_not_negative_without_reason(
    values: list[float], min_span: float, ends: tuple[str, str]
):
    side = ChartSide((Series("a", DAYS[:2], values),), min_span=min_span)
    chart = draw_chart("k", "T", side)
    assert chart.left is not None
    ticks = sorted(chart.left.ticks, key=lambda tick: tick.at)
    assert (ticks[0].text, ticks[-1].text) == ends


def test_sparkline_markup_is_small():
    drawn = build_sparkline(
        "HRV 52 ms, normal 48 to 55", [50.0 + number % 7 for number in range(28)], 48.0, 55.0
    )
    assert len(render_to_string("charts/sparkline.html", {"sparkline": drawn})) < 600


def test_columns_go_up_and_down_from_zero():
    form = Series("Form", DAYS[:3], [10.0, None, -10.0], Shape.COLUMNS)
    chart = draw_chart("k", "Form", ChartSide((form,)), span=(DAYS[0], DAYS[2]), height=100)
    assert chart.left is not None
    assert chart.left.zero_y == 50
    assert parse_columns(chart.left.lines[0].path) == [
        *((0, 50), (0, 0), (200, 0), (200, 50)),
        *((800, 50), (800, 100), (1_000, 100), (1_000, 50)),
    ]
    assert chart.table.rows == (("Mon 2 Mar 2026", "10"), ("Wed 4 Mar 2026", "−10"))


def test_forecast_has_the_style_of_its_series_and_one_entry_in_the_legend():
    series = (
        Series("Fitness", DAYS[:2], [50.0, 51.0], Shape.AREA),
        Series("Fitness, planned", DAYS[2:4], [52.0, 53.0], Shape.AREA, is_forecast=True),
        Series("Fatigue", DAYS[:2], [60.0, 61.0], Shape.THIN_LINE),
        Series("Fatigue, planned", DAYS[2:4], [58.0, 55.0], Shape.THIN_LINE, is_forecast=True),
    )
    chart = draw_chart("k", "T", ChartSide(series))
    assert chart.left is not None
    assert [line.style for line in chart.left.lines] == [1, 1, 2, 2]
    assert [bool(line.area) for line in chart.left.lines] == [True, False, False, False]
    legend = render_to_string("charts/legend.html", {"chart": chart})
    assert legend.count("<li>") == 3
    assert "planned" not in legend


def test_flags_inside_the_axis_are_drawn_and_told():
    flags = [Flag(DAYS[10], "Sea"), Flag(DAYS[20], "Too late")]
    side = ChartSide((Series("a", DAYS[:2], [1.0, 2.0]),))
    chart = draw_chart("k", "T", side, span=(DAYS[0], DAYS[10]), flags=flags)
    assert [(flag.at, flag.text) for flag in chart.flags] == [(100.0, "Sea, Thu 12 Mar 2026")]
    assert chart.description.endswith("; Sea, Thu 12 Mar 2026")


def test_a_chart_can_leave_its_numbers_to_another_table():
    side = ChartSide((Series("a", DAYS[:2], [1.0, 2.0]),))
    chart = draw_chart("k", "T", side, table=ChartTable((), ()))
    assert "<table" not in render_to_string("charts/chart.html", {"chart": chart})
