"""A group's weeks and plans as texts and a chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse

from astral.charts import Bars, Chart, ChartSide, ChartTable, Series, draw_chart
from astral.dates.local_time import format_date
from astral.dates.relative_dates import format_future_date, format_past_date
from coaching.groups.plans import GroupPlan, GroupPlans
from coaching.groups.todays_sessions import TodaysSession
from coaching.groups.training_weeks import GroupAthlete, GroupWeeks, WeekTotals
from coaching.plans.drafts.line_text import write_line
from coaching.plans.editing import read_content
from coaching.science.compliance import plan_progress
from metrics.formatting import (
    convert_distance,
    format_distance,
    format_hours,
    format_number,
    get_distance_unit,
)

HALF_WEEK = timedelta(days=3)  # from Monday to the middle of a week's bar
WEEK_TABLE_HEADINGS = ("Week of", "Runs", "Time", "Load", "Activities")


@dataclass(frozen=True, slots=True)
class GroupWeekCells:
    runs: str
    distance: str
    load: str


@dataclass(frozen=True, slots=True)
class GroupAthleteRow:
    """`weeks`: this and last week; empty if not shared.

    `may_leave`: the viewer may remove the athlete from the group.
    """

    user_id: str
    name: str
    address: str
    weeks: Sequence[GroupWeekCells]
    last_run: date | None
    last_run_words: str
    may_leave: bool


@dataclass(frozen=True, slots=True)
class GroupPlanRow:
    """`lacking`: names and URLs of athletes who share plans but do not have this one.

    `unknown`: number of athletes who do not share plans.
    """

    plan_id: str
    name: str
    start_date: date
    when_text: str
    followed_by: int
    lacking: Sequence[tuple[str, str]]
    unknown: int


@dataclass(frozen=True, slots=True)
class TodayRow:
    """A session of today. `state`: done, open, skipped or withheld."""

    name: str
    address: str
    session: str
    state: str


def build_today_rows(
    sessions: Iterable[TodaysSession], athletes: Iterable[GroupAthlete], units: str
) -> list[TodayRow]:
    """Open ones first, then by name, as the sessions come."""
    by_id = {athlete.user_id: athlete for athlete in athletes}
    rows = [
        TodayRow(
            by_id[row.athlete_id].name,
            _build_plans_url(by_id[row.athlete_id]),
            write_line(read_content(row.session), units),
            _find_state(row),
        )
        for row in sessions
    ]
    return sorted(rows, key=lambda row: row.state != "open")


def _find_state(row: TodaysSession) -> str:
    if row.is_done is None:
        return "withheld"
    if row.is_done:
        return "done"
    return "skipped" if row.session.is_skipped else "open"


def build_weeks_chart(group_weeks: GroupWeeks, units: str) -> Chart:
    """Draw run distance as bars and load as a line. The table has all numbers."""
    if not any(week.activity_count for week in group_weeks.weeks):
        return draw_chart("weeks", "Week by week", ChartSide(), empty="No activities in these weeks.")
    distances = [convert_distance(week.run_distance_m, units) for week in group_weeks.weeks]
    loads = [round(week.training_load) for week in group_weeks.weeks]
    middles = [monday + HALF_WEEK for monday in group_weeks.mondays]
    return draw_chart(
        "weeks",
        "Week by week",
        ChartSide(
            bars=Bars(
                f"Distance of runs, {get_distance_unit(units)}",
                group_weeks.mondays,
                distances,
                is_last_partial=True,
            )
        ),
        ChartSide((Series("Load", middles, loads),), from_zero=True),
        table=ChartTable(
            WEEK_TABLE_HEADINGS,
            tuple(
                _build_week_row(*week, units)
                for week in zip(group_weeks.mondays, group_weeks.weeks, strict=True)
            ),
        ),
    )


def _build_week_row(monday: date, week: WeekTotals, units: str) -> tuple[str, ...]:
    return (
        format_date(monday),
        format_distance(week.run_distance_m, units),
        format_hours(week.duration_s),
        format_number(week.training_load),
        format_number(week.activity_count),
    )


def build_athlete_row(athlete: GroupAthlete, units: str, *, may_leave: bool) -> GroupAthleteRow:
    weeks = athlete.training_weeks
    last = weeks.last_run if weeks else None
    return GroupAthleteRow(
        user_id=athlete.public_id,
        name=athlete.name,
        address=reverse("athlete-page", args=[athlete.public_id]),
        weeks=[_build_week_cells(week, units) for week in (weeks.this_week, weeks.last_week)]
        if weeks
        else (),
        last_run=last,
        last_run_words=format_past_date(last, athlete.today) if last else "",
        may_leave=may_leave,
    )


def _build_week_cells(week: WeekTotals, units: str) -> GroupWeekCells:
    return GroupWeekCells(
        format_number(week.run_count),
        format_distance(week.run_distance_m, units),
        format_number(week.training_load),
    )


def build_plan_rows(
    group_plans: GroupPlans, athletes: Sequence[GroupAthlete], now: datetime
) -> list[GroupPlanRow]:
    by_id = {athlete.user_id: athlete for athlete in athletes}
    return [_build_plan_row(plan, group_plans.sharing_ids, by_id, now.date()) for plan in group_plans.plans]


def _build_plans_url(athlete: GroupAthlete) -> str:
    return f"{reverse('athlete-page', args=[athlete.public_id])}#calendar"


def _build_plan_row(
    plan: GroupPlan, sharing: frozenset[UUID], athletes: dict[UUID, GroupAthlete], utc_today: date
) -> GroupPlanRow:
    days = [athlete.today for pk, athlete in athletes.items() if pk in plan.followed_by]
    return GroupPlanRow(
        plan_id=plan.plan_id,
        name=plan.name,
        start_date=plan.start_date,
        when_text=_describe_progress(plan, days or [utc_today]),
        followed_by=len(plan.followed_by),
        lacking=[
            (athlete.name, _build_plans_url(athlete))
            for pk, athlete in athletes.items()
            if pk in sharing - plan.followed_by
        ],
        unknown=len(athletes.keys() - sharing),
    )


def _describe_progress(plan: GroupPlan, days: Sequence[date]) -> str:
    """`days`: today of each athlete who has the plan. Names those of whom another text is true, too."""
    counts = Counter(_describe_day(plan, day) for day in sorted(days))
    (most, _), *others = counts.most_common()
    return "; ".join([most, *(f"for {count} in another time zone {text}" for text, count in others)])


def _describe_day(plan: GroupPlan, today: date) -> str:
    if today < plan.start_date:
        return f"starts {format_future_date(plan.start_date, today)}"
    week = plan_progress(plan.start_date, plan.total_weeks, today).current_week
    return f"week {week} of {plan.total_weeks}"
