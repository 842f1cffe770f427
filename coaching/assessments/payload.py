"""JSON of an assessment in the API's units: signals, races and plans ahead, data quality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from math import isfinite
from typing import Any

from coaching.attention import ActiveSignal
from coaching.attention.day import Day
from coaching.attention.day_index import DayIndex
from coaching.attention.rules.data_freshness import compute_profile_quality
from coaching.models import PlanInstance, Race
from coaching.plans.schedule import ScheduledPlan
from coaching.science.compliance import Outcome, plan_progress, week_progress
from coaching.science.race_prediction import predict_race_time
from metrics.science.data_quality import DataQuality
from metrics.science.pace import hms

DIGITS = 3
AHEAD_STATUSES = (PlanInstance.Status.SCHEDULED, PlanInstance.Status.ACTIVE)


def signal_payload(flag: ActiveSignal) -> dict[str, Any]:
    return {
        "code": flag.code,
        "domain": flag.domain,
        "severity": flag.severity,
        "since": flag.since.isoformat(),
        "message": flag.message,
        "evidence": {name: _json_number(value) for name, value in flag.evidence.items()},
        "confidence": flag.confidence,
    }


def _json_number(value: float | int | str | None) -> float | int | str | None:
    """Rounded; None if not finite, which JSON cannot express."""
    if isinstance(value, float):
        return round(float(value), DIGITS) if isfinite(value) else None
    return value


def severity_counts(flags: Iterable[ActiveSignal]) -> dict[str, int]:
    found = Counter(flag.severity for flag in flags)
    return {severity: found[severity] for severity in ("critical", "warning", "info", "positive")}


def race_payload(race: Race, today: date, vdot: float | None) -> dict[str, Any]:
    """As in `current_goals`: distance in metres, times as H:MM:SS."""
    return {
        "race_id": race.public_id,
        "race_name": race.name,
        "race_date": race.date.isoformat(),
        "distance": race.distance_m,
        "goal_time": hms(race.goal_time_s),
        "predicted_time": hms(predict_race_time(vdot, race.distance_m).time_s),
        "priority": race.priority,
        "days_to_race": (race.date - today).days,
    }


def races_payload(races: Iterable[Race], today: date, vdot: float | None) -> list[dict[str, Any]]:
    return [race_payload(race, today, vdot) for race in races]


def plans_payload(
    plans: Iterable[ScheduledPlan], calendar: DayIndex, today: date, withheld: Collection[str] = ()
) -> list[dict[str, Any]]:
    """As in `current_plans`: those scheduled and active, with the progress of the ISO week of `today`."""
    ahead = [plan for plan in plans if plan.instance.status_on(today) in AHEAD_STATUSES]
    return [
        _plan_payload(plan, None if "activities" in withheld else calendar.expected_sessions, today)
        for plan in ahead
    ]


def _plan_payload(plan: ScheduledPlan, expected: Sequence[Outcome] | None, today: date) -> dict[str, Any]:
    instance = plan.instance
    progress = plan_progress(instance.start_date, instance.plan.total_weeks, today)
    key = str(instance.pk)
    own = None if expected is None else [o for o in expected if o.session.session_id.startswith(key)]
    return {
        "plan_instance_id": instance.public_id,
        "name": instance.plan.name,
        "status": str(instance.status_on(today)),
        "start_date": instance.start_date.isoformat(),
        "current_week": progress.current_week,
        "total_weeks": progress.total_weeks,
        "week_progress": None if own is None else week_payload(own, today),
    }


def week_payload(expected: Sequence[Outcome], today: date) -> dict[str, Any]:
    """Progress over expected sessions; those an absence prevented do not count."""
    week = week_progress(expected, today)
    return {
        "sessions_completed": week.sessions_completed,
        "sessions_planned": week.sessions_planned,
        "load_done": round(week.load_done, 1),
        "load_planned": round(week.load_planned, 1),
        "compliance": None if week.compliance is None else round(week.compliance, 1),
    }


def compute_data_quality(calendar: DayIndex) -> DataQuality:
    return compute_profile_quality(Day(calendar, 0))
