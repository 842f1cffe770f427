"""The answers have the same keys as the contract's samples, on every level."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from tests.coaching.training_fixtures import create_training, get_profile, get_roster
from tests.support.cast import NOON, ApiClient, Cast

ANY = object()  # a mapping whose keys depend on the signal, kind or part
DAY = [{"date", "value"}]
MEMBERSHIP = {
    "org_id": 0, "org_name": 0, "role": 0, "status": 0, "joined_at": 0, "groups": [{"group_id", "name"}],
    "level": 0, "labels": 0, "assigned_coach_id": 0,
}  # fmt: skip
FORECAST = {  # beside predicted_time: what it rests on and how sure it is (FORMULAS §5.6)
    "predicted_low", "predicted_high", "prediction_reason", "forecast_method", "based_on", "n_inputs",
    "predicted_time_s", "predicted_low_s", "predicted_high_s",
}  # fmt: skip
RACE = FORECAST | {
    "race_id", "race_name", "race_date", "distance",
    "goal_time", "goal_time_s", "predicted_time", "priority", "days_to_race",
}  # fmt: skip
PLAN = {
    "plan_instance_id": 0, "name": 0, "status": 0, "start_date": 0, "current_week": 0, "total_weeks": 0,
    "week_progress": {"sessions_completed", "sessions_planned", "load_done", "load_planned", "compliance"},
}  # fmt: skip
ACTIVITY = {
    "activity_id", "name", "activity_type", "started_at",
    "distance", "duration", "avg_pace", "avg_pace_s_per_km", "avg_heart_rate", "training_load",
}  # fmt: skip
SIGNAL = {
    "code": 0, "domain": 0, "severity": 0, "since": 0, "message": 0, "evidence": ANY, "confidence": 0,
    "acknowledged_until": 0, "acknowledged_by": 0, "suggested_actions": 0, "reason": 0,
}  # fmt: skip
FITNESS = {
    "current": {"vo2_max", "hrv_avg", "recovery_score", "resting_heart_rate", "vdot"},
    "vo2_max_method": 0,  # the contract promises it in the text below the sample
    "hrv_avg_7d_ago": 0,
    "hrv_baseline": {"mean", "low", "high", "state"},
    "recovery_parts": {"hrv", "resting_heart_rate", "sleep", "form", "coverage"},
}
METRICS: dict[str, Any] = {
    "running_analytics": {"weekly_distance_km", "avg_pace_per_km", "avg_pace_s_per_km"},
    "training": {
        "current_week_load", "four_week_avg_load", "fitness", "fatigue", "form", "monotony", "load_jump",
    },
}  # fmt: skip
SAMPLE_3_1: dict[str, Any] = {
    "user_id": 0, "username": 0, "display_name": 0, "profile_image_url": 0, "timezone": 0, "unit_system": 0,
    "memberships": [MEMBERSHIP],
    "metrics": METRICS | {
        "fitness": FITNESS | {
            "history": {"vo2_max": DAY, "hrv": DAY, "recovery_score": DAY, "resting_heart_rate": DAY},
        },
    },
    "current_goals": {"races": [RACE]},
    "current_plans": [PLAN],
    "recent_activities": [ACTIVITY],
    "insights": [{"kind": 0, "title": 0, "text": 0, "evidence": ANY, "written_by": 0}],
    "attention_signals": [SIGNAL],
    "attention_priority": 0,
    "data_quality": {"score": 0, "parts": ANY, "missing": 0},
    "sources": [{"source", "last_data_at"}],
    "methods": {"training_load", "fitness", "recovery_score"},
    "withheld": 0,
    "as_of": 0,
}  # fmt: skip
SAMPLE_3_6: dict[str, Any] = {
    "org_id": 0,
    "athletes": [
        {
            "user_id": 0, "username": 0, "display_name": 0, "email": 0, "profile_image_url": 0, "timezone": 0,
            "unit_system": 0, "membership": MEMBERSHIP,
            "metrics": METRICS | {"fitness": FITNESS | {"history": {"hrv": DAY}}},
            "current_plans": [PLAN], "next_race": RACE, "last_activity": ACTIVITY,
            "attention_signals": [SIGNAL], "attention_signal_count": 0, "attention_priority": 0,
            "data_quality_score": 0, "unread_comments": 0, "withheld": 0,
        }
    ],
    "pagination": {"page", "page_size", "total", "total_pages"},
    "summary": {"active", "needing_attention", "urgent", "watch", "unassigned"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def find_differences(answer: Any, sample: Any, place: str = "") -> list[str]:
    """Return the paths of missing and extra keys. An empty list is an error: it has no row to compare."""
    if sample is ANY:
        return [] if isinstance(answer, dict) and answer else [f"{place} has no keys"]
    if isinstance(sample, list):
        if not answer:
            return [f"{place} is empty"]
        return [path for row in answer for path in find_differences(row, sample[0], f"{place}[]")]
    found = [f"{place}.{name}" for name in answer.keys() ^ set(sample)]
    inner = sample.items() if isinstance(sample, dict) else ()
    return found + [
        path
        for name, part in inner
        if part
        for path in find_differences(answer[name], part, f"{place}.{name}")
    ]


def test_profile_has_the_keys_of_the_contract_sample(cast: Cast):
    create_training(cast.ada, cast.harbour)
    assert find_differences(get_profile(ApiClient(cast.carl), cast.ada), SAMPLE_3_1) == []


def test_roster_has_the_keys_of_the_contract_sample(cast: Cast):
    create_training(cast.ada, cast.harbour)
    assert find_differences(get_roster(ApiClient(cast.carl), "search=ada"), SAMPLE_3_6) == []


def test_comparison_finds_missing_and_extra_keys(cast: Cast):
    answer = {"a": [{"b": 1, "c": 2}], "d": {}}
    assert find_differences(answer, {"a": [{"b"}], "d": {"e"}}) == [".a[].c", ".d.e"]
    assert find_differences({"a": []}, {"a": [{"b"}]}) == [".a is empty"]
