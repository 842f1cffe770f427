"""The insights of a profile, built from the values already loaded for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from coaching.assessments.values import PlanAhead
from coaching.insights import (
    Insight,
    InsightInputs,
    NextRace,
    RecentRun,
    Units,
    WeekSessions,
    WeekTraining,
    build_insights,
)
from coaching.insights.llm.rewording import reword
from coaching.profile.recent_activities import ReceivedActivity
from coaching.profile.summary import AthleteSummary

RUNS_D = 28  # enough for the usual week and the last long run


def build_profile_insights(
    summary: AthleteSummary, activities: Iterable[ReceivedActivity], viewer_units: str, now: datetime
) -> list[Insight]:
    """`activities`: the newest, empty if withheld. `viewer_units`: those of the texts.

    Makes a statement only to store a request to the model.
    """
    units = cast(Units, viewer_units)
    inputs = InsightInputs(
        units,
        _build_week(summary),
        _build_sessions(summary.plans),
        _build_runs(summary, activities),
        _build_race(summary),
        summary.visible_signals.signals,
    )
    return reword(summary.person.user_id, units, build_insights(inputs), summary.wordings, now)


def _build_week(summary: AthleteSummary) -> WeekTraining | None:
    """None if activities are withheld."""
    figures = summary.figures
    if figures.week_distance_m is None or figures.current_week_load is None:
        return None
    return WeekTraining(
        figures.week_distance_m,
        figures.week_pace_s_per_km,
        figures.current_week_load,
        figures.four_week_avg_load,
    )


def _build_sessions(plans: Sequence[PlanAhead]) -> WeekSessions | None:
    """Sum over all plans; None if activities are withheld."""
    weeks = [plan.week_progress for plan in plans if plan.week_progress]
    if not weeks:
        return None
    return WeekSessions(
        sum(week.sessions_completed for week in weeks), sum(week.sessions_planned for week in weeks)
    )


def _build_runs(summary: AthleteSummary, activities: Iterable[ReceivedActivity]) -> list[RecentRun]:
    zone, since = ZoneInfo(summary.person.timezone), summary.today - timedelta(days=RUNS_D - 1)
    runs = [
        RecentRun(
            received.activity.started_at.astimezone(zone).date(),
            received.activity.distance_m,
            received.activity.duration_s,
            received.activity.avg_hr_bpm,
            received.effort.is_race,
            received.effort.hard_share,
        )
        for received in activities
        if received.activity.activity_type == "run" and received.activity.distance_m
    ]
    return [run for run in runs if run.day >= since]


def _build_race(summary: AthleteSummary) -> NextRace | None:
    if not summary.races:
        return None
    race = summary.races[0]
    days = race.days_to_race(summary.today)
    return NextRace(race.name, race.distance_m, days, race.goal_time_s, race.forecast.times_s)
