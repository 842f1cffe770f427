"""The insights of a profile, built from the values already loaded for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from coaching.insights import (
    Insight,
    InsightInputs,
    RaceAhead,
    RecentRun,
    Units,
    WeekSessions,
    WeekTraining,
    build_insights,
)
from coaching.insights.llm.rewording import reword
from coaching.profile.recent_activities import ActivitySummary
from coaching.profile.summary import AthleteSummary

RUNS_D = 28  # enough for the usual week and the last long run


def build_profile_insights(
    one: AthleteSummary, outings: Iterable[ActivitySummary], now: datetime
) -> list[Insight]:
    """`outings`: the newest activities, empty if withheld. No statement; one if a model is asked again."""
    units = cast(Units, one.person.unit_system)
    inputs = InsightInputs(
        units,
        _build_week(one),
        _build_sessions(one.plans),
        _build_runs(one, outings),
        _build_race(one),
        one.visible_signals.signals,
    )
    return reword(one.person.user_id, units, build_insights(inputs), one.wordings, now)


def _build_week(one: AthleteSummary) -> WeekTraining | None:
    """None if activities are withheld."""
    figures = one.figures
    if figures.week_distance_m is None or figures.current_week_load is None:
        return None
    return WeekTraining(
        figures.week_distance_m,
        figures.week_pace_s_per_km,
        figures.current_week_load,
        figures.four_week_avg_load,
    )


def _build_sessions(plans: Sequence[Mapping[str, Any]]) -> WeekSessions | None:
    """Sum over all plans; None if activities are withheld."""
    weeks = [plan["week_progress"] for plan in plans if plan["week_progress"]]
    if not weeks:
        return None
    return WeekSessions(
        *(sum(week[name] for week in weeks) for name in ("sessions_completed", "sessions_planned"))
    )


def _build_runs(one: AthleteSummary, outings: Iterable[ActivitySummary]) -> list[RecentRun]:
    zone, since = ZoneInfo(one.person.timezone), one.today - timedelta(days=RUNS_D - 1)
    runs = [
        RecentRun(
            outing.started_at.astimezone(zone).date(), outing.distance_m, outing.duration_s, outing.avg_hr_bpm
        )
        for outing in outings
        if outing.activity_type == "run" and outing.distance_m
    ]
    return [run for run in runs if run.day >= since]


def _build_race(one: AthleteSummary) -> RaceAhead | None:
    if not one.races:
        return None
    race = one.races[0]
    return RaceAhead(
        race["race_name"],
        race["distance"],
        race["days_to_race"],
        _parse_clock(race["goal_time"]),
        _parse_clock(race["predicted_time"]),
    )


def _parse_clock(clock: str | None) -> float | None:
    """Seconds of H:MM:SS."""
    if clock is None:
        return None
    hours, minutes, seconds = map(int, clock.split(":"))
    return 3600.0 * hours + 60 * minutes + seconds
