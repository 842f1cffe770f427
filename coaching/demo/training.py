"""What is asked of an athlete on each day, and what becomes of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from coaching.demo.climate import heat_speed_loss, temperature_c
from coaching.demo.daily_conditions import DailyColumn, DailyConditions, build_daily_conditions
from coaching.demo.people.archetypes import Slot
from coaching.demo.people.athlete import SimulatedAthlete
from coaching.demo.season import MILE_M, Season, build_season, find_tune_up_race, get_next_race
from coaching.demo.sessions import LONG_RUNS, SessionContent, make_race, make_session
from metrics.science.load_series import ewma
from metrics.science.vdot import threshold_speed

SHAPE_TAU_D = 45.0  # how fast fitness to race follows training
SHAPE_WORTH = 0.10  # of VDOT, from no training at all to the usual
MIN_SESSION_SHARE = 0.55  # a session cut to less than this is left out instead
MIN_RACE_SHARE = 0.85  # nobody races on less of the usual training
FREEZING_C = 2.0
EVERY_DAY_SLOT = Slot("easy", 58)


@dataclass(frozen=True, slots=True)
class PlannedTraining:
    """A session of the plan, `ago` days ago (negative ahead); a race has its distance."""

    days_ago: int
    slot: Slot
    week: int
    race_m: float | None = None
    race_name: str = ""


@dataclass(frozen=True, slots=True)
class ExecutedTraining:
    """A session as it was done: `pace` is the day's factor of speed, `start_min` minutes after midnight."""

    days_ago: int
    session: SessionContent
    start_min: int
    speed_factor: float


@dataclass(frozen=True)
class SimulatedTraining:
    """One athlete's days as of `today`: what was asked, what was done, and how fast the body was."""

    person: SimulatedAthlete
    today: date

    @cached_property
    def days(self) -> DailyConditions:
        return build_daily_conditions(self.person)

    @cached_property
    def season(self) -> Season:
        return build_season(self.person, self.today)

    def date_of(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    @cached_property
    def temperature_c(self) -> DailyColumn:
        return np.array([temperature_c(self.person.zone, self.date_of(ago)) for ago in self.days.days])

    @cached_property
    def vdot(self) -> DailyColumn:
        """VDOT on each day: follows training slowly, and the story's gain over the last 90 days."""
        days = self.days
        asked = np.array([self.season.share(ago) for ago in days.days])
        shape = 1 + ewma(asked * days.asked * np.minimum(days.done, 1.0) - 1, SHAPE_TAU_D)
        ago = np.array(days.days)
        gained = 1 + self.person.scenario.vdot_gain * np.clip((90 - ago) / 90, 0, 1)
        settled = 1 - 0.035 * np.clip(ago / 547, 0, 1)  # eighteen months of training are worth a little
        column: DailyColumn = self.person.vdot * settled * gained * (1 + SHAPE_WORTH * (shape - 0.9))
        return column

    def threshold_mps(self, ago: int) -> float:
        return threshold_speed(float(self.vdot[self.days.at(ago)]))

    @cached_property
    def planned_sessions(self) -> tuple[PlannedTraining, ...]:
        """Everything asked for, oldest first."""
        return tuple(session for ago in self.days.days for session in self._plan_day(ago))

    def _plan_day(self, ago: int) -> Iterator[PlannedTraining]:
        at, weekday = self.days.at(ago), self.date_of(ago).weekday()
        week = self.date_of(ago).isocalendar().week
        if self.days.every_day[at]:
            yield PlannedTraining(ago, EVERY_DAY_SLOT, week)
        elif raced := self._find_race(ago, weekday):
            yield PlannedTraining(ago, Slot("race", 0), week, *raced)
        else:
            share = self.person.volume * self.season.share(ago) * float(self.days.asked[at])
            for what, minutes in self.person.kind.week[weekday]:
                longer = float(self.days.long_run[at]) if what in LONG_RUNS else 1.0
                yield PlannedTraining(ago, Slot(what, minutes * share * longer), week)

    def _find_race(self, ago: int, weekday: int) -> tuple[float, str] | None:
        kind, weeks = self.person.kind, self.season.weeks_to_race(ago)
        if ago in self.season.races:
            return get_next_race(self.person) if ago < 0 else (kind.race_m, kind.race_name)
        extra = next((race for race in self.person.scenario.extra_races if race.days_ago == ago), None)
        if extra:
            return extra.distance_m, extra.name
        return find_tune_up_race(kind, weeks, weekday)

    @cached_property
    def done(self) -> tuple[ExecutedTraining, ...]:
        """What was done of it up to today, oldest first."""
        chance = self.person.create_random_generator("practice")
        dice = chance.random((len(self.days.days), 2, 4))
        luck = chance.normal(0, 1, (len(self.days.days), 2, 2))
        found = []
        order: dict[int, int] = {}
        for asked in (session for session in self.planned_sessions if session.days_ago >= 0):
            place = order[asked.days_ago] = order.get(asked.days_ago, -1) + 1
            at = self.days.at(asked.days_ago)
            if self.days.syncs[at] and (
                done := self._execute_session(asked, place, dice[at, place], luck[at, place])
            ):
                found.append(done)
        return tuple(found)

    def _execute_session(
        self, asked: PlannedTraining, place: int, dice: DailyColumn, luck: DailyColumn
    ) -> ExecutedTraining | None:
        at = self.days.at(asked.days_ago)
        share = float(self.days.done[at])
        is_long = asked.race_m is not None or asked.slot.what in LONG_RUNS
        if share <= 0 or dice[0] < self.person.scenario.skipped_share * (not is_long):
            return None
        if dice[1] > share / MIN_SESSION_SHARE or (asked.race_m and share < MIN_RACE_SHARE):
            return None
        pace = 1 + 0.008 * float(luck[0]) - heat_speed_loss(float(self.temperature_c[at]))
        start_min = self._choose_start_min(asked, place, float(dice[2]))
        if asked.race_m:
            vdot = float(self.vdot[at]) * (1 + 0.006 * float(luck[1]))
            return ExecutedTraining(
                asked.days_ago,
                make_race(asked.race_name, asked.race_m, vdot, self.threshold_mps(asked.days_ago)),
                start_min,
                1.0,
            )
        lengths = 1 + (0.02 if is_long or self.person.scenario.plan else 0.04) * float(luck[1])
        minutes = asked.slot.minutes * max(share, MIN_SESSION_SHARE) * lengths
        what = "treadmill" if asked.slot.what == "easy" and self._stays_indoors(at, dice) else asked.slot.what
        return ExecutedTraining(
            asked.days_ago,
            make_session(what, minutes, asked.week, float(self.days.effort[at])),
            start_min,
            pace,
        )

    def _stays_indoors(self, at: int, dice: DailyColumn) -> bool:
        return bool(dice[3] < (0.5 if self.temperature_c[at] < FREEZING_C else 0.05))

    def _choose_start_min(self, asked: PlannedTraining, place: int, dice: float) -> int:
        if asked.race_m == MILE_M or "Wednesday" in asked.race_name:
            return 18 * 60 + 45
        if self.date_of(asked.days_ago).weekday() >= 5 or asked.race_m:
            return 8 * 60 + int(75 * dice)
        early = self.person.body.is_early if place == 0 else False
        return (6 * 60 + 5 if early else 17 * 60 + 40) + int(60 * dice)
