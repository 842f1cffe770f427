"""The markup of charts: well formed, no inline styles, accessible."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from astral.charts import (
    Band,
    Bars,
    CalendarDay,
    CalendarMark,
    ChartSide,
    Series,
    Shape,
    build_calendar_strip,
    build_distribution,
    build_sparkline,
    draw_chart,
)
from tests.astral.charts.made_up import MONDAY, list_days, render_chart

HOSTILE = '<script>"1" & 2</script>'
VALUES = [50.0, 51.0, None, 49.0, None, 52.0, 53.0]
LEFT = ChartSide(
    (Series(HOSTILE, list_days(7), VALUES, shape=Shape.AREA),),
    unit="ms",
    band=Band(list_days(7), VALUES, VALUES),
)
DRAWINGS: dict[str, dict[str, object]] = {
    "chart": {"chart": draw_chart("hrv", HOSTILE, LEFT, ChartSide(bars=Bars("Load", [MONDAY], [-3.0])))},
    "sparkline": {"sparkline": build_sparkline(HOSTILE, VALUES, 40.0, 45.0)},
    "distribution": {"distribution": build_distribution(HOSTILE, [(HOSTILE, HOSTILE, 1.0, HOSTILE)])},
    "calendar_strip": {
        "calendar": build_calendar_strip(
            "plan",
            HOSTILE,
            MONDAY,
            list_days(9)[-1],
            [
                CalendarDay(day, mark, HOSTILE)
                for day, mark in zip(list_days(len(CalendarMark)), CalendarMark, strict=True)
            ],
            MONDAY,
        )
    },
}
EMPTY: dict[str, dict[str, object]] = {
    "chart": {"chart": draw_chart("none", "Nothing", ChartSide())},
    "sparkline": {"sparkline": build_sparkline("no readings", [])},
    "distribution": {"distribution": build_distribution("Nothing", [])},
    "calendar_strip": {"calendar": build_calendar_strip("none", "Nothing", MONDAY, MONDAY, [], MONDAY)},
}


@pytest.mark.parametrize("drawings", [DRAWINGS, EMPTY], ids=["drawn", "empty"])
@pytest.mark.parametrize("template", DRAWINGS)
def test_markup_is_well_formed_without_inline_styles_and_scripts(
    drawings: dict[str, dict[str, object]], template: str
) -> None:
    for element in render_chart(template, **drawings[template]).iter():
        assert element.tag not in ("script", "style")
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("template", EMPTY)
def test_empty_chart_shows_its_empty_text(template: str) -> None:
    chart = render_chart(template, **EMPTY[template])
    assert chart.find(".//svg") is None
    assert "".join(chart.itertext()).strip()


@pytest.mark.parametrize("template", ["chart", "calendar_strip"])
def test_chart_has_a_description_and_a_table(template: str) -> None:
    chart = render_chart(template, **DRAWINGS[template])
    drawing = next(svg for svg in chart.iter("svg") if svg.get("role") == "img")
    assert all(_text(chart, drawing.get(f"aria-{kind}") or "") for kind in ("labelledby", "describedby"))
    rows = chart.findall(".//details//tbody/tr")
    assert rows
    assert all(row[0].get("scope") == "row" for row in rows)


def _text(chart: ElementTree.Element, key: str) -> str:
    (found,) = [element for element in chart.iter() if element.get("id") == key]
    return "".join(found.itertext()).strip()
