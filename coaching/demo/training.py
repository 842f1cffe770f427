"""The planned sessions of an athlete on each day, and the sessions as they were executed. Pure."""

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

SHAPE_TAU_D = 45.0  # time constant: how fast race fitness follows training
SHAPE_WORTH = 0.10  # share of VDOT between no training and usual training
MIN_SESSION_SHARE = 0.55  # a session is skipped instead of cut to less than this share
MIN_RACE_SHARE = 0.85  # a race is skipped after less than this share of the usual training
FREEZING_C = 2.0
EVERY_DAY_SLOT = Slot("easy", 58)


@dataclass(frozen=True, slots=True)
class PlannedTraining:
    """A session of the plan; future sessions have negative `days_ago`. Only races have `race_m`."""

    days_ago: int
    slot: Slot
    week: int
    race_m: float | None = None
    race_name: str = ""


@dataclass(frozen=True, slots=True)
class ExecutedTraining:
    """A session as it was done. `start_min`: minutes after midnight. `speed_factor`: the form of the day."""

    days_ago: int
    session: SessionContent
    start_min: int
    speed_factor: float


@dataclass(frozen=True)
class SimulatedTraining:
    """One athlete's training as of `today`: planned sessions, executed sessions and VDOT on each day."""

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
        """VDOT on each day. It follows training slowly and adds the scenario's gain over the last 90 days."""
        days = self.days
        planned = np.array([self.season.share(ago) for ago in days.days])
        shape = 1 + ewma(planned * days.planned * np.minimum(days.done, 1.0) - 1, SHAPE_TAU_D)
        ago = np.array(days.days)
        gained = 1 + self.person.scenario.vdot_gain * np.clip((90 - ago) / 90, 0, 1)
        matured = 1 - 0.035 * np.clip(ago / 547, 0, 1)  # eighteen months of training add 3.5 %
        column: DailyColumn = self.person.vdot * matured * gained * (1 + SHAPE_WORTH * (shape - 0.9))
        return column

    def threshold_mps(self, ago: int) -> float:
        return threshold_speed(float(self.vdot[self.days.at(ago)]))

    @cached_property
    def planned_sessions(self) -> tuple[PlannedTraining, ...]:
        """Every planned session, oldest first."""
        return tuple(session for ago in self.days.days for session in self._plan_day(ago))

    def _plan_day(self, ago: int) -> Iterator[PlannedTraining]:
        at, weekday = self.days.at(ago), self.date_of(ago).weekday()
        week = self.date_of(ago).isocalendar().week
        if self.days.every_day[at]:
            yield PlannedTraining(ago, EVERY_DAY_SLOT, week)
        elif race := self._find_race(ago, weekday):
            yield PlannedTraining(ago, Slot("race", 0), week, *race)
        else:
            share = self.person.volume * self.season.share(ago) * float(self.days.planned[at])
            for what, minutes in self.person.kind.week[weekday]:
                long_run_factor = float(self.days.long_run[at]) if what in LONG_RUNS else 1.0
                yield PlannedTraining(ago, Slot(what, minutes * share * long_run_factor), week)

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
        """The sessions that were done up to today, oldest first."""
        rng = self.person.create_random_generator("practice")
        uniforms = rng.random((len(self.days.days), 2, 4))
        normals = rng.normal(0, 1, (len(self.days.days), 2, 2))
        found = []
        positions: dict[int, int] = {}
        for planned in (session for session in self.planned_sessions if session.days_ago >= 0):
            position = positions[planned.days_ago] = positions.get(planned.days_ago, -1) + 1
            at = self.days.at(planned.days_ago)
            if self.days.syncs[at] and (
                done := self._execute_session(
                    planned, position, uniforms[at, position], normals[at, position]
                )
            ):
                found.append(done)
        return tuple(found)

    def _execute_session(
        self, planned: PlannedTraining, position: int, uniforms: DailyColumn, normals: DailyColumn
    ) -> ExecutedTraining | None:
        at = self.days.at(planned.days_ago)
        share = float(self.days.done[at])
        is_long = planned.race_m is not None or planned.slot.what in LONG_RUNS
        if share <= 0 or uniforms[0] < self.person.scenario.skipped_share * (not is_long):
            return None
        if uniforms[1] > share / MIN_SESSION_SHARE or (planned.race_m and share < MIN_RACE_SHARE):
            return None
        pace = 1 + 0.008 * float(normals[0]) - heat_speed_loss(float(self.temperature_c[at]))
        start_min = self._choose_start_min(planned, position, float(uniforms[2]))
        if planned.race_m:
            vdot = float(self.vdot[at]) * (1 + 0.006 * float(normals[1]))
            return ExecutedTraining(
                planned.days_ago,
                make_race(planned.race_name, planned.race_m, vdot, self.threshold_mps(planned.days_ago)),
                start_min,
                1.0,
            )
        length_factor = 1 + (0.02 if is_long or self.person.scenario.plan else 0.04) * float(normals[1])
        minutes = planned.slot.minutes * max(share, MIN_SESSION_SHARE) * length_factor
        what = planned.slot.what
        if what == "easy" and self._stays_indoors(at, uniforms):
            what = "treadmill"
        return ExecutedTraining(
            planned.days_ago,
            make_session(what, minutes, planned.week, float(self.days.effort[at])),
            start_min,
            pace,
        )

    def _stays_indoors(self, at: int, uniforms: DailyColumn) -> bool:
        return bool(uniforms[3] < (0.5 if self.temperature_c[at] < FREEZING_C else 0.05))

    def _choose_start_min(self, planned: PlannedTraining, position: int, uniform: float) -> int:
        if planned.race_m == MILE_M or "Wednesday" in planned.race_name:
            return 18 * 60 + 45
        if self.date_of(planned.days_ago).weekday() >= 5 or planned.race_m:
            return 8 * 60 + int(75 * uniform)
        early = self.person.body.is_early if position == 0 else False
        return (6 * 60 + 5 if early else 17 * 60 + 40) + int(60 * uniform)
