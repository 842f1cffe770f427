"""Every day's circumstances of one athlete, from the story and from what happens to everybody in time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coaching.demo.people.athlete import SimulatedAthlete
from coaching.demo.people.scenario import Episode, SimulatedAbsence, build_absence_episodes

DailyColumn = npt.NDArray[np.float64]
DailyFlags = npt.NDArray[np.bool_]

MAX_DAYS_AHEAD = 130  # plans reach so far
NO_RANDOM_ABSENCE_D = 105  # chance leaves so many days before today to the stories


@dataclass(frozen=True, slots=True)
class DailyConditions:
    """The fields of Episode for each day, from `first_ago` days ago to AHEAD_D days ahead."""

    first_ago: int
    asked: DailyColumn
    done: DailyColumn
    effort: DailyColumn
    long_run: DailyColumn
    hrv_ln: DailyColumn
    resting_bpm: DailyColumn
    sleep_h: DailyColumn
    vo2max: DailyColumn
    wears: DailyFlags
    syncs: DailyFlags
    glitches: DailyFlags
    every_day: DailyFlags

    @property
    def days(self) -> range:
        """Days ago, oldest first; negative ahead."""
        return range(self.first_ago, -MAX_DAYS_AHEAD - 1, -1)

    def at(self, ago: int) -> int:
        """The place of a day in the columns."""
        return self.first_ago - ago


def list_absences(person: SimulatedAthlete) -> tuple[SimulatedAbsence, ...]:
    """Every absence of the last eighteen months and of the story, oldest first."""
    found = [*person.scenario.away, *(_build_past_absences(person) if person.scenario.is_eventful else ())]
    return tuple(sorted(found, key=lambda away: -away.first))


def build_daily_conditions(person: SimulatedAthlete) -> DailyConditions:
    """The days of `person`, with all that happened."""
    first_ago = person.scenario.history_d - 1
    happened = [
        *person.scenario.episodes,
        *(part for away in list_absences(person) for part in build_absence_episodes(away)),
    ]

    def product(field: str) -> DailyColumn:
        return _combine_episodes(happened, field, first_ago, np.ones, np.multiply)

    def total(field: str) -> DailyColumn:
        return _combine_episodes(happened, field, first_ago, np.zeros, np.add)

    return DailyConditions(
        first_ago,
        asked=product("asked"),
        done=product("done"),
        effort=product("effort"),
        long_run=product("long_run"),
        hrv_ln=total("hrv_ln"),
        resting_bpm=total("resting_bpm"),
        sleep_h=total("sleep_h"),
        vo2max=product("vo2max"),
        wears=product("wears") > 0,
        syncs=product("syncs") > 0,
        glitches=total("glitches") > 0,
        every_day=total("every_day") > 0,
    )


def _build_past_absences(person: SimulatedAthlete) -> list[SimulatedAbsence]:
    """Illness, injury and holidays that do not overlap, before the days that the story tells of."""
    chance = person.create_random_generator("absences")
    found: list[SimulatedAbsence] = []
    wanted = [("holiday", 7, 14), ("ill", 3, 7), ("holiday", 6, 12), ("ill", 4, 8)]
    if chance.random() < 0.35:
        wanted.insert(0, ("injured", 16, 36))
    for kind, shortest, longest in wanted:
        length = int(chance.integers(shortest, longest + 1))
        first = int(chance.integers(NO_RANDOM_ABSENCE_D + 30, 520))
        away = SimulatedAbsence(kind, first, first - length + 1)  # type: ignore[arg-type]  # one of the words above
        if first < person.scenario.history_d - 60 and not any(_are_near(away, other) for other in found):
            found.append(away)
    return found


def _are_near(one: SimulatedAbsence, other: SimulatedAbsence) -> bool:
    return one.first >= other.last - 30 and other.first >= one.last - 30


def _combine_episodes(
    happened: Sequence[Episode],
    field: str,
    first_ago: int,
    neutral: Callable[[int], DailyColumn],
    combine: np.ufunc,
) -> DailyColumn:
    column = neutral(first_ago + MAX_DAYS_AHEAD + 1)
    for episode in happened:
        span = _episode_slice(episode, first_ago, len(column))
        column[span] = combine(column[span], getattr(episode, field))
    return column


def _episode_slice(episode: Episode, first_ago: int, days: int) -> slice:
    return slice(max(0, first_ago - episode.first), max(0, min(days, first_ago - episode.last + 1)))
