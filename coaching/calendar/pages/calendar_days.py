"""The days and weeks of the calendar page as texts, and the range of days that it shows."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from coaching.calendar.pages.session_cards import ActivityLine, CardBuilder, SessionCard
from coaching.calendar.reader import Calendar, CalendarDate, CalendarWeek, WeekAmounts
from coaching.models import Race
from metrics.formatting import format_distance, format_hours, format_number

WEEK_D = 7
VIEWS = ("month", "week")
# A page has days of neighbouring months, and sessions are on days from 1970 to 2099.
FIRST_SHOWN, LAST_SHOWN = date(1970, 2, 1), date(2099, 11, 30)


@dataclass(frozen=True, slots=True)
class CalendarSpan:
    """The days of the page: whole weeks. `previous` and `following`: a day of the page before and after."""

    view: str
    day: date
    first: date
    last: date
    previous: date
    following: date

    @property
    def title(self) -> str:
        if self.view == "week":
            return f"Week of {self.first.day} {self.first:%B %Y}"
        return f"{self.day:%B %Y}"

    def is_outside(self, day: date) -> bool:
        """Whether the day belongs to a neighbouring month."""
        return self.view == "month" and (day.year, day.month) != (self.day.year, self.day.month)


def build_calendar_span(view: str, day: date) -> CalendarSpan:
    """The week or the month of `day`. At the ends of the calendar, the neighbours are the same page."""
    if view == "week":
        monday = _find_monday(day)
        return CalendarSpan(
            view, day, monday, monday + timedelta(6), _step(monday, -WEEK_D), _step(monday, WEEK_D)
        )
    first = day.replace(day=1)
    last = day.replace(day=monthrange(day.year, day.month)[1])
    sunday = last + timedelta(6 - last.weekday())
    return CalendarSpan(view, day, _find_monday(first), sunday, _step(first, -1), _step(last, 1))


def _find_monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _step(day: date, days: int) -> date:
    return min(max(day + timedelta(days), FIRST_SHOWN), LAST_SHOWN)


@dataclass(frozen=True, slots=True)
class CalendarDayCell:
    """A day of the page. `absence` and `note` may be empty."""

    on: date
    is_today: bool
    is_outside: bool
    sessions: Sequence[SessionCard]
    unplanned: Sequence[ActivityLine]
    races: Sequence[Race]
    absence: str
    note: str

    @property
    def is_free(self) -> bool:
        return not (self.sessions or self.unplanned or self.races or self.absence or self.note)


@dataclass(frozen=True, slots=True)
class AmountTexts:
    """Texts of sums; what is 0 is empty."""

    distance: str
    duration: str
    load: str

    @property
    def is_nothing(self) -> bool:
        return not (self.distance or self.duration or self.load)


@dataclass(frozen=True, slots=True)
class CalendarWeekRow:
    """A week of the page. `done` is None if activities are withheld.

    `compliance` is empty if nothing is due.
    """

    monday: date
    days: Sequence[CalendarDayCell]
    planned: AmountTexts
    done: AmountTexts | None
    compliance: str


def build_week_rows(calendar: Calendar, span: CalendarSpan, builder: CardBuilder) -> list[CalendarWeekRow]:
    cells = [_build_cell(day, calendar.today, span, builder) for day in calendar.days]
    by_week = {monday: list(days) for monday, days in groupby(cells, lambda cell: _find_monday(cell.on))}
    return [_build_row(week, by_week[week.monday], builder.units) for week in calendar.weeks]


def _build_cell(day: CalendarDate, today: date, span: CalendarSpan, builder: CardBuilder) -> CalendarDayCell:
    cards = builder.build_all(day.entries)
    return CalendarDayCell(
        on=day.day,
        is_today=day.day == today,
        is_outside=span.is_outside(day.day),
        sessions=cards,
        unplanned=builder.list_unplanned(day.activities, cards),
        races=day.races,
        absence=day.absence.get_kind_display().capitalize() if day.absence else "",
        note=day.note or "",
    )


def _build_row(week: CalendarWeek, days: Sequence[CalendarDayCell], units: str) -> CalendarWeekRow:
    return CalendarWeekRow(
        monday=week.monday,
        days=days,
        planned=_format_amounts(week.planned, units),
        done=None if week.done is None else _format_amounts(week.done, units),
        compliance="" if week.compliance is None else f"{format_number(week.compliance)} %",
    )


def _format_amounts(amounts: WeekAmounts, units: str) -> AmountTexts:
    return AmountTexts(
        format_distance(amounts.distance_m, units) if amounts.distance_m else "",
        format_hours(amounts.duration_s) if amounts.duration_s else "",
        f"load {format_number(amounts.load)}" if amounts.load else "",
    )
