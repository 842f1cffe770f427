"""What an insight is, and what it is made of: prepared numbers of one athlete, as one viewer may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

InsightKind = Literal["week_summary", "last_long_run", "race_ahead", "strongest_signal"]
Units = Literal["metric", "imperial"]
InsightEvidence = Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Insight:
    """Two or three sentences. `evidence`: flat, each name with its unit, every number of the text as it is written
    there; times as text, dates as YYYY-MM-DD. `written_by`: "rules", or the model that worded it.
    """

    kind: InsightKind
    title: str
    text: str
    evidence: InsightEvidence
    written_by: str = "rules"


@dataclass(frozen=True, slots=True)
class WeekTraining:
    """Runs of the last 7 local days; the load of the ISO week so far, and that of an average week of the last four."""

    distance_m: float
    pace_s_per_km: float | None
    load: float
    average_load: float | None


@dataclass(frozen=True, slots=True)
class WeekSessions:
    """Of this ISO week's plan."""

    completed: int
    planned: int


@dataclass(frozen=True, slots=True)
class RecentRun:
    """A recent run on its local day."""

    day: date
    distance_m: float
    duration_s: float
    avg_hr_bpm: float | None = None


@dataclass(frozen=True, slots=True)
class RaceAhead:
    """The next race; `predicted_s` None where nothing can be promised."""

    name: str
    distance_m: float
    days_to: int
    goal_s: float | None = None
    predicted_s: float | None = None


@dataclass(frozen=True, slots=True)
class InsightInputs:
    """What is unknown or withheld is None or empty.

    `signals`: as they are told, with `code`, `severity`, `message`, `evidence` and `acknowledged_until`, most urgent
    first.
    """

    units: Units = "metric"
    week: WeekTraining | None = None
    sessions: WeekSessions | None = None
    runs: Sequence[RecentRun] = ()
    race: RaceAhead | None = None
    signals: Sequence[Mapping[str, Any]] = ()
