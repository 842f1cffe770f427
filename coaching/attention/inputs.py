"""The inputs of the signal rules: one athlete's prepared numbers, aligned on local days that end today.

Unknown or withheld data is empty, never a neutral number. An empty column reads as NaN, and the rules that
need it are skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

import numpy as np

from coaching.science.compliance import Outcome
from metrics.science.hrv import HrvSeries, hrv_series
from metrics.science.load_series import LoadSeries, load_series
from metrics.science.recovery import RecoverySeries, recovery_series, without_form
from metrics.science.resting_hr import RestingHrSeries, resting_hr_series
from metrics.science.rolling import Days
from metrics.science.week import WeekSeries, week_series

NO_VALUES: Days = np.empty(0)
NO_LOAD = load_series(NO_VALUES)
NO_WEEKS = week_series(NO_VALUES)
NO_HRV = hrv_series(NO_VALUES)
NO_RESTING_HR = resting_hr_series(NO_VALUES)
NO_RECOVERY = recovery_series(NO_VALUES, NO_VALUES, NO_VALUES, NO_VALUES)

# The empty fields of `SignalInputs` without a category of consent.
NO_ACTIVITIES: dict[str, Any] = {
    "load": NO_LOAD,
    "weeks": NO_WEEKS,
    "rough_load": NO_VALUES,
    "vdot": NO_VALUES,
    "runs": (),
    "sessions": (),  # the outcome of a session reveals what was run
    "personal_bests": (),
    "felt": (),
}
NO_HEALTH: dict[str, Any] = {
    "hrv": NO_HRV,
    "resting_hr": NO_RESTING_HR,
    "recovery": NO_RECOVERY,
    "vo2max": NO_VALUES,
    "vo2max_readings": NO_VALUES,
    "check_ins": (),
}
NO_GOALS_AND_PLANS: dict[str, Any] = {"sessions": (), "races": (), "absences": ()}


class VisibleCategories(Protocol):
    """The categories of consent that a viewer may see, as `Visibility` of the rights table."""

    @property
    def activities(self) -> bool: ...

    @property
    def health(self) -> bool: ...

    @property
    def goals_and_plans(self) -> bool: ...


class Run(NamedTuple):
    """The facts of one run that the rules need. Unknown zone times are 0, an unknown speed is None."""

    day: date
    distance_m: float
    is_race: bool = False
    z1_s: float = 0.0
    zoned_s: float = 0.0
    best_30min_ngs_mps: float | None = None
    is_suspect: bool = False  # gps_glitch or altitude_unreliable


class CheckIn(NamedTuple):
    """What the athlete said on one morning. Ratings from 1 to 5 (the worst), pain from 0 to 10.

    None: not said.
    """

    day: date
    soreness: int | None = None
    tiredness: int | None = None
    pain: int | None = None
    pain_place: str = ""
    is_ill: bool | None = None


class FeltActivity(NamedTuple):
    """How an activity felt, from 1 to 5 (the best), and its pain from 0 to 10. None: not said."""

    day: date
    feel: int | None = None
    pain: int | None = None
    pain_place: str = ""

    def without_pain(self) -> FeltActivity:
        """As seen by a viewer who may not see health."""
        return self._replace(pain=None, pain_place="")


@dataclass(frozen=True, slots=True)
class RaceGoal:
    """A future race."""

    day: date
    distance_m: float
    priority: str = "A"
    name: str = "the race"


@dataclass(frozen=True, slots=True)
class AbsencePeriod:
    """Days on which the athlete is injured, ill, on holiday or off season. Both days are included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ThresholdSpeed:
    """A threshold speed and its first valid day."""

    valid_from: date
    speed_mps: float


@dataclass(frozen=True, slots=True)
class PersonalBest:
    """A best time over a distance."""

    day: date
    distance: str
    time_s: float


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """The inputs of the data quality (FORMULAS §9).

    First valid day of each value (None: not set), the sources of pace, heart rate and VDOT, the confirmed
    settings, the day of the last manual entry, and the first day of the account.
    """

    pace_on: date | None = None
    hr_on: date | None = None
    vdot_on: date | None = None
    sources: tuple[str, str, str] = ("measured", "measured", "measured")
    timezone_confirmed: bool = False
    units_chosen: bool = False
    last_entry_on: date | None = None
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class SignalInputs:
    """One athlete. A column has one value per local day and ends on the day of `as_of`. Lists are by day.

    The rules need 120 days of readings, 215 days of load, 72 days of runs, 56 days of sessions, the sessions
    of the next 10 days, and the future races; 34 days of check-ins and 97 of what was felt.
    """

    load: LoadSeries = NO_LOAD
    weeks: WeekSeries = NO_WEEKS
    rough_load: Days = field(default_factory=lambda: NO_VALUES)  # load of quality D or E
    hrv: HrvSeries = NO_HRV
    resting_hr: RestingHrSeries = NO_RESTING_HR
    recovery: RecoverySeries = NO_RECOVERY
    vo2max: Days = field(default_factory=lambda: NO_VALUES)  # shown on that day; one method
    vo2max_readings: Days = field(default_factory=lambda: NO_VALUES)  # estimates or readings; one method
    vo2max_method: str = "device"  # or "estimate": computed from runs
    vdot: Days = field(default_factory=lambda: NO_VALUES)  # shown on that day
    runs: Sequence[Run] = ()
    sessions: Sequence[Outcome] = ()
    races: Sequence[RaceGoal] = ()
    absences: Sequence[AbsencePeriod] = ()
    thresholds: Sequence[ThresholdSpeed] = ()
    personal_bests: Sequence[PersonalBest] = ()
    check_ins: Sequence[CheckIn] = ()
    felt: Sequence[FeltActivity] = ()
    profile: ProfileFacts = ProfileFacts()
    is_connected: bool = False  # at least one integration
    last_sync_at: datetime | None = None  # of the integration that synced last

    def __post_init__(self) -> None:
        """Raises ValueError if a list is not in day order."""
        rows = (self.runs, self.check_ins, self.felt)
        lists = [
            [outcome.session.day for outcome in self.sessions],
            *([row.day for row in found] for found in rows),
        ]
        if any(days != sorted(days) for days in lists):
            raise ValueError("lists must be in day order")

    def restrict_to(self, visibility: VisibleCategories) -> SignalInputs:
        """The inputs without the categories that are not visible."""
        hidden: dict[str, Any] = {}
        if not visibility.activities:
            hidden |= NO_ACTIVITIES | {"recovery": without_form(self.recovery)}
            if self.vo2max_method != "device":
                hidden |= {"vo2max": NO_VALUES, "vo2max_readings": NO_VALUES}
        if not visibility.health:
            hidden |= NO_HEALTH
            if visibility.activities:
                hidden["felt"] = tuple(activity.without_pain() for activity in self.felt)
        if not visibility.goals_and_plans:
            hidden |= NO_GOALS_AND_PLANS
        return replace(self, **hidden)
