"""What is special about one athlete, as data: episodes, absences, a goal, a plan. Pure.

Days are counted back from the day on which the demo is loaded: 0 is today, 7 a week ago, −1 tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HISTORY_D = 547  # eighteen months

AbsenceKind = Literal["injured", "ill", "holiday", "off_season"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A stretch of days that were different, from `first` to `last` days ago; factors are of the usual.

    `asked` changes what the coach asks for, `done` what is done of it. `wears`: whether the night is measured at all;
    `syncs`: whether anything arrives; `glitches`: whether the receiver jumps; `every_day`: the same run, day after day.
    """

    first: int
    last: int = 0
    asked: float = 1.0
    done: float = 1.0
    effort: float = 1.0
    long_run: float = 1.0
    hrv_ln: float = 0.0
    resting_bpm: float = 0.0
    sleep_h: float = 0.0
    vo2max: float = 1.0
    wears: bool = True
    syncs: bool = True
    glitches: bool = False
    every_day: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedAbsence:
    """An absence as the athlete or a coach would enter it; both days included."""

    kind: AbsenceKind
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Goal:
    """The next race: some `days_ahead` (on the nearest Sunday); distance None is that of the athlete's kind."""

    days_ahead: int
    distance_m: float | None = None
    name: str = ""
    priority: str = "A"


@dataclass(frozen=True, slots=True)
class SimulatedPlan:
    """A training plan of so many weeks that is followed now and ends with the week of the race ahead."""

    name: str
    weeks: int


@dataclass(frozen=True, slots=True)
class PastRace:
    """A race that is no part of the season's plan: exactly `days_ago`."""

    days_ago: int
    distance_m: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One athlete's story. `shows` are the signals it is there for."""

    expected_signals: tuple[str, ...] = ()
    episodes: tuple[Episode, ...] = ()
    away: tuple[SimulatedAbsence, ...] = ()
    goal: Goal | None = None
    plan: SimulatedPlan | None = None
    extra_races: tuple[PastRace, ...] = ()
    test_days_ago: tuple[int, ...] = (HISTORY_D, 420, 290, 165, 38)  # days on which thresholds were set anew
    history_d: int = HISTORY_D
    skipped_share: float = 0.05  # the share of sessions that life prevents
    vdot_gain: float = 0.0  # of VDOT over the last 90 days, besides what training gives
    tapers: bool = True
    is_eventful: bool = True  # had illness, injury and holidays in the past
    has_profile: bool = True  # thresholds, birth date, confirmed zone and units


def build_absence_episodes(away: SimulatedAbsence) -> tuple[Episode, ...]:
    """What an absence does to training and body."""
    first, last = away.first, away.last
    if away.kind == "ill":
        worst = Episode(first=first, last=last, done=0.0, hrv_ln=-0.25, resting_bpm=6.0, sleep_h=0.8)
        return worst, Episode(first=last - 1, last=last - 5, done=0.55, hrv_ln=-0.06, resting_bpm=1.5)
    if away.kind == "injured":
        steps = ((0.25, 1), (0.4, 8), (0.6, 15), (0.8, 22))
        back = (
            Episode(first=last - since, last=last - since - 6, done=share, effort=0.98)
            for share, since in steps
        )
        return Episode(first=first, last=last, done=0.0), *back
    if away.kind == "holiday":
        return (Episode(first=first, last=last, done=0.35, hrv_ln=0.04, sleep_h=0.5),)
    return (Episode(first=first, last=last, done=0.15),)
