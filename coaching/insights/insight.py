"""The types of insights and of their inputs: one athlete's prepared numbers, as one viewer may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from coaching.assessments.values import SignalView

InsightKind = Literal["week_summary", "last_long_run", "race_ahead", "strongest_signal"]
INSIGHT_KINDS: tuple[InsightKind, ...] = get_args(InsightKind)
Units = Literal["metric", "imperial"]
InsightEvidence = Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Insight:
    """Two or three sentences with their numbers.

    `evidence`: a flat dict with every number as written in the text. Names contain units, times are text,
    dates are YYYY-MM-DD. `written_by`: "rules" or the name of the model.
    """

    kind: InsightKind
    title: str
    text: str
    evidence: InsightEvidence
    written_by: str = "rules"


@dataclass(frozen=True, slots=True)
class WeekTraining:
    """Runs of the last 7 local days, the load of this ISO week, and the average weekly load of four weeks."""

    distance_m: float
    pace_s_per_km: float | None
    load: float
    average_load: float | None


@dataclass(frozen=True, slots=True)
class WeekSessions:
    """Planned and completed sessions of this ISO week."""

    completed: int
    planned: int


@dataclass(frozen=True, slots=True)
class RecentRun:
    """A recent run on its local day. `hard_share`: its part in zones 4 and 5; None without zones."""

    day: date
    distance_m: float
    duration_s: float
    avg_hr_bpm: float | None = None
    is_race: bool = False
    hard_share: float | None = None


@dataclass(frozen=True, slots=True)
class NextRace:
    """The next race. The forecast is None, or the median and the ends of the 80 % interval."""

    name: str
    distance_m: float
    days_to: int
    goal_s: float | None = None
    forecast_s: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class InsightInputs:
    """Unknown or withheld data is None or empty. `signals`: most urgent first."""

    units: Units = "metric"
    week: WeekTraining | None = None
    sessions: WeekSessions | None = None
    runs: Sequence[RecentRun] = ()
    race: NextRace | None = None
    signals: Sequence[SignalView] = ()
