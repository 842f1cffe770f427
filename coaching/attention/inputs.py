"""What the signals are judged from: one athlete's prepared numbers, aligned on local days that end today.

Whatever is unknown or withheld is empty, never a neutral number: an empty column reads as NaN, and no
signal that needs it is judged.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

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


class Run(NamedTuple):
    """One run, as far as signals ask; zone times are 0 and the speed None where there are none."""

    day: date
    distance_m: float
    is_race: bool = False
    z1_s: float = 0.0
    zoned_s: float = 0.0
    best_30min_ngs_mps: float | None = None
    is_suspect: bool = False  # gps_glitch or altitude_unreliable


@dataclass(frozen=True, slots=True)
class RaceGoal:
    """A race ahead."""

    day: date
    distance_m: float
    priority: str = "A"
    name: str = "the race"


@dataclass(frozen=True, slots=True)
class AbsencePeriod:
    """Injured, ill, on holiday or off season, both days included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ThresholdSpeed:
    """A threshold speed and the day from which it holds."""

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
    """What the data quality asks (FORMULAS §9): since when each value holds (None: not set), from where,
    what is confirmed, and the day of the last entry made by hand."""

    pace_on: date | None = None
    hr_on: date | None = None
    vdot_on: date | None = None
    sources: tuple[str, str, str] = ("measured", "measured", "measured")
    timezone_confirmed: bool = False
    units_chosen: bool = False
    last_entry_on: date | None = None


@dataclass(frozen=True, slots=True)
class SignalInputs:
    """One athlete. Columns: one value per local day, ending on the day of `as_of`; lists: in day order.

    Enough history for every signal: 120 days of readings, 215 days of load, 72 days of runs and 56 of
    sessions, the sessions of the next 10 days, the races not yet run.
    """

    load: LoadSeries = NO_LOAD
    weeks: WeekSeries = NO_WEEKS
    rough_load: Days = field(default_factory=lambda: NO_VALUES)  # the part of the load with quality D or E
    hrv: HrvSeries = NO_HRV
    resting_hr: RestingHrSeries = NO_RESTING_HR
    recovery: RecoverySeries = NO_RECOVERY
    vo2max: Days = field(default_factory=lambda: NO_VALUES)  # as shown on the day; one method
    vo2max_readings: Days = field(default_factory=lambda: NO_VALUES)  # estimates or readings; one method
    vo2max_method: str = "device"  # or estimate, which is made of runs
    vdot: Days = field(default_factory=lambda: NO_VALUES)  # as shown on the day
    runs: Sequence[Run] = ()
    sessions: Sequence[Outcome] = ()
    races: Sequence[RaceGoal] = ()
    absences: Sequence[AbsencePeriod] = ()
    thresholds: Sequence[ThresholdSpeed] = ()
    personal_bests: Sequence[PersonalBest] = ()
    profile: ProfileFacts = ProfileFacts()
    is_connected: bool = False  # at least one integration
    last_sync_at: datetime | None = None  # of the best integration

    def __post_init__(self) -> None:
        """Raises ValueError when a list is not in order of day."""
        run_days = [run.day for run in self.runs]
        session_days = [outcome.session.day for outcome in self.sessions]
        if run_days != sorted(run_days) or session_days != sorted(session_days):
            raise ValueError("runs and sessions come in order of day")

    def without(self, withheld: Collection[str]) -> SignalInputs:
        """As a viewer sees it from whom these consent categories are withheld. Raises KeyError on an unknown
        one.
        """
        hidden: dict[str, Any] = {}
        if "activities" in withheld:
            hidden["recovery"] = without_form(self.recovery)
            if self.vo2max_method != "device":
                hidden |= {"vo2max": NO_VALUES, "vo2max_readings": NO_VALUES}
        for category in withheld:
            hidden |= _EMPTY_BY_CATEGORY[category]
        return replace(self, **hidden)


_EMPTY_BY_CATEGORY: dict[str, dict[str, Any]] = {
    "activities": {
        "load": NO_LOAD,
        "weeks": NO_WEEKS,
        "rough_load": NO_VALUES,
        "vdot": NO_VALUES,
        "runs": (),
        "sessions": (),  # what became of a session tells what was run
        "personal_bests": (),
    },
    "health": {
        "hrv": NO_HRV,
        "resting_hr": NO_RESTING_HR,
        "recovery": NO_RECOVERY,
        "vo2max": NO_VALUES,
        "vo2max_readings": NO_VALUES,
    },
    "goals_and_plans": {"sessions": (), "races": (), "absences": ()},
}
