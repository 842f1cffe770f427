"""The calendar of one athlete: what is planned and done on each day and in each week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from athletes.models import Athlete
from athletes.rights import Visibility
from coaching.absences.current import find_absence, load_absences
from coaching.assessments.inputs import LINKED_D
from coaching.calendar.day_rows import (
    CalendarActivity,
    load_activities,
    load_calendar_rows,
    load_health_notes,
    load_races,
)
from coaching.calendar.matching import CalendarEntry, CalendarMatch, match_calendar
from coaching.models import Absence, CalendarSession, Race
from coaching.science.compliance import Outcome, due_amounts, volume_compliance
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds

WEEK_D = 7
# Sessions near the range compete for its activities, so they are matched too.
MATCHED_D = 7
ItemT = TypeVar("ItemT", CalendarEntry, CalendarActivity)


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A local day. `note`: what was said about illness and pain."""

    day: date
    entries: Sequence[CalendarEntry]
    activities: Sequence[CalendarActivity]
    races: Sequence[Race]
    absence: Absence | None
    note: str | None


class WeekAmounts(NamedTuple):
    """Sums of metres, seconds and load."""

    distance_m: float
    duration_s: float
    load: float


NO_AMOUNTS = WeekAmounts(0.0, 0.0, 0.0)


class CalendarWeek(NamedTuple):
    """An ISO week. `done` and `compliance` are None if activities are withheld."""

    monday: date
    planned: WeekAmounts
    done: WeekAmounts | None
    compliance: float | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """`days`: each day of the range. `weeks`: whole ISO weeks that the range touches."""

    today: date
    days: Sequence[CalendarDate]
    weeks: Sequence[CalendarWeek]


def load_calendar(
    athlete: Athlete, first: date, last: date, now: datetime, visibility: Visibility
) -> Calendar:
    """Load the calendar from `first` to `last`, both included.

    Six statements, whatever the range; five if activities or health are withheld, four if both are.
    """
    today = athlete.local_date(now)
    monday = first - timedelta(days=first.weekday())
    sunday = last + timedelta(days=6 - last.weekday())
    absences = load_absences(athlete.pk)
    linked = timedelta(days=LINKED_D)
    activities = load_activities(athlete, monday - linked, sunday + linked) if visibility.activities else None
    match = _match_sessions(athlete, monday, sunday, activities, absences, now)
    races = load_races(athlete, first, last)
    notes = load_health_notes(athlete.pk, first, last) if visibility.health else {}
    entries, done = _group_by_day(match.entries), _group_by_day(activities or ())
    days = [
        CalendarDate(
            day,
            entries.get(day, ()),
            done.get(day, ()),
            races.get(day, ()),
            find_absence(absences, day),
            notes.get(day),
        )
        for day in _list_days(first, last)
    ]
    mondays = _list_days(monday, sunday, WEEK_D)
    weeks = _build_weeks(mondays, match, None if activities is None else done, today)
    return Calendar(today, days, weeks)


def load_entries(
    athlete: Athlete, session_ids: Iterable[UUID], now: datetime, visibility: Visibility
) -> list[CalendarEntry]:
    """Load these sessions with their outcomes, by day. Deleted ones are left out. Five statements."""
    ids = {str(pk) for pk in session_ids}
    rows = CalendarSession.objects.expected().filter(athlete=athlete, pk__in=ids)
    days = sorted(rows.order_by().values_list("day", flat=True))
    if not days:
        return []
    first, last, linked = days[0], days[-1], timedelta(days=LINKED_D)
    absences = load_absences(athlete.pk)
    activities = load_activities(athlete, first - linked, last + linked) if visibility.activities else None
    match = _match_sessions(athlete, first, last, activities, absences, now)
    return [entry for entry in match.entries if entry.row.planned.id in ids]


def _match_sessions(
    athlete: Athlete,
    first: date,
    last: date,
    activities: Sequence[CalendarActivity] | None,
    absences: Sequence[Absence],
    now: datetime,
) -> CalendarMatch:
    """Match the sessions of these days, and of a margin around them. Two statements."""
    today, margin = athlete.local_date(now), timedelta(days=MATCHED_D)
    rows = load_calendar_rows(athlete.pk, first - margin, last + margin)
    thresholds = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory())
    return match_calendar(rows, activities, absences, today, thresholds.threshold_speed_on(today))


def _list_days(first: date, last: date, step: int = 1) -> list[date]:
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1, step)]


def _group_by_day(items: Iterable[ItemT]) -> dict[date, list[ItemT]]:
    by_day: dict[date, list[ItemT]] = {}
    for item in items:
        by_day.setdefault(item.day, []).append(item)
    return by_day


def _build_weeks(
    mondays: Sequence[date],
    match: CalendarMatch,
    done: Mapping[date, Sequence[CalendarActivity]] | None,
    today: date,
) -> list[CalendarWeek]:
    planned: dict[date, list[CalendarEntry]] = {}
    for entry in match.entries:
        if entry.status != "skipped":
            planned.setdefault(_find_monday(entry.day), []).append(entry)
    activities: dict[date, list[CalendarActivity]] = {}
    for day, rows in (done or {}).items():
        activities.setdefault(_find_monday(day), []).extend(rows)
    judged: dict[date, list[Outcome]] = {}
    for outcome in match.judged:
        judged.setdefault(_find_monday(outcome.session.day), []).append(outcome)
    return [
        CalendarWeek(
            monday,
            _sum_amounts(entry.planned for entry in planned.get(monday, ())),
            None if done is None else _sum_amounts(activities.get(monday, ())),
            volume_compliance(due_amounts(judged.get(monday, ()), today)),
        )
        for monday in mondays
    ]


def _find_monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _sum_amounts(rows: Iterable[Any]) -> WeekAmounts:
    """The sums of sessions or activities. What is not given counts as 0."""
    amounts = [(row.distance_m or 0.0, row.duration_s or 0.0, row.load or 0.0) for row in rows]
    return WeekAmounts(*(sum(column) for column in zip(*amounts, strict=True))) if amounts else NO_AMOUNTS
