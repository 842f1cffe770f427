"""The seven days of the running week as one mark each, for the head of an athlete's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from coaching.calendar.pages.session_cards import REST
from coaching.calendar.reader import CalendarDate

MARKS = {"done": "done", "missed": "missed", "skipped": "absent", "planned": "ahead"}


@dataclass(frozen=True, slots=True)
class StripDay:
    """`mark`: a shape of charts/calendar_mark.html, "race", or empty. `description`: such as Monday: done."""

    letter: str
    on: date
    mark: str
    is_today: bool
    description: str


def build_week_strip(days: Iterable[CalendarDate], today: date) -> list[StripDay]:
    """The days of the week of `today`, Monday first."""
    week = today.isocalendar()[:2]
    return [_build_day(day, today) for day in days if day.day.isocalendar()[:2] == week]


def _build_day(day: CalendarDate, today: date) -> StripDay:
    mark, words = _judge_day(day)
    return StripDay(f"{day.day:%a}"[0], day.day, mark, day.day == today, f"{day.day:%A}: {words}")


def _judge_day(day: CalendarDate) -> tuple[str, str]:
    if day.races:
        return "race", f"race {day.races[0].name}"
    statuses = {entry.status for entry in day.entries if entry.row.planned.sport != REST}
    if len(statuses) == 1:
        (status,) = statuses
        return MARKS[status], status
    if statuses:
        return ("partly", "partly done") if "done" in statuses else ("ahead", " and ".join(sorted(statuses)))
    if day.absence:
        return "absent", day.absence.get_kind_display().lower()
    return ("extra", "done without a plan") if day.activities else ("", "nothing planned")
