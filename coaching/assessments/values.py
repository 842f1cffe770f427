"""The typed values of an assessment: signals, races ahead, plans ahead. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from coaching.attention.signal import Severity, SignalDomain, SignalEvidence
from coaching.science.compliance import WeekProgress
from coaching.science.forecast_efforts import GoalForecast

PlanAheadStatus = Literal["scheduled", "active"]


# Hundreds of these are created for a roster. A named tuple takes a third of the time of a dataclass.


class Acknowledger(NamedTuple):
    """The coach who acknowledged a signal."""

    user_id: UUID
    name: str


class SignalView(NamedTuple):
    """A signal that is active today.

    `acknowledged_until`: the last day on which it is muted for the viewer; `acknowledged_on`: the day of the
    acknowledgement; `acknowledged_by`: None also if that account was deleted; `reason`: may be empty.
    """

    code: str
    domain: SignalDomain
    severity: Severity
    since: datetime.date
    message: str
    evidence: SignalEvidence
    confidence: float
    acknowledged_until: datetime.date | None = None
    acknowledged_on: datetime.date | None = None
    acknowledged_by: Acknowledger | None = None
    reason: str = ""

    @property
    def is_acknowledged(self) -> bool:
        return self.acknowledged_until is not None

    @property
    def is_praise(self) -> bool:
        return self.severity == "positive"

    @property
    def is_open(self) -> bool:
        """Whether it asks for attention: neither acknowledged nor praise."""
        return not (self.is_acknowledged or self.is_praise)


class RaceAhead(NamedTuple):
    """A race of today or later that has no result.

    Metres, whole seconds; None without a goal. The forecast is withheld with the activities that it rests on.
    """

    race_id: UUID
    name: str
    date: datetime.date
    distance_m: float
    goal_time_s: float | None
    forecast: GoalForecast
    priority: str

    @property
    def predicted_time_s(self) -> float | None:
        return self.forecast.median_s

    def days_to_race(self, today: datetime.date) -> int:
        return (self.date - today).days


class PlanAhead(NamedTuple):
    """A scheduled or active plan.

    `week_progress`: of the ISO week of today; None if activities are withheld.
    """

    plan_instance_id: UUID
    name: str
    status: PlanAheadStatus
    start_date: datetime.date
    current_week: int
    total_weeks: int
    week_progress: WeekProgress | None

    @property
    def is_active(self) -> bool:
        return self.status == "active"


class AssessmentData(NamedTuple):
    """An athlete on the local day `local_date`.

    Races and plans: nearest first. `data_quality_parts`: points by part.
    """

    local_date: datetime.date
    signals: Sequence[SignalView]
    priority: float
    next_a_race: datetime.date | None
    races: Sequence[RaceAhead]
    plans: Sequence[PlanAhead]
    data_quality_parts: dict[str, float]


def find_shown_plan(plans: Sequence[PlanAhead]) -> PlanAhead | None:
    """The active plan, otherwise the next one."""
    return next((plan for plan in plans if plan.is_active), plans[0] if plans else None)
