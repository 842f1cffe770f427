"""The conditions of one athlete's days: the scenario, and random illness, injury and holidays. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coaching.demo.people.athlete import SimulatedAthlete
from coaching.demo.people.scenario import Episode, SimulatedAbsence, build_absence_episodes

DailyColumn = npt.NDArray[np.float64]
DailyFlags = npt.NDArray[np.bool_]

MAX_DAYS_AHEAD = 130  # the longest plan ends within these days
NO_RANDOM_ABSENCE_D = 105  # the days before today have no random absences, only those of the scenario


@dataclass(frozen=True, slots=True)
class DailyConditions:
    """The fields of `Episode` for each day, from `first_ago` days ago to `MAX_DAYS_AHEAD` days ahead."""

    first_ago: int
    planned: DailyColumn
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
        """The days as days ago, oldest first; future days are negative."""
        return range(self.first_ago, -MAX_DAYS_AHEAD - 1, -1)

    def at(self, ago: int) -> int:
        """Return the index of a day in the columns."""
        return self.first_ago - ago


def list_absences(person: SimulatedAthlete) -> tuple[SimulatedAbsence, ...]:
    """Return every absence of the last eighteen months, random or of the scenario, oldest first."""
    found = [
        *person.scenario.absences,
        *(_build_past_absences(person) if person.scenario.is_eventful else ()),
    ]
    return tuple(sorted(found, key=lambda absence: -absence.first))


def build_daily_conditions(person: SimulatedAthlete) -> DailyConditions:
    """Combine all episodes of `person` into columns of days."""
    first_ago = person.scenario.history_d - 1
    episodes = [
        *person.scenario.episodes,
        *(part for absence in list_absences(person) for part in build_absence_episodes(absence)),
    ]

    def product(field: str) -> DailyColumn:
        return _combine_episodes(episodes, field, first_ago, np.ones, np.multiply)

    def total(field: str) -> DailyColumn:
        return _combine_episodes(episodes, field, first_ago, np.zeros, np.add)

    return DailyConditions(
        first_ago,
        planned=product("planned"),
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
    """Return random illness, injury and holidays. They do not overlap and end before the scenario begins."""
    rng = person.create_random_generator("absences")
    found: list[SimulatedAbsence] = []
    kinds = [("holiday", 7, 14), ("ill", 3, 7), ("holiday", 6, 12), ("ill", 4, 8)]
    if rng.random() < 0.35:
        kinds.insert(0, ("injured", 16, 36))
    for kind, shortest, longest in kinds:
        length = int(rng.integers(shortest, longest + 1))
        first = int(rng.integers(NO_RANDOM_ABSENCE_D + 30, 520))
        absence = SimulatedAbsence(kind, first, first - length + 1)  # type: ignore[arg-type]  # a literal above
        has_history = first < person.scenario.history_d - 60
        if has_history and not any(_are_near(absence, other) for other in found):
            found.append(absence)
    return found


def _are_near(absence: SimulatedAbsence, other: SimulatedAbsence) -> bool:
    return absence.first >= other.last - 30 and other.first >= absence.last - 30


def _combine_episodes(
    episodes: Sequence[Episode],
    field: str,
    first_ago: int,
    neutral: Callable[[int], DailyColumn],
    combine: np.ufunc,
) -> DailyColumn:
    column = neutral(first_ago + MAX_DAYS_AHEAD + 1)
    for episode in episodes:
        span = _episode_slice(episode, first_ago, len(column))
        column[span] = combine(column[span], getattr(episode, field))
    return column


def _episode_slice(episode: Episode, first_ago: int, days: int) -> slice:
    return slice(max(0, first_ago - episode.first), max(0, min(days, first_ago - episode.last + 1)))
