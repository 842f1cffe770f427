"""Tool: two athletes, or two periods of one athlete, beside each other."""

from __future__ import annotations

from typing import Annotated

from django.utils.dateparse import parse_date
from pydantic import Field

from astral.http.errors import NoData
from coaching.assistants.assistant_call import AssistantCall
from coaching.assistants.tool import AssistantTool, DayText, IdText, ToolAnswer, ToolArguments, ToolOutcome
from coaching.assistants.tools.statistics import (
    STATISTICS,
    Sport,
    SumsAnswer,
    describe_sums,
    load_activity_stats,
)

NOTHING_DONE = {"activity_count": 0, "distance": 0.0, "duration": 0.0, "training_load": 0.0}
D_PER_WEEK = 7


class ComparedSide(ToolArguments):
    """One athlete in one period."""

    user_id: IdText | None = Field(None, description="The athlete, usr_…. Default: the user.")
    start_date: DayText
    end_date: DayText = Field(description="Included; at most 400 days in all.")


class CompareArguments(ToolArguments):
    sides: Annotated[list[ComparedSide], Field(min_length=2, max_length=2)] = Field(
        description="Two athletes in the same period, or one athlete in two periods."
    )
    activity_type: Sport | None = Field("run", description="Only this sport; null: all.")


class SideAnswer(SumsAnswer):
    user_id: str
    start_date: str
    end_date: str
    days: int
    weekly_distance_m: float
    weekly_load: float


class DifferenceAnswer(ToolAnswer):
    """The second side in per cent of the first, less 100; missing if the first is 0."""

    weekly_distance_percent: float | None = None
    weekly_load_percent: float | None = None


class CompareAnswer(ToolAnswer):
    sides: list[SideAnswer]
    difference: DifferenceAnswer


def _compare_sides(call: AssistantCall, arguments: CompareArguments) -> ToolOutcome:
    first, second = (_load_side(call, side, arguments.activity_type) for side in arguments.sides)
    difference = DifferenceAnswer(
        weekly_distance_percent=_compute_percent(first.weekly_distance_m, second.weekly_distance_m),
        weekly_load_percent=_compute_percent(first.weekly_load, second.weekly_load),
    )
    answer = CompareAnswer(sides=[first, second], difference=difference)
    lines = [
        f"- {side.user_id}, {side.start_date} to {side.end_date}: {describe_sums(side)};"
        f" {side.weekly_distance_m / 1000:.1f} km a week"
        for side in answer.sides
    ]
    return ToolOutcome(answer, "\n".join(lines))


def _load_side(call: AssistantCall, side: ComparedSide, activity_type: str | None) -> SideAnswer:
    _, athlete = call.find_athlete(STATISTICS, side.user_id)
    dates = {"start_date": side.start_date, "end_date": side.end_date}
    sport = {"activity_type": activity_type} if activity_type else {}
    try:
        totals = load_activity_stats(athlete, {**dates, **sport, "granularity": "month"})["totals"]
    except NoData:
        totals = NOTHING_DONE
    first, last = parse_date(side.start_date), parse_date(side.end_date)
    assert first is not None
    assert last is not None
    days = (last - first).days + 1
    return SideAnswer.model_validate(
        {
            **totals,
            **dates,
            "user_id": athlete.public_id,
            "days": days,
            "weekly_distance_m": round(D_PER_WEEK * totals["distance"] / days, 1),
            "weekly_load": round(D_PER_WEEK * totals["training_load"] / days, 1),
        }
    )


def _compute_percent(first: float, second: float) -> float | None:
    return round(100 * second / first - 100, 1) if first else None


COMPARE_TOOL = AssistantTool(
    name="compare",
    title="Compare two athletes or periods",
    description="The training sums of two athletes, or of one athlete in two periods, and the difference of"
    " distance and load a week.",
    arguments=CompareArguments,
    answer=CompareAnswer,
    api_calls=(STATISTICS,),
    run=_compare_sides,
)
