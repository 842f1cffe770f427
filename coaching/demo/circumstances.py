"""Every day's circumstances of one athlete, from the story and from what happens to everybody in time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coaching.demo.person import Person
from coaching.demo.story import Away, Episode, episode_of

Days = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

AHEAD_D = 130  # plans reach so far
CALM_D = 105  # chance leaves so many days before today to the stories


@dataclass(frozen=True, slots=True)
class Circumstances:
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


def absences(person: Person) -> tuple[Away, ...]:
    """Every absence of the last eighteen months and of the story, oldest first."""
    found = [*person.story.away, *(_past_absences(person) if person.story.is_eventful else ())]
    return tuple(sorted(found, key=lambda away: -away.first))


def circumstances(person: Person) -> Circumstances:
    """The days of `person`, with all that happened."""
    first_ago = person.story.history_d - 1
    happened = [*person.story.episodes, *(part for away in absences(person) for part in episode_of(away))]
    days = first_ago + AHEAD_D + 1
    columns = {
        "asked": _product(happened, "asked", first_ago, days),
        "done": _product(happened, "done", first_ago, days),
        "effort": _product(happened, "effort", first_ago, days),
        "long_run": _product(happened, "long_run", first_ago, days),
        "vo2max": _product(happened, "vo2max", first_ago, days),
        "hrv_ln": _sum(happened, "hrv_ln", first_ago, days),
        "resting_bpm": _sum(happened, "resting_bpm", first_ago, days),
        "sleep_h": _sum(happened, "sleep_h", first_ago, days),
    }
    flags = {
        "wears": _product(happened, "wears", first_ago, days) > 0,
        "syncs": _product(happened, "syncs", first_ago, days) > 0,
        "glitches": _sum(happened, "glitches", first_ago, days) > 0,
        "every_day": _sum(happened, "every_day", first_ago, days) > 0,
    }
    return Circumstances(first_ago, **columns, **flags)


def _past_absences(person: Person) -> list[Away]:
    """Illness, injury and holidays that do not overlap, before the days that the story tells of."""
    chance = person.chance("absences")
    found: list[Away] = []
    wanted = [("holiday", 7, 14), ("ill", 3, 7), ("holiday", 6, 12), ("ill", 4, 8)]
    if chance.random() < 0.35:
        wanted.insert(0, ("injured", 16, 36))
    for kind, shortest, longest in wanted:
        length = int(chance.integers(shortest, longest + 1))
        first = int(chance.integers(CALM_D + 30, 520))
        away = Away(kind, first, first - length + 1)  # type: ignore[arg-type]  # one of the words above
        if first < person.story.history_d - 60 and not any(_near(away, other) for other in found):
            found.append(away)
    return found


def _near(one: Away, other: Away) -> bool:
    return one.first >= other.last - 30 and other.first >= one.last - 30


def _product(happened: Sequence[Episode], field: str, first_ago: int, days: int) -> Days:
    column = np.ones(days)
    for episode in happened:
        column[_span(episode, first_ago, days)] *= getattr(episode, field)
    return column


def _sum(happened: Sequence[Episode], field: str, first_ago: int, days: int) -> Days:
    column = np.zeros(days)
    for episode in happened:
        column[_span(episode, first_ago, days)] += getattr(episode, field)
    return column


def _span(episode: Episode, first_ago: int, days: int) -> slice:
    return slice(max(0, first_ago - episode.first), max(0, min(days, first_ago - episode.last + 1)))
