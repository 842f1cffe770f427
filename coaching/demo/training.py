"""Simulate the requested sessions of each day and what the athlete does of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from coaching.demo.circumstances import DailyConditions, Days, daily_conditions
from coaching.demo.climate import heat_slows, temperature_c
from coaching.demo.kinds import Slot
from coaching.demo.person import Person
from coaching.demo.season import MILE_M, Season, next_race, season, tune_up
from coaching.demo.sessions import LONG_RUNS, Session, make, race
from metrics.science.load_series import ewma
from metrics.science.vdot import threshold_speed

SHAPE_TAU_D = 45.0  # how fast fitness to race follows training
SHAPE_WORTH = 0.10  # of VDOT, from no training at all to the usual
SHORTEST_SHARE = 0.55  # a session cut to less than this is left out instead
RACES_FROM = 0.85  # nobody races on less of the usual training
FREEZING_C = 2.0
EVERY_DAY = Slot("easy", 58)


@dataclass(frozen=True, slots=True)
class RequestedSession:
    """A session of the plan, `ago` days ago (negative ahead); a race has its distance."""

    ago: int
    slot: Slot
    week: int
    race_m: float | None = None
    race_name: str = ""


@dataclass(frozen=True, slots=True)
class CompletedSession:
    """A session as it was done: `pace` is the day's factor of speed, `start_min` minutes after midnight."""

    ago: int
    session: Session
    start_min: int
    pace: float


@dataclass(frozen=True)
class Training:
    """One athlete's days as of `today`: requested and completed sessions, and VDOT."""

    person: Person
    today: date

    @cached_property
    def days(self) -> DailyConditions:
        return daily_conditions(self.person)

    @cached_property
    def season(self) -> Season:
        return season(self.person, self.today)

    def date_of(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    @cached_property
    def temperature_c(self) -> Days:
        return np.array([temperature_c(self.person.zone, self.date_of(ago)) for ago in self.days.days])

    @cached_property
    def vdot(self) -> Days:
        """VDOT on each day: follows training slowly, and the story's gain over the last 90 days."""
        days = self.days
        asked = np.array([self.season.share(ago) for ago in days.days])
        shape = 1 + ewma(asked * days.asked * np.minimum(days.done, 1.0) - 1, SHAPE_TAU_D)
        ago = np.array(days.days)
        gained = 1 + self.person.story.gain * np.clip((90 - ago) / 90, 0, 1)
        settled = 1 - 0.035 * np.clip(ago / 547, 0, 1)  # eighteen months of training are worth a little
        column: Days = self.person.vdot * settled * gained * (1 + SHAPE_WORTH * (shape - 0.9))
        return column

    def threshold_mps(self, ago: int) -> float:
        return threshold_speed(float(self.vdot[self.days.at(ago)]))

    @cached_property
    def asked(self) -> tuple[RequestedSession, ...]:
        """All requested sessions, oldest first."""
        return tuple(session for ago in self.days.days for session in self._asked_on(ago))

    def _asked_on(self, ago: int) -> Iterator[RequestedSession]:
        at, weekday = self.days.at(ago), self.date_of(ago).weekday()
        week = self.date_of(ago).isocalendar().week
        if self.days.every_day[at]:
            yield RequestedSession(ago, EVERY_DAY, week)
        elif raced := self._race_on(ago, weekday):
            yield RequestedSession(ago, Slot("race", 0), week, *raced)
        else:
            share = self.person.volume * self.season.share(ago) * float(self.days.asked[at])
            for what, minutes in self.person.kind.week[weekday]:
                longer = float(self.days.long_run[at]) if what in LONG_RUNS else 1.0
                yield RequestedSession(ago, Slot(what, minutes * share * longer), week)

    def _race_on(self, ago: int, weekday: int) -> tuple[float, str] | None:
        kind, weeks = self.person.kind, self.season.weeks_to_race(ago)
        if ago in self.season.races:
            return next_race(self.person) if ago < 0 else (kind.race_m, kind.race_name)
        extra = next((race for race in self.person.story.raced if race.days_ago == ago), None)
        if extra:
            return extra.distance_m, extra.name
        return tune_up(kind, weeks, weekday)

    @cached_property
    def done(self) -> tuple[CompletedSession, ...]:
        """The completed sessions up to today, oldest first."""
        chance = self.person.chance("practice")
        dice = chance.random((len(self.days.days), 2, 4))
        luck = chance.normal(0, 1, (len(self.days.days), 2, 2))
        found = []
        order: dict[int, int] = {}
        for asked in (session for session in self.asked if session.ago >= 0):
            place = order[asked.ago] = order.get(asked.ago, -1) + 1
            at = self.days.at(asked.ago)
            if self.days.syncs[at] and (done := self._done(asked, place, dice[at, place], luck[at, place])):
                found.append(done)
        return tuple(found)

    def _done(self, asked: RequestedSession, place: int, dice: Days, luck: Days) -> CompletedSession | None:
        at = self.days.at(asked.ago)
        share = float(self.days.done[at])
        is_long = asked.race_m is not None or asked.slot.what in LONG_RUNS
        if share <= 0 or dice[0] < self.person.story.skips * (not is_long):
            return None
        if dice[1] > share / SHORTEST_SHARE or (asked.race_m and share < RACES_FROM):
            return None
        pace = 1 + 0.008 * float(luck[0]) - heat_slows(float(self.temperature_c[at]))
        start_min = self._start_min(asked, place, float(dice[2]))
        if asked.race_m:
            vdot = float(self.vdot[at]) * (1 + 0.006 * float(luck[1]))
            return CompletedSession(
                asked.ago,
                race(asked.race_name, asked.race_m, vdot, self.threshold_mps(asked.ago)),
                start_min,
                1.0,
            )
        lengths = 1 + (0.02 if is_long or self.person.story.plan else 0.04) * float(luck[1])
        minutes = asked.slot.minutes * max(share, SHORTEST_SHARE) * lengths
        what = "treadmill" if asked.slot.what == "easy" and self._stays_in(at, dice) else asked.slot.what
        return CompletedSession(
            asked.ago, make(what, minutes, asked.week, float(self.days.effort[at])), start_min, pace
        )

    def _stays_in(self, at: int, dice: Days) -> bool:
        return bool(dice[3] < (0.5 if self.temperature_c[at] < FREEZING_C else 0.05))

    def _start_min(self, asked: RequestedSession, place: int, dice: float) -> int:
        if asked.race_m == MILE_M or "Wednesday" in asked.race_name:
            return 18 * 60 + 45
        if self.date_of(asked.ago).weekday() >= 5 or asked.race_m:
            return 8 * 60 + int(75 * dice)
        early = self.person.body.is_early if place == 0 else False
        return (6 * 60 + 5 if early else 17 * 60 + 40) + int(60 * dice)
