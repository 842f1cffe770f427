"""Encode the typed values of an assessment as JSON columns, and decode them.

Only this module knows the form of the JSON. Raise FORMULA_VERSION when it changes: an assessment of another
version is recomputed before it is decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from astral.nested_rows import ColumnGroup
from coaching.assessments.values import AssessmentData, PlanAhead, RaceAhead, SignalView
from coaching.attention import PersonalBest
from coaching.models import Assessment
from coaching.science.compliance import WeekProgress
from coaching.science.forecast_efforts import GoalForecast, RaceEffort

JsonObject = Mapping[str, Any]
FORMULA_VERSION = 7  # raise it when a signal or anything else that is stored here changes


class StoredAssessment(NamedTuple):
    """The shown columns of a stored assessment, as a query reads them. All None without one."""

    formula: int
    local_date: date
    signals: Sequence[JsonObject]
    priority: float
    next_a_race: date | None
    races: Sequence[JsonObject]
    plans: Sequence[JsonObject]
    data_quality_parts: dict[str, float]


ASSESSMENT_COLUMNS = ColumnGroup(
    StoredAssessment, "assessment__", json=["signals", "races", "plans", "data_quality_parts"]
)


def decode_assessment(stored: Assessment | StoredAssessment) -> AssessmentData:
    """`stored` must be of FORMULA_VERSION."""
    return AssessmentData(
        local_date=stored.local_date,
        signals=decode_signals(stored.signals),
        priority=stored.priority,
        next_a_race=stored.next_a_race,
        races=decode_races(stored.races),
        plans=decode_plans(stored.plans),
        data_quality_parts=stored.data_quality_parts,
    )


def encode_signals(signals: Iterable[SignalView]) -> list[JsonObject]:
    """Acknowledgements are left out, because they belong to an organization."""
    return [
        {
            "code": signal.code,
            "domain": signal.domain,
            "severity": signal.severity,
            "since": signal.since.isoformat(),
            "message": signal.message,
            "evidence": signal.evidence,
            "confidence": signal.confidence,
        }
        for signal in signals
    ]


def decode_signals(signals: Iterable[JsonObject]) -> list[SignalView]:
    return [
        SignalView(
            code=signal["code"],
            domain=signal["domain"],
            severity=signal["severity"],
            since=date.fromisoformat(signal["since"]),
            message=signal["message"],
            evidence=signal["evidence"],
            confidence=signal["confidence"],
        )
        for signal in signals
    ]


def encode_races(races: Iterable[RaceAhead]) -> list[JsonObject]:
    return [
        race._asdict()
        | {
            "race_id": race.race_id.hex,
            "date": race.date.isoformat(),
            "forecast": _encode_forecast(race.forecast),
        }
        for race in races
    ]


def find_stored_median(stored: Assessment | None, race_id: UUID) -> float | None:
    """Seconds; None without a forecast of this race, and if the assessment is of another formula."""
    if stored is None or stored.formula != FORMULA_VERSION:
        return None
    races = decode_races(stored.races)
    return next((race.forecast.median_s for race in races if race.race_id == race_id), None)


def _encode_forecast(forecast: GoalForecast) -> JsonObject:
    return forecast._asdict() | {"based_on": [_encode_effort(effort) for effort in forecast.based_on]}


def _encode_effort(effort: RaceEffort) -> JsonObject:
    activity_id = effort.activity_id and effort.activity_id.hex
    return effort._asdict() | {"date": effort.date.isoformat(), "activity_id": activity_id}


def decode_races(races: Iterable[JsonObject]) -> list[RaceAhead]:
    return [
        RaceAhead(
            race_id=_decode_id(race["race_id"]),
            name=race["name"],
            date=date.fromisoformat(race["date"]),
            distance_m=race["distance_m"],
            goal_time_s=race["goal_time_s"],
            forecast=_decode_forecast(race["forecast"]),
            priority=race["priority"],
        )
        for race in races
    ]


def _decode_forecast(forecast: JsonObject) -> GoalForecast:
    return GoalForecast(
        median_s=forecast["median_s"],
        low_s=forecast["low_s"],
        high_s=forecast["high_s"],
        method=forecast["method"],
        reason=forecast["reason"],
        based_on=tuple(_decode_effort(effort) for effort in forecast["based_on"]),
    )


def _decode_effort(effort: JsonObject) -> RaceEffort:
    return RaceEffort(
        distance_m=effort["distance_m"],
        time_s=effort["time_s"],
        date=date.fromisoformat(effort["date"]),
        activity_id=effort["activity_id"] and _decode_id(effort["activity_id"]),
        is_race=effort["is_race"],
    )


def encode_plans(plans: Iterable[PlanAhead]) -> list[JsonObject]:
    return [
        plan._asdict()
        | {
            "plan_instance_id": plan.plan_instance_id.hex,
            "start_date": plan.start_date.isoformat(),
            "week_progress": plan.week_progress and plan.week_progress._asdict(),
        }
        for plan in plans
    ]


def decode_plans(plans: Iterable[JsonObject]) -> list[PlanAhead]:
    return [
        PlanAhead(
            plan_instance_id=_decode_id(plan["plan_instance_id"]),
            name=plan["name"],
            status=plan["status"],
            start_date=date.fromisoformat(plan["start_date"]),
            current_week=plan["current_week"],
            total_weeks=plan["total_weeks"],
            week_progress=_decode_week(plan["week_progress"]),
        )
        for plan in plans
    ]


def _decode_week(week: JsonObject | None) -> WeekProgress | None:
    return None if week is None else WeekProgress(**week)


def _decode_id(text: str) -> UUID:
    return UUID(bytes=bytes.fromhex(text))  # faster than UUID(text)


def encode_personal_bests(bests: Iterable[PersonalBest]) -> list[JsonObject]:
    return [{"day": best.day.isoformat(), "distance": best.distance, "time_s": best.time_s} for best in bests]


def decode_personal_bests(bests: Iterable[JsonObject]) -> list[PersonalBest]:
    return [
        PersonalBest(day=date.fromisoformat(best["day"]), distance=best["distance"], time_s=best["time_s"])
        for best in bests
    ]
