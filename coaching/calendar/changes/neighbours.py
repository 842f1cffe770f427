"""What to say about the days that get sessions: too many of them, an absence, hard days in a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from astral.http.errors import ApiError
from athletes.models import Athlete
from coaching.absences.current import find_absence, load_absences
from coaching.calendar.changes.session_state import SessionState
from coaching.calendar.changes.stored_rows import RowChange
from coaching.models import CalendarSession

MAX_SESSIONS_A_DAY = 10
MAX_WARNINGS = 20
HARD_ZONE = 4
WARNING_CODES = ("SAME_DAY", "ABSENT", "HARD_DAYS")


class CalendarWarning(NamedTuple):
    """Something to look at: `code` is one of WARNING_CODES."""

    code: str
    day: date
    message: str


class _Neighbour(NamedTuple):
    day: date
    sport: str
    is_hard: bool


def check_neighbours(athlete: Athlete, changes: Sequence[RowChange]) -> list[CalendarWarning]:
    """What is unusual about the days that get a session. Two statements; none if no day gets one.

    Raises ApiError TOO_MANY_SESSIONS if a day would have more than MAX_SESSIONS_A_DAY.
    """
    placed = sorted({change.after.day for _, change in changes if _is_placed(change.before, change.after)})
    if not placed:
        return []
    one = timedelta(days=1)
    rows = CalendarSession.objects.expected().filter(
        athlete=athlete, day__range=(placed[0] - one, placed[-1] + one)
    )
    standing = rows.exclude(pk__in=[row.pk for row, _ in changes]).order_by()
    columns = standing.values_list("day", "sport", "zone", "is_key")
    by_day: dict[date, list[_Neighbour]] = {}
    for day, sport, zone, is_key in columns:
        by_day.setdefault(day, []).append(_Neighbour(day, sport, is_key or (zone or 0) >= HARD_ZONE))
    for _, change in changes:
        if not change.after.columns["is_removed"]:
            by_day.setdefault(change.after.day, []).append(_describe(change.after))
    if any(len(by_day.get(day, ())) > MAX_SESSIONS_A_DAY for day in placed):
        sentence = f"A day has at most {MAX_SESSIONS_A_DAY} sessions."
        raise ApiError("TOO_MANY_SESSIONS", sentence)
    absences = load_absences(athlete.pk)
    absent = [
        CalendarWarning("ABSENT", day, f"{day}: an absence ({absence.kind}) covers this day.")
        for day in placed
        if (absence := find_absence(absences, day))
    ]
    return [*absent, *_find_crowded(placed, by_day), *_find_hard_days(placed, by_day)][:MAX_WARNINGS]


def _is_placed(before: SessionState | None, after: SessionState) -> bool:
    was_there = before is not None and not before.columns["is_removed"] and before.day == after.day
    return not after.columns["is_removed"] and not was_there


def _describe(state: SessionState) -> _Neighbour:
    is_hard = state.columns["is_key"] or (state.columns["zone"] or 0) >= HARD_ZONE
    return _Neighbour(state.day, state.columns["sport"], is_hard)


def _find_crowded(days: Iterable[date], by_day: dict[date, list[_Neighbour]]) -> Iterable[CalendarWarning]:
    for day in days:
        if len(by_day[day]) > 1:
            yield CalendarWarning(
                "SAME_DAY", day, f"{day}: there are {len(by_day[day])} sessions on this day."
            )


def _find_hard_days(days: Iterable[date], by_day: dict[date, list[_Neighbour]]) -> Iterable[CalendarWarning]:
    hard = {day for day, rows in by_day.items() if any(row.is_hard for row in rows)}
    one = timedelta(days=1)
    for day in days:
        if day in hard and (day - one in hard or day + one in hard):
            yield CalendarWarning("HARD_DAYS", day, f"{day}: there are hard sessions on two days in a row.")
