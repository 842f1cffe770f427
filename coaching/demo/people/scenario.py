"""The scenario of one athlete as data: episodes, absences, a goal, a plan. Pure.

Days are days ago, counted from the day on which the demo is loaded: 0 is today, 7 a week ago, −1 tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HISTORY_D = 547  # eighteen months

AbsenceKind = Literal["injured", "ill", "holiday", "off_season"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Days that differ from usual ones, from `first` to `last` days ago.

    Factors: `planned` (planned minutes), `done` (minutes done of the plan), `effort`, `long_run`, `vo2max`.
    Added to the usual: `hrv_ln`, `resting_bpm`, `sleep_h`.
    `wears`: the device measures the night. `syncs`: data arrives. `glitches`: the GPS jumps.
    `every_day`: the same run on every day.
    """

    first: int
    last: int = 0
    planned: float = 1.0
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
    """An absence as the athlete or a coach enters it; both days are included."""

    kind: AbsenceKind
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Goal:
    """The next race, on the Sunday nearest to `days_ahead`. Distance None: that of the athlete's kind."""

    days_ahead: int
    distance_m: float | None = None
    name: str = ""
    priority: str = "A"


@dataclass(frozen=True, slots=True)
class SimulatedPlan:
    """The current training plan. It ends with the week of the next race."""

    name: str
    weeks: int


@dataclass(frozen=True, slots=True)
class PastRace:
    """A race outside the season's plan, exactly `days_ago`."""

    days_ago: int
    distance_m: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedMorning:
    """What the athlete says of one morning, as in a health day."""

    days_ago: int
    soreness: int | None = None
    fatigue: int | None = None
    mood: int | None = None
    pain_score: int | None = None
    pain_where: str = ""
    is_ill: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The scenario of one athlete. `expected_signals` are the signals that it must produce."""

    expected_signals: tuple[str, ...] = ()
    episodes: tuple[Episode, ...] = ()
    absences: tuple[SimulatedAbsence, ...] = ()
    goal: Goal | None = None
    plan: SimulatedPlan | None = None
    extra_races: tuple[PastRace, ...] = ()
    mornings: tuple[SimulatedMorning, ...] = ()
    feels: tuple[int, ...] = ()  # of the newest activities, the newest last
    test_days_ago: tuple[int, ...] = (HISTORY_D, 420, 290, 165, 38)  # days on which thresholds were tested
    history_d: int = HISTORY_D
    skipped_share: float = 0.05  # share of sessions that are skipped at random
    vdot_gain: float = 0.0  # share of VDOT gained over the last 90 days, beside the effect of training
    tapers: bool = True
    is_eventful: bool = True  # had illness, injury and holidays in the past
    has_profile: bool = True  # thresholds, birth date, confirmed zone and units


def build_absence_episodes(absence: SimulatedAbsence) -> tuple[Episode, ...]:
    """Return the effects of an absence on training and body."""
    first, last = absence.first, absence.last
    if absence.kind == "ill":
        worst = Episode(first=first, last=last, done=0.0, hrv_ln=-0.25, resting_bpm=6.0, sleep_h=0.8)
        return worst, Episode(first=last - 1, last=last - 5, done=0.55, hrv_ln=-0.06, resting_bpm=1.5)
    if absence.kind == "injured":
        steps = ((0.25, 1), (0.4, 8), (0.6, 15), (0.8, 22))
        back = (
            Episode(first=last - since, last=last - since - 6, done=share, effort=0.98)
            for share, since in steps
        )
        return Episode(first=first, last=last, done=0.0), *back
    if absence.kind == "holiday":
        return (Episode(first=first, last=last, done=0.35, hrv_ln=0.04, sleep_h=0.5),)
    return (Episode(first=first, last=last, done=0.15),)
