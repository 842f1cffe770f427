"""Tool: sums of activities by day, or month."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from astral.http.errors import ApiError, NoData
from athletes.models import Athlete
from coaching.assistants.assistant_call import ApiCall, AssistantCall
from coaching.assistants.tool import AssistantTool, DayText, IdText, ToolAnswer, ToolArguments, ToolOutcome
from metrics.science.pace import average_pace, mmss
from metrics.statistics.params import ActivityStatsQuery, ActivityStatsSelection
from metrics.statistics.serializers import serialize_activity_stats
from metrics.statistics.series import load_period_sums

STATISTICS = ApiCall("activity-stats")
MOST_DAYS_BY_DAY = 62
Sport = Literal["run", "bike", "swim", "walk", "hike", "workout"]


class StatisticsArguments(ToolArguments):
    user_id: IdText | None = Field(None, description="The athlete, usr_…. Default: the user.")
    start_date: DayText
    end_date: DayText = Field(description="Included; at most 400 days in all.")
    granularity: Literal["day", "month"] = Field(
        "month", description=f"The period of one point; day: at most {MOST_DAYS_BY_DAY} days."
    )
    activity_type: Sport | None = Field(None, description="Only this sport. Default: all.")


class SumsAnswer(ToolAnswer):
    activity_count: int
    distance_m: float = Field(validation_alias="distance")
    duration_s: float = Field(validation_alias="duration")
    training_load: float


class PointAnswer(SumsAnswer):
    period_start: datetime.date


class ZonesAnswer(ToolAnswer):
    """Seconds of runs in each pace zone."""

    z1: float
    z2: float
    z3: float
    z4: float
    z5: float


class TotalsAnswer(SumsAnswer):
    pace_zones: ZonesAnswer


class StatisticsAnswer(ToolAnswer):
    user_id: str
    timezone: str
    totals: TotalsAnswer
    points: list[PointAnswer] = Field(description="Oldest first; days without activities are left out.")


def load_activity_stats(athlete: Athlete, query: dict[str, Any]) -> dict[str, Any]:
    """The answer of activity_stats. Raises ValidationError and NoData."""
    selection = ActivityStatsSelection.from_query(ActivityStatsQuery.parse(query))
    window = selection.build_window(selection.zone or athlete.zone)
    series = load_period_sums(athlete.pk, window, selection.activity_type)
    if not series.activity_count:
        raise NoData
    return serialize_activity_stats(series)


def _read_statistics(call: AssistantCall, arguments: StatisticsArguments) -> ToolOutcome:
    _, athlete = call.find_athlete(STATISTICS, arguments.user_id)
    query = arguments.model_dump(exclude_none=True, exclude={"user_id"})
    content = load_activity_stats(athlete, query)
    points = [point for point in content["points"] if point["activity_count"]]
    if len(content["points"]) > MOST_DAYS_BY_DAY:
        raise ApiError("RANGE", f"By day, ask for at most {MOST_DAYS_BY_DAY} days.")
    answer = StatisticsAnswer.model_validate(content | {"user_id": athlete.public_id, "points": points})
    return ToolOutcome(
        answer, f"{arguments.start_date} to {arguments.end_date}: {describe_sums(answer.totals)}."
    )


def describe_sums(sums: SumsAnswer) -> str:
    """Such as "12 activities, 103.4 km in 9.1 h (5:17 per km), load 512"."""
    pace = mmss(average_pace(sums.duration_s, sums.distance_m))
    return (
        f"{sums.activity_count} activities, {sums.distance_m / 1000:.1f} km in {sums.duration_s / 3600:.1f} h"
        f"{f' ({pace} per km)' if pace else ''}, load {sums.training_load:.0f}"
    )


STATISTICS_TOOL = AssistantTool(
    name="get_training_statistics",
    title="Training sums",
    description="Number, distance, duration and load of an athlete's activities by day or month, and the"
    " seconds in each pace zone.",
    arguments=StatisticsArguments,
    answer=StatisticsAnswer,
    api_calls=(STATISTICS,),
    run=_read_statistics,
)
