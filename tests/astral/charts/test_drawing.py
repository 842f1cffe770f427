"""Values become positions inside the chart; missing values stay missing."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astral.charts import NUMBER, PACE, Band, Bars, ChartSide, Series, Shape, build_sparkline, draw_chart
from astral.charts.drawing import HEIGHT
from tests.astral.charts.made_up import MONDAY, iterate_points, list_days, parse_points

READING = st.one_of(st.none(), st.floats(-1e6, 1e6).map(lambda value: round(value, 3)))


@given(st.lists(READING, min_size=1, max_size=40), st.sampled_from(Shape))
def test_every_point_is_inside_the_chart(values: list[float | None], shape: Shape) -> None:
    at = list_days(len(values))
    ends = [None if value is None else value + 1 for value in values]
    left = ChartSide(
        (Series("Readings", at, values, shape),), band=Band(at, values, ends), bars=Bars("Sums", at, values)
    )
    chart = draw_chart("any", "Anything", left, ChartSide((Series("Pace", at, values),), PACE))
    slack = 0.06  # places are a tenth of a unit exact
    for x, y in iterate_points(chart):
        assert -slack <= x <= 1000 + slack
        assert -slack <= y <= HEIGHT + slack
    for side in chart.drawn_sides:
        assert {side.ticks[0].at, side.ticks[-1].at} == {0, HEIGHT}
        assert all(0 <= tick.at <= HEIGHT for tick in side.ticks)
    assert all(0 <= tick.at <= 100 for tick in chart.ticks)


@given(st.lists(st.integers(-400, 400), min_size=2, max_size=400), st.integers(0, 9_000))
def test_a_value_and_its_day_can_be_read_off_the_drawing(tenths: list[int], first: int) -> None:
    """`charts.js` does so: exact to a tenth while the axis spans no more units than pixels."""
    days = [MONDAY + timedelta(days=first + number) for number in range(len(tenths))]
    values = [number / 10 for number in tenths]
    chart = draw_chart("any", "Anything", ChartSide((Series("Readings", days, values),)))
    side, axis = chart.left, chart.x_axis
    assert side
    assert axis
    assert abs(side.top - side.bottom) <= HEIGHT
    read = [
        (
            round(axis.low + x / 1000 * (axis.high - axis.low)),
            round(side.top + (side.bottom - side.top) * y / HEIGHT, 1) + 0.0,
        )
        for x, y in parse_points(side.lines[0].path)
    ]
    assert read == [(day.toordinal(), value) for day, value in zip(days, values, strict=True)]


def test_gap_splits_the_line_and_a_single_point_is_a_dot() -> None:
    values = [1.0, 2.0, None, 3.0, None, 2.0, 1.0]
    chart = draw_chart("gap", "With gaps", ChartSide((Series("Readings", list_days(7), values),)))
    assert chart.left
    (line,) = chart.left.lines
    assert line.path.count("M") == 2
    assert len(parse_points(line.path)) == 4
    assert line.dots == ((50.0, 0.0),)


def test_faster_pace_is_higher() -> None:
    side = ChartSide((Series("Pace", [0, 1], [300.0, 240.0]),), PACE)
    chart = draw_chart("pace", "Pace", side, x_quantity=NUMBER)
    assert chart.left
    (_, slow), (_, fast) = parse_points(chart.left.lines[0].path)
    assert fast < slow
    assert [tick.text for tick in chart.left.ticks] == ["4:00", "4:15", "4:30", "4:45", "5:00"]


@pytest.mark.parametrize("values", [[], [None, None]])
def test_chart_without_values_shows_its_empty_text(values: list[float | None]) -> None:
    chart = draw_chart(
        "none",
        "Nothing",
        ChartSide((Series("Readings", list_days(len(values)), values),)),
        empty="No readings yet.",
    )
    assert (chart.left, chart.empty, chart.drawn_sides) == (None, "No readings yet.", ())
    assert build_sparkline("no readings", values).shape == ""


def test_single_value_is_in_the_middle() -> None:
    chart = draw_chart("one", "One", ChartSide((Series("Readings", [MONDAY], [52.0]),)))
    assert chart.left
    assert chart.left.lines[0].dots == ((50.0, HEIGHT / 2),)
    assert chart.table.rows == (("Mon 8 Jun 2026", "52"),)


def test_equal_values_make_a_horizontal_line() -> None:
    chart = draw_chart("level", "Level", ChartSide((Series("Readings", list_days(3), [4.0, 4.0, 4.0]),)))
    assert chart.left
    assert {y for _, y in parse_points(chart.left.lines[0].path)} == {HEIGHT / 2}
    assert {y for _, y in parse_points(build_sparkline("level", [4.0, 4.0]).path)} == {12.0}


def test_bars_begin_at_zero() -> None:
    chart = draw_chart("form", "Form", ChartSide(bars=Bars("Form", [MONDAY, list_days(8)[7]], [10.0, -10.0])))
    assert chart.left
    up, down = chart.left.bars
    assert up.y + up.height == down.y == HEIGHT / 2
    assert up.text == "Week of Mon 8 Jun 2026: 10"


def test_value_outside_the_axis_is_drawn_at_its_edge() -> None:
    side = ChartSide((Series("Pace", [0, 1, 2], [300.0, 3_000.0, 320.0]),), PACE, within=(240.0, 600.0))
    chart = draw_chart("pace", "Pace", side, x_quantity=NUMBER)
    assert chart.left
    assert parse_points(chart.left.lines[0].path)[1] == (500.0, HEIGHT)
    assert chart.left.ticks[-1].text == "10:00"


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_refused(wrong: float) -> None:
    at = list_days(2)
    for draws in (
        lambda: Series("Readings", at, [1.0, wrong]),
        lambda: Band(at, [1.0, wrong], [2.0, 2.0]),
        lambda: Bars("Sums", at, [wrong, 1.0]),
        lambda: build_sparkline("Readings", [wrong]),
    ):
        with pytest.raises(ValueError, match="NaN"):
            draws()


def test_unequal_columns_and_descending_positions_are_refused() -> None:
    with pytest.raises(ValueError, match="one value"):
        Series("Readings", list_days(2), [1.0])
    with pytest.raises(ValueError, match="ascend"):
        Series("Readings", list_days(2)[::-1], [1.0, 2.0])


def test_table_has_a_row_per_bar_with_the_last_value_of_each_line() -> None:
    mondays = [list_days(15)[0], list_days(15)[7]]
    lines = ChartSide((Series("Fitness", list_days(14), [float(number) for number in range(14)]),))
    chart = draw_chart(
        "load", "Load", ChartSide(bars=Bars("Load", mondays, [400.0, None])), lines, heading="Week of"
    )
    assert chart.table.headings == ("Week of", "Load", "Fitness")
    assert chart.table.rows == (("Mon 8 Jun 2026", "400", "6"), ("Mon 15 Jun 2026", "–", "13"))


@pytest.mark.parametrize(("last", "shape"), [(50.0, "in"), (40.0, "below"), (70.0, "above")])
def test_sparkline_shape_shows_position_relative_to_the_band(last: float, shape: str) -> None:
    drawn = build_sparkline("HRV", [52.0, None, last], 48.0, 61.0)
    assert drawn.shape == shape
    assert drawn.band_height > 0
