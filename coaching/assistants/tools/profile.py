"""Tool: everything about one athlete today."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import Field

from athletes.access.viewer_units import get_viewer_units
from coaching.assistants.assistant_call import ApiCall, AssistantCall
from coaching.assistants.tool import (
    AssistantTool,
    DataText,
    IdText,
    NameText,
    ToolAnswer,
    ToolArguments,
    ToolOutcome,
)
from coaching.profile.profile import load_athlete_profile
from coaching.profile.serializers import serialize_profile

PROFILE = ApiCall("athlete-profile")
MOST_SIGNALS = 10


class ProfileArguments(ToolArguments):
    user_id: IdText | None = Field(None, description="The athlete, usr_…. Default: the user.")


class SignalAnswer(ToolAnswer):
    code: str
    domain: str
    severity: str
    since: datetime.date
    message_text: DataText = Field(validation_alias="message")
    confidence: float
    suggested_actions: list[str]
    acknowledged_until: datetime.date | None = None


class FitnessAnswer(ToolAnswer):
    vo2_max: float | None = Field(None, description="mL/kg/min.")
    hrv_avg: float | None = Field(None, description="ms, of 7 days.")
    hrv_usual_low: float | None = None
    hrv_usual_high: float | None = None
    recovery_score: float | None = Field(None, description="0–100.")
    resting_heart_rate: float | None = Field(None, description="bpm.")
    vdot: float | None = None


class LoadAnswer(ToolAnswer):
    current_week_load: float | None = None
    four_week_avg_load: float | None = None
    fitness: float | None = None
    fatigue: float | None = None
    form: float | None = None
    monotony: float | None = None
    load_jump: float | None = None


class RaceAnswer(ToolAnswer):
    race_id: str
    name_text: NameText = Field(validation_alias="race_name")
    race_date: datetime.date
    distance_m: float = Field(validation_alias="distance")
    goal_time: str | None = None
    predicted_time: str | None = None
    priority: str
    days_to_race: int


class PlanWeekAnswer(ToolAnswer):
    sessions_completed: int
    sessions_planned: int
    compliance: float | None = None


class PlanAnswer(ToolAnswer):
    plan_instance_id: str
    name_text: NameText = Field(validation_alias="name")
    status: str
    current_week: int
    total_weeks: int
    week_progress: PlanWeekAnswer | None = None


class RecentActivityAnswer(ToolAnswer):
    activity_id: str
    name_text: NameText = Field(validation_alias="name")
    activity_type: str
    started_at: datetime.datetime
    distance_m: float | None = Field(None, validation_alias="distance")
    duration_s: float = Field(validation_alias="duration")
    avg_pace: str | None = Field(None, description="M:SS per km.")
    avg_heart_rate: float | None = None
    training_load: float | None = None


class ProfileAnswer(ToolAnswer):
    user_id: str
    name_text: NameText
    timezone: str
    priority: float = Field(validation_alias="attention_priority")
    signals: list[SignalAnswer]
    weekly_distance_km: float | None = None
    avg_pace_per_km: str | None = None
    fitness: FitnessAnswer
    load: LoadAnswer
    races: list[RaceAnswer]
    plans: list[PlanAnswer] = Field(validation_alias="current_plans")
    recent_activities: list[RecentActivityAnswer]
    insights_text: list[DataText]
    missing_data: list[str] = Field(description="What is not set or old.")
    withheld: list[str]


def _read_profile(call: AssistantCall, arguments: ProfileArguments) -> ToolOutcome:
    permit, athlete = call.find_athlete(PROFILE, arguments.user_id)
    profile = load_athlete_profile(permit.viewer, athlete, call.now)
    permit.note_withheld(athlete.pk, profile.summary.visibility)
    content = serialize_profile(profile, get_viewer_units(permit.viewer))
    answer = ProfileAnswer.model_validate(_flatten_profile(content, profile.summary.person.name))
    return ToolOutcome(answer, _describe_profile(answer))


def _flatten_profile(content: dict[str, Any], name: str) -> dict[str, Any]:
    """The histories of 30 days are left out."""
    metrics = content["metrics"]
    baseline = metrics["fitness"]["hrv_baseline"]
    return {
        **content,
        **metrics["running_analytics"],
        "name_text": name,
        "signals": content["attention_signals"][:MOST_SIGNALS],
        "fitness": metrics["fitness"]["current"]
        | {"hrv_usual_low": baseline["low"], "hrv_usual_high": baseline["high"]},
        "load": metrics["training"],
        "races": content["current_goals"]["races"],
        "insights_text": [insight["text"] for insight in content["insights"]],
        "missing_data": content["data_quality"]["missing"],
    }


def _describe_profile(answer: ProfileAnswer) -> str:
    head = f"“{answer.name_text}” ({answer.user_id}): priority {answer.priority:g}."
    reasons = [f"- [{signal.severity}] {signal.message_text}" for signal in answer.signals]
    withheld = [f"Not shared: {', '.join(answer.withheld)}."] if answer.withheld else []
    return "\n".join([head, *reasons, *withheld])


PROFILE_TOOL = AssistantTool(
    name="get_athlete",
    title="One athlete today",
    description="Today's numbers of one athlete, the signals with their reasons, races ahead with forecasts,"
    " plans, the last activities. What the athlete does not share is missing and named in withheld.",
    arguments=ProfileArguments,
    answer=ProfileAnswer,
    api_calls=(PROFILE,),
    run=_read_profile,
)
