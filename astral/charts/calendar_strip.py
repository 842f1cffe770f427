"""Planned against done: a column for each week, a row for each weekday, a shape for what became of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from astral.charts.axes import Tick
from astral.charts.tables import ChartTable
from astral.charts.ticks import MONTHS

CELL_SIZE, LEFT, TOP = 22, 34, 20
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class CalendarMark(StrEnum):
    """What became of a day. Each has its shape, so that its colour says nothing alone."""

    DONE = "done as planned"
    PARTLY = "done differently"
    MISSED = "missed"
    AHEAD = "planned"
    ABSENT = "absent"
    EXTRA = "done, not planned"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day that has something to show; `text` says what, "8 km easy, 7.9 km run"."""

    day: date
    mark: CalendarMark
    text: str


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """A drawn day: its middle in pixels, the word of its shape, and what to say of it."""

    x: int
    y: int
    shape: str
    text: str


@dataclass(frozen=True, slots=True)
class CalendarStrip:
    """What `charts/calendar_strip.html` draws, one to one in pixels; `key` is unique on its page."""

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
    empty: str = "Nothing planned and nothing done."


def build_calendar_strip(
    key: str, title: str, first: date, last: date, days: Sequence[CalendarDay], today: date
) -> CalendarStrip:
    """The weeks from `first` to `last`, both included, with the days that have something to show, one Day a date.

        calendar_strip("plan", "Planned and done", first, last, [Day(date(2026, 6, 8), Mark.DONE, "8 km easy")], today)

    Days outside are left out; weeks begin on Monday.
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
            CalendarCell(*_cell_center(day.day, monday), day.mark.name.lower(), f"{day.day}: {day.text}")
            for day in shown
        ),
        tuple(_month_ticks(monday, weeks)),
        tuple(Tick(TOP + row * CELL_SIZE + 15, WEEKDAYS[row]) for row in (0, 2, 4, 6)),
        tuple((mark.name.lower(), mark.value) for mark in marks),
        ChartTable(
            ("Day", "What became of it", "What"),
            tuple((str(day.day), day.mark.value, day.text) for day in shown),
        ),
        now_x,
        now_y,
    )


def _cell_center(day: date, monday: date) -> tuple[int, int]:
    week, weekday = divmod((day - monday).days, 7)
    return LEFT + week * CELL_SIZE + CELL_SIZE // 2, TOP + weekday * CELL_SIZE + CELL_SIZE // 2


def _month_ticks(monday: date, weeks: int) -> list[Tick]:
    """The months by the weeks that hold their first days, and by the first week unless the next is too near."""
    starts = [monday + timedelta(weeks=week, days=6) for week in range(weeks)]
    named = [week for week, sunday in enumerate(starts) if week == 0 or sunday.day <= 7]
    named = named[1:] if len(named) > 1 and named[1] < 2 else named
    return [Tick(LEFT + week * CELL_SIZE, MONTHS[starts[week].month - 1]) for week in named]
