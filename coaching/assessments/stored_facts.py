"""The JSON columns of a stored assessment: typed values in, plain JSON out, and back.

Only this module knows the form of the JSON. Raise FORMULA_VERSION when it changes: an assessment of another
version is recomputed before it is decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from astral.nested_rows import ColumnGroup
from coaching.assessments.values import AssessmentData, PlanAhead, RaceAhead, SignalView
from coaching.attention import PersonalBest
from coaching.models import Assessment
from coaching.science.compliance import WeekProgress

JsonObject = Mapping[str, Any]
FORMULA_VERSION = 4  # raise it when a signal or anything else that is stored here changes


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
        stored.local_date,
        decode_signals(stored.signals),
        stored.priority,
        stored.next_a_race,
        decode_races(stored.races),
        decode_plans(stored.plans),
        stored.data_quality_parts,
    )


_pick_week = itemgetter(*WeekProgress._fields)


def encode_signals(signals: Iterable[SignalView]) -> list[JsonObject]:
    """Without acknowledgements, which belong to an organization."""
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
            signal["code"],
            signal["domain"],
            signal["severity"],
            date.fromisoformat(signal["since"]),
            signal["message"],
            signal["evidence"],
            signal["confidence"],
        )
        for signal in signals
    ]


def encode_races(races: Iterable[RaceAhead]) -> list[JsonObject]:
    return [race._asdict() | {"race_id": race.race_id.hex, "date": race.date.isoformat()} for race in races]


def decode_races(races: Iterable[JsonObject]) -> list[RaceAhead]:
    return [
        RaceAhead(
            _decode_id(race["race_id"]),
            race["name"],
            date.fromisoformat(race["date"]),
            race["distance_m"],
            race["goal_time_s"],
            race["predicted_time_s"],
            race["priority"],
        )
        for race in races
    ]


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
            _decode_id(plan["plan_instance_id"]),
            plan["name"],
            plan["status"],
            date.fromisoformat(plan["start_date"]),
            plan["current_week"],
            plan["total_weeks"],
            _decode_week(plan["week_progress"]),
        )
        for plan in plans
    ]


def _decode_week(week: JsonObject | None) -> WeekProgress | None:
    return None if week is None else WeekProgress._make(_pick_week(week))


def _decode_id(text: str) -> UUID:
    return UUID(bytes=bytes.fromhex(text))  # faster than from hexadecimal digits


def encode_personal_bests(bests: Iterable[PersonalBest]) -> list[JsonObject]:
    return [{"day": best.day.isoformat(), "distance": best.distance, "time_s": best.time_s} for best in bests]


def decode_personal_bests(bests: Iterable[JsonObject]) -> list[PersonalBest]:
    return [PersonalBest(date.fromisoformat(best["day"]), best["distance"], best["time_s"]) for best in bests]
