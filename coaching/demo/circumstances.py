"""The conditions of each day of one athlete, from the story and from random past absences. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coaching.demo.person import Person
from coaching.demo.story import Episode, SimulatedAbsence, build_episodes

Days = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

AHEAD_D = 130  # plans reach so far
CALM_D = 105  # chance leaves so many days before today to the stories


@dataclass(frozen=True, slots=True)
class DailyConditions:
    """The fields of Episode for each day, from `first_ago` days ago to AHEAD_D days ahead."""

    first_ago: int
    asked: Days
    done: Days
    effort: Days
    long_run: Days
    hrv_ln: Days
    resting_bpm: Days
    sleep_h: Days
    vo2max: Days
    wears: Flags
    syncs: Flags
    glitches: Flags
    every_day: Flags

    @property
    def days(self) -> range:
        """Days ago, oldest first; negative ahead."""
        return range(self.first_ago, -AHEAD_D - 1, -1)

    def at(self, ago: int) -> int:
        """The place of a day in the columns."""
        return self.first_ago - ago


def absences(person: Person) -> tuple[SimulatedAbsence, ...]:
    """Every absence of the last eighteen months and of the story, oldest first."""
    found = [*person.story.away, *(_past_absences(person) if person.story.is_eventful else ())]
    return tuple(sorted(found, key=lambda away: -away.first))


def daily_conditions(person: Person) -> DailyConditions:
    """The days of `person`, with all that happened."""
    first_ago = person.story.history_d - 1
    happened = [*person.story.episodes, *(part for away in absences(person) for part in build_episodes(away))]

    def product(field: str) -> Days:
        return _combined(happened, field, first_ago, np.ones, np.multiply)

    def total(field: str) -> Days:
        return _combined(happened, field, first_ago, np.zeros, np.add)

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


def _past_absences(person: Person) -> list[SimulatedAbsence]:
    """Illness, injury and holidays that do not overlap, before the days that the story tells of."""
    chance = person.chance("absences")
    found: list[SimulatedAbsence] = []
    wanted = [("holiday", 7, 14), ("ill", 3, 7), ("holiday", 6, 12), ("ill", 4, 8)]
    if chance.random() < 0.35:
        wanted.insert(0, ("injured", 16, 36))
    for kind, shortest, longest in wanted:
        length = int(chance.integers(shortest, longest + 1))
        first = int(chance.integers(CALM_D + 30, 520))
        away = SimulatedAbsence(kind, first, first - length + 1)  # type: ignore[arg-type]  # one of the words above
        if first < person.story.history_d - 60 and not any(_near(away, other) for other in found):
            found.append(away)
    return found


def _near(one: SimulatedAbsence, other: SimulatedAbsence) -> bool:
    return one.first >= other.last - 30 and other.first >= one.last - 30


def _combined(
    happened: Sequence[Episode], field: str, first_ago: int, neutral: Callable[[int], Days], combine: np.ufunc
) -> Days:
    column = neutral(first_ago + AHEAD_D + 1)
    for episode in happened:
        span = _span(episode, first_ago, len(column))
        column[span] = combine(column[span], getattr(episode, field))
    return column


def _span(episode: Episode, first_ago: int, days: int) -> slice:
    return slice(max(0, first_ago - episode.first), max(0, min(days, first_ago - episode.last + 1)))
