"""Distributions and calendar strips."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from astral.charts import CalendarDay, CalendarMark, build_calendar_strip, build_distribution
from astral.charts.calendar_strip import CELL_SIZE
from tests.astral.charts.made_up import MONDAY, list_days


def test_shares_add_up_to_100_percent() -> None:
    distribution = build_distribution(
        "Zones", [("Z1", "easy", 300.0, "5:00"), ("Z2", "", 99.0, "1:39"), ("Z3", "", 1.0, "0:01")]
    )
    assert [part.percent for part in distribution.parts] == [75.0, 24.75, 0.25]
    assert [part.percent_text for part in distribution.parts] == ["75 %", "25 %", "< 1 %"]


def test_distribution_without_amounts_is_empty() -> None:
    distribution = build_distribution("Zones", [("Z1", "", 0.0, "0:00")], empty="No zones.")
    assert (distribution.parts, distribution.empty) == ((), "No zones.")


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -1.0])
def test_invalid_amount_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        build_distribution("Zones", [("Z1", "", wrong, "")])


def test_calendar_day_is_in_its_week_and_weekday() -> None:
    sunday, next_monday = list_days(8)[6:8]
    done = [
        CalendarDay(sunday, CalendarMark.DONE, "long run"),
        CalendarDay(next_monday, CalendarMark.MISSED, "intervals"),
    ]
    strip = build_calendar_strip("plan", "Plan", MONDAY, MONDAY + timedelta(days=27), done, next_monday)
    first, second = strip.cells
    assert second.x - first.x == CELL_SIZE
    assert first.y - second.y == 6 * CELL_SIZE
    assert (strip.today_x, strip.today_y) == (second.x, second.y)
    assert all(0 < cell.x < strip.width and 0 < cell.y < strip.height for cell in strip.cells)
    assert strip.description == "1 done as planned, 1 missed"


def test_calendar_ignores_days_outside_and_may_be_empty() -> None:
    before = CalendarDay(MONDAY - timedelta(days=1), CalendarMark.EXTRA, "jog")
    strip = build_calendar_strip(
        "plan", "Plan", MONDAY, list_days(7)[-1], [before], MONDAY - timedelta(days=1)
    )
    assert (strip.cells, strip.today_x, strip.legend) == ((), None, ())
