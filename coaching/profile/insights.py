"""The insights of somebody's profile: made of the values that were read for it, without another look at the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from coaching.insights import Insight, InsightInputs, RaceAhead, RunDone, Sessions, Units, Week, insights_of
from coaching.insights.llm.rewording import worded
from coaching.profile.recent_activities import Outing
from coaching.profile.summary import Seen

RUNS_D = 28  # what is usual now, and the latest long run of anybody who does them


def profile_insights(one: Seen, outings: Iterable[Outing], now: datetime) -> list[Insight]:
    """`outings`: the newest, none where they are withheld. No statement; one where a model is asked anew."""
    units = cast(Units, one.person.unit_system)
    inputs = InsightInputs(
        units, _week(one), _sessions(one.plans), _runs(one, outings), _race(one), one.told.signals
    )
    return worded(one.person.user_id, units, insights_of(inputs), one.wordings, now)


def _week(one: Seen) -> Week | None:
    """None where activities are withheld."""
    figures = one.figures
    if figures.week_distance_m is None or figures.current_week_load is None:
        return None
    return Week(
        figures.week_distance_m,
        figures.week_pace_s_per_km,
        figures.current_week_load,
        figures.four_week_avg_load,
    )


def _sessions(plans: Sequence[Mapping[str, Any]]) -> Sessions | None:
    """Of all plans together; None where nobody may know what was done."""
    weeks = [plan["week_progress"] for plan in plans if plan["week_progress"]]
    if not weeks:
        return None
    return Sessions(
        *(sum(week[name] for week in weeks) for name in ("sessions_completed", "sessions_planned"))
    )


def _runs(one: Seen, outings: Iterable[Outing]) -> list[RunDone]:
    zone, since = ZoneInfo(one.person.timezone), one.today - timedelta(days=RUNS_D - 1)
    runs = [
        RunDone(
            outing.started_at.astimezone(zone).date(), outing.distance_m, outing.duration_s, outing.avg_hr_bpm
        )
        for outing in outings
        if outing.activity_type == "run" and outing.distance_m
    ]
    return [run for run in runs if run.day >= since]


def _race(one: Seen) -> RaceAhead | None:
    if not one.races:
        return None
    race = one.races[0]
    return RaceAhead(
        race["race_name"],
        race["distance"],
        race["days_to_race"],
        _seconds(race["goal_time"]),
        _seconds(race["predicted_time"]),
    )


def _seconds(clock: str | None) -> float | None:
    """Of H:MM:SS."""
    if clock is None:
        return None
    hours, minutes, seconds = map(int, clock.split(":"))
    return 3600.0 * hours + 60 * minutes + seconds
