"""The card with the week: today, tomorrow, the days after them, and the days that are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from django.urls import reverse

from athletes.models import Athlete
from athletes.rights import Visibility
from coaching.calendar.pages.session_cards import ActivityLine, CardBuilder, SessionCard
from coaching.calendar.pages.week_strip import StripDay, build_week_strip
from coaching.calendar.reader import Calendar, CalendarDate, CalendarWeek, load_calendar
from coaching.models import Race
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds
from metrics.formatting import format_distance, format_number


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A day of the card. `name`: Today, Tomorrow or the weekday. `unplanned`: what else was done."""

    name: str
    on: date
    sessions: Sequence[SessionCard]
    unplanned: Sequence[ActivityLine]
    races: Sequence[Race]
    absence: str

    @property
    def is_free(self) -> bool:
        return not (self.sessions or self.unplanned or self.races or self.absence)


@dataclass(frozen=True, slots=True)
class WeekCard:
    """`nearest`: today and tomorrow. `later` and `earlier`: other days of the week on which something is.

    `strip`: Monday to Sunday. `sums`: what was done of what was planned; empty without a plan.
    """

    nearest: Sequence[WeekDay]
    later: Sequence[WeekDay]
    earlier: Sequence[WeekDay]
    strip: Sequence[StripDay]
    sums: str
    calendar_url: str
    add_url: str

    @property
    def is_empty(self) -> bool:
        return not self.later and not self.earlier and all(day.is_free for day in self.nearest)


def load_week_card(
    athlete: Athlete, now: datetime, visibility: Visibility, units: str, *, own: bool
) -> WeekCard | None:
    """The running week of the athlete, and tomorrow. None if plans are withheld.

    One statement more than `load_calendar`, however many sessions there are.
    """
    if not visibility.goals_and_plans:
        return None
    today = athlete.local_date(now)
    monday = today - timedelta(days=today.weekday())
    last = max(monday + timedelta(days=6), today + timedelta(days=1))
    calendar = load_calendar(athlete, monday, last, now, visibility)
    builder = build_card_builder(athlete, calendar, now, units)
    days = [_build_day(day, builder, today) for day in calendar.days]
    after_tomorrow = today + timedelta(days=1)
    public_id = athlete.public_id
    return WeekCard(
        nearest=[day for day in days if today <= day.on <= after_tomorrow],
        later=[day for day in days if day.on > after_tomorrow and not day.is_free],
        earlier=[day for day in days if day.on < today and not day.is_free],
        strip=build_week_strip(calendar.days, today),
        sums=_format_sums(calendar.weeks[0], units),
        calendar_url=build_calendar_url(public_id, own=own),
        add_url=reverse("session-add-page", args=[public_id]),
    )


def build_card_builder(
    athlete: Athlete,
    calendar: Calendar,
    now: datetime,
    units: str,
    editable: frozenset[str] = frozenset(),
) -> CardBuilder:
    """One statement: the threshold that gives the zones their paces."""
    thresholds = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory())
    done = chain.from_iterable(day.activities for day in calendar.days)
    activities = {activity.activity_id: activity for activity in done}
    return CardBuilder(athlete, units, thresholds.threshold_speed_on(calendar.today), activities, editable)


def build_calendar_url(public_id: str, *, own: bool) -> str:
    return reverse("own-calendar-page") if own else reverse("athlete-calendar-page", args=[public_id])


def _build_day(day: CalendarDate, builder: CardBuilder, today: date) -> WeekDay:
    cards = builder.build_all(day.entries)
    names = {0: "Today", 1: "Tomorrow"}
    return WeekDay(
        name=names.get((day.day - today).days) or f"{day.day:%A}",
        on=day.day,
        sessions=cards,
        unplanned=builder.list_unplanned(day.activities, cards),
        races=day.races,
        absence=day.absence.get_kind_display().capitalize() if day.absence else "",
    )


def _format_sums(week: CalendarWeek, units: str) -> str:
    """12.3 km of 45.0 km done, load 80 of 210; only what is planned without visible activities."""
    planned, done = week.planned, week.done
    if not (planned.distance_m or planned.load):
        return ""
    distance = format_distance(planned.distance_m, units) if planned.distance_m else ""
    load = format_number(planned.load)
    if done is None:
        return "Planned: " + ", ".join(word for word in (distance, f"load {load}") if word)
    done_distance = f"{format_distance(done.distance_m, units)} of {distance}" if distance else ""
    words = (done_distance, f"load {format_number(done.load)} of {load}")
    return "Done: " + ", ".join(word for word in words if word)
