"""Rows of the roster table as formatted texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from astral.charts import Sparkline
from astral.dates.relative_dates import format_future_date, format_past_date
from coaching.absences.current import current_absences
from coaching.assessments.values import PlanAhead, RaceAhead, find_shown_plan
from coaching.profile.current_metrics import CurrentMetrics
from coaching.profile.pages.signals import URGENCY_LABELS
from coaching.profile.summary import AthleteSummary
from coaching.roster.pages.attention_queue import build_athlete_url, describe_priority
from coaching.roster.pages.queue_picture import build_hrv_sparkline, build_load_bar
from coaching.roster.roster import RosterAthlete
from coaching.roster.saved_views.columns import NUMBER_COLUMNS
from coaching.roster.week_distances import WeekDistance
from coaching.science.compliance import WeekProgress
from metrics.formatting import (
    NO_VALUE,
    convert_distance,
    format_number,
    format_signed_number,
    get_distance_unit,
)
from metrics.pace_or_speed import format_sport_distance


@dataclass(frozen=True, slots=True)
class LastActivityCell:
    on: date
    words: str
    sport: str
    activity_text: str


@dataclass(frozen=True, slots=True)
class WeekCell:
    """`bar`: see `build_load_bar`."""

    distance: str
    load: str
    bar: float | None


@dataclass(frozen=True, slots=True)
class PlanCell:
    name: str
    week: str
    progress: str


@dataclass(frozen=True, slots=True)
class NextRaceCell:
    name: str
    on: date
    words: str
    priority: str


@dataclass(frozen=True, slots=True)
class AttentionCell:
    """All empty if the athlete needs no attention; `priority_text`: see `describe_priority`."""

    severity: str
    urgency: str
    priority_text: str


class NumberCell(NamedTuple):
    """A chosen column; the value is None if the athlete withholds it."""

    label: str
    value: str | None


@dataclass(frozen=True, slots=True)
class RosterTableRow:
    """Missing values are None or a dash. `hides_…`: the athlete withholds this category."""

    user_id: str
    name: str
    address: str
    attention: AttentionCell
    absence: str
    groups: Sequence[str]
    labels: Sequence[str]
    coach: str
    unread: int
    hides_activities: bool
    hides_health: bool
    hides_plans: bool
    last: LastActivityCell | None
    week: WeekCell
    fitness: str
    form: str
    hrv: Sparkline
    hrv_text: str
    recovery: str
    plan: PlanCell | None
    race: NextRaceCell | None
    numbers: Sequence[NumberCell]


def build_table_rows(
    athletes: Iterable[RosterAthlete],
    distances: Mapping[UUID, WeekDistance],
    coaches: Mapping[UUID, str],
    absent: Mapping[UUID, str],
    unread: Mapping[UUID, int],
    units: str,
    numbers: Sequence[str] = (),
) -> list[RosterTableRow]:
    """`distances`, `absent` (from `load_absence_texts`) and `unread` by athlete id.

    `coaches`: names by user id. `numbers`: names of NUMBER_COLUMNS.
    """
    return [
        replace(
            _build_row(athlete, distances.get(pk), coaches, absent.get(pk, ""), unread.get(pk, 0), units),
            numbers=_build_numbers(athlete.summary, numbers, units),
        )
        for athlete in athletes
        for pk in (athlete.summary.person.user_id,)
    ]


def _build_row(
    athlete: RosterAthlete,
    distance: WeekDistance | None,
    coaches: Mapping[UUID, str],
    absence: str,
    unread: int,
    units: str,
) -> RosterTableRow:
    summary, membership = athlete.summary, athlete.membership
    figures, user_id = summary.figures, summary.person.public_id
    return RosterTableRow(
        user_id=user_id,
        name=summary.person.name,
        address=build_athlete_url(user_id),
        attention=_build_attention(summary),
        absence=absence,
        groups=[group.name for group in membership.groups],
        labels=membership.labels or (),
        coach=coaches.get(membership.assigned_coach_id, "") if membership.assigned_coach_id else "",
        unread=unread,
        hides_activities=not summary.visibility.activities,
        hides_health=not summary.visibility.health,
        hides_plans=not summary.visibility.goals_and_plans,
        last=_build_last_activity(athlete, units),
        week=_build_week(figures, distance, units),
        fitness=format_number(figures.fitness),
        form=format_signed_number(figures.form),
        hrv=build_hrv_sparkline(athlete),
        hrv_text=format_number(figures.hrv_avg_ms, 0, "ms"),
        recovery=format_number(figures.recovery_score),
        plan=_build_plan(summary.plans, summary.today),
        race=_build_next_race(summary.races, summary.today),
        numbers=(),
    )


def _build_numbers(summary: AthleteSummary, names: Sequence[str], units: str) -> Sequence[NumberCell]:
    columns = [NUMBER_COLUMNS[name] for name in names]
    return [
        NumberCell(
            column.label,
            column.format(summary.figures, units) if getattr(summary.visibility, column.category) else None,
        )
        for column in columns
    ]


def _build_attention(summary: AthleteSummary) -> AttentionCell:
    signals = summary.visible_signals
    severity = "critical" if signals.urgent else "warning" if signals.watch else ""
    return AttentionCell(severity, URGENCY_LABELS.get(severity, ""), describe_priority(summary))


def _build_last_activity(athlete: RosterAthlete, units: str) -> LastActivityCell | None:
    activity, summary = athlete.last_activity, athlete.summary
    if activity is None:
        return None
    on = activity.started_at.astimezone(ZoneInfo(summary.person.timezone)).date()
    sport = activity.activity_type
    distance = f"{format_sport_distance(activity.distance_m, sport, units)} " if activity.distance_m else ""
    return LastActivityCell(on, format_past_date(on, summary.today), sport, f"{distance}{sport}")


def _build_week(figures: CurrentMetrics, distance: WeekDistance | None, units: str) -> WeekCell:
    load, usual = figures.current_week_load, figures.four_week_avg_load
    load_text = _add_usual_value(format_number(load), usual)
    return WeekCell(_format_week_distance(distance, units), load_text, build_load_bar(figures))


def _format_week_distance(distance: WeekDistance | None, units: str) -> str:
    if distance is None:
        return NO_VALUE
    text = format_number(convert_distance(distance.this_week_m, units), 0, get_distance_unit(units))
    return _add_usual_value(text, convert_distance(distance.four_week_avg_m, units))


def _add_usual_value(value: str, usual: float | None) -> str:
    """For example 77 km (63): the usual week in brackets."""
    return value if usual is None else f"{value} ({format_number(usual)})"


def _build_plan(plans: Sequence[PlanAhead], today: date) -> PlanCell | None:
    """The active plan, otherwise the next one."""
    plan = find_shown_plan(plans)
    if plan is None:
        return None
    if not plan.is_active:
        return PlanCell(plan.name, f"starts {format_future_date(plan.start_date, today)}", "")
    week = f"week {plan.current_week} of {plan.total_weeks}"
    return PlanCell(plan.name, week, _format_week_progress(plan.week_progress))


def _format_week_progress(week: WeekProgress | None) -> str:
    if week is None:
        return ""
    done = f"{week.sessions_completed} of {week.sessions_planned} sessions"
    return done if week.compliance is None else f"{done}, {format_number(week.compliance)}\u00a0%"


def _build_next_race(races: Sequence[RaceAhead], today: date) -> NextRaceCell | None:
    if not races:
        return None
    race = races[0]
    return NextRaceCell(race.name or "Race", race.date, format_future_date(race.date, today), race.priority)


def load_absence_texts(athletes: Iterable[AthleteSummary]) -> dict[UUID, str]:
    """Current absences as texts by athlete id; withheld absences are omitted. At most one statement."""
    days = {
        athlete.person.user_id: athlete.today for athlete in athletes if athlete.visibility.goals_and_plans
    }
    return {pk: absence.describe(days[pk]) for pk, absence in current_absences(days).items()}
