"""Tool: heart rate variability, resting heart rate and VO2max by day, week or month."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from astral.http.errors import ApiError, NoData
from coaching.assistants.assistant_call import ApiCall, AssistantCall
from coaching.assistants.tool import AssistantTool, DayText, IdText, ToolAnswer, ToolArguments, ToolOutcome
from metrics.health.params import HealthMetricsQuery, HealthMetricsSelection
from metrics.health.series import load_health_series
from metrics.health.stats_serializers import serialize_health_metrics

HEALTH = ApiCall("health-metrics")
MOST_POINTS = 62
METRICS = ("resting_heart_rate", "hrv", "vo2_max")


class HealthArguments(ToolArguments):
    user_id: IdText | None = Field(None, description="The athlete, usr_…. Default: the user.")
    start_date: DayText
    end_date: DayText = Field(description="Included; at most 400 days in all.")
    granularity: Literal["day", "week", "month"] = Field(
        "week", description=f"The period of one point; day: at most {MOST_POINTS} days."
    )


class HealthPointAnswer(ToolAnswer):
    period_start: datetime.date
    resting_heart_rate: float | None = Field(None, description="bpm.")
    hrv: float | None = Field(None, description="ms, by hrv_method.")
    vo2_max: float | None = Field(None, description="mL/kg/min.")


class HealthAnswer(ToolAnswer):
    user_id: str
    hrv_method: str | None = None
    points: list[HealthPointAnswer] = Field(
        description="Oldest first; periods without readings are left out."
    )


def _read_health(call: AssistantCall, arguments: HealthArguments) -> ToolOutcome:
    _, athlete = call.find_athlete(HEALTH, arguments.user_id)
    query = arguments.model_dump(exclude_none=True, exclude={"user_id"})
    selection = HealthMetricsSelection.from_query(HealthMetricsQuery.parse(query))
    series = load_health_series(athlete.pk, selection.first, selection.last, selection.granularity)
    if series.is_empty:
        raise NoData
    content = serialize_health_metrics(series)
    if len(content["points"]) > MOST_POINTS:
        raise ApiError("RANGE", f"Ask for at most {MOST_POINTS} points: choose a longer granularity.")
    points = [point for point in content["points"] if any(point[name] is not None for name in METRICS)]
    answer = HealthAnswer.model_validate(content | {"user_id": athlete.public_id, "points": points})
    return ToolOutcome(answer, _describe_health(answer))


def _describe_health(answer: HealthAnswer) -> str:
    newest = answer.points[-1].model_dump(include={*METRICS}, exclude_none=True)
    values = ", ".join(f"{name} {value:g}" for name, value in newest.items())
    return f"{len(answer.points)} periods with readings. From {answer.points[-1].period_start}: {values}."


HEALTH_TOOL = AssistantTool(
    name="get_health_statistics",
    title="Health readings",
    description="Heart rate variability, resting heart rate and VO2max of an athlete by day, week or month."
    " An error says so if the athlete does not share health data.",
    arguments=HealthArguments,
    answer=HealthAnswer,
    api_calls=(HEALTH,),
    run=_read_health,
)
