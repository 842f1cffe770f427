"""Planned and done sessions: a column for each week, a row for each weekday, a shape for each result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from astral.charts.axes import Tick
from astral.charts.tables import ChartTable
from astral.charts.ticks import MONTHS
from astral.dates.local_time import format_date

CELL_SIZE, LEFT, TOP = 22, 34, 20
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class CalendarMark(StrEnum):
    """The result of a day. Each has its own shape, so colour is not needed to tell them apart."""

    DONE = "done as planned"
    PARTLY = "done differently"
    MISSED = "missed"
    AHEAD = "planned"
    ABSENT = "absent"
    EXTRA = "done, not planned"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day with something planned or done; `text`: for example "8 km easy, 7.9 km run"."""

    day: date
    mark: CalendarMark
    text: str


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """A drawn day: its centre in pixels, the name of its shape, and its text."""

    x: int
    y: int
    shape: str
    text: str


@dataclass(frozen=True, slots=True)
class CalendarStrip:
    """The data of `charts/calendar_strip.html`, in pixels; `key` is unique on its page."""

    key: str
    title: str
    description: str
    width: int
    height: int
    cells: tuple[CalendarCell, ...]
    columns: tuple[Tick, ...]
    rows: tuple[Tick, ...]
    legend: tuple[tuple[str, str], ...]
    table: ChartTable
    today_x: int | None = None
    today_y: int | None = None
    empty: str = "Nothing planned or done."


def build_calendar_strip(
    key: str, title: str, first: date, last: date, days: Sequence[CalendarDay], today: date
) -> CalendarStrip:
    """The weeks from `first` to `last`, both included. Weeks begin on Monday. `days`: at most one per date.

        days = [CalendarDay(date(2026, 6, 8), CalendarMark.DONE, "8 km easy")]
        build_calendar_strip("plan", "Planned and done", first, last, days, today)

    Days outside the range are ignored.
    """
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // 7 + 1
    shown = sorted((day for day in days if first <= day.day <= last), key=lambda day: day.day)
    marks = [mark for mark in CalendarMark if any(day.mark is mark for day in shown)]
    now_x, now_y = _cell_center(today, monday) if first <= today <= last else (None, None)
    return CalendarStrip(
        key,
        title,
        ", ".join(f"{sum(day.mark is mark for day in shown)} {mark}" for mark in marks),
        LEFT + weeks * CELL_SIZE,
        TOP + 7 * CELL_SIZE,
        tuple(
            CalendarCell(
                *_cell_center(day.day, monday), day.mark.name.lower(), f"{format_date(day.day)}: {day.text}"
            )
            for day in shown
        ),
        tuple(_month_ticks(monday, weeks)),
        tuple(Tick(TOP + row * CELL_SIZE + 15, WEEKDAYS[row]) for row in (0, 2, 4, 6)),
        tuple((mark.name.lower(), mark.value) for mark in marks),
        ChartTable(
            ("Day", "Result", "What"),
            tuple((format_date(day.day), day.mark.value, day.text) for day in shown),
        ),
        now_x,
        now_y,
    )


def _cell_center(day: date, monday: date) -> tuple[int, int]:
    week, weekday = divmod((day - monday).days, 7)
    return LEFT + week * CELL_SIZE + CELL_SIZE // 2, TOP + weekday * CELL_SIZE + CELL_SIZE // 2


def _month_ticks(monday: date, weeks: int) -> list[Tick]:
    """A tick at the week of each month's first day, and at the first week if the next tick is far enough."""
    sundays = [monday + timedelta(weeks=week, days=6) for week in range(weeks)]
    month_weeks = [week for week, sunday in enumerate(sundays) if week == 0 or sunday.day <= 7]
    if len(month_weeks) > 1 and month_weeks[1] < 2:
        month_weeks = month_weeks[1:]
    return [Tick(LEFT + week * CELL_SIZE, MONTHS[sundays[week].month - 1]) for week in month_weeks]
