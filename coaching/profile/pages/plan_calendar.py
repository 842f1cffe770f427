"""Planned and done sessions of an athlete's plan, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from astral.charts import CalendarDay, CalendarMark, CalendarStrip, build_calendar_strip
from astral.dates.relative_dates import format_future_date
from athletes.models import Athlete
from coaching.assessments.values import PlanAhead, find_shown_plan
from coaching.models import CalendarSession, PlanInstance
from coaching.plan_instances.progress import PlanProgressDetail, SessionOutcome, load_progress
from coaching.profile.summary import AthleteSummary
from coaching.science.compliance import DoneActivity, WeekProgress
from metrics.formatting import format_distance, format_hours, format_number

MARK_BY_STATUS = {
    "green": CalendarMark.DONE,
    "yellow": CalendarMark.PARTLY,
    "orange": CalendarMark.PARTLY,
    "missed": CalendarMark.MISSED,
    "planned": CalendarMark.AHEAD,
}


@dataclass(frozen=True, slots=True)
class PlanCalendar:
    """The shown plan. `week`: "week 7 of 16"; `done`: this week's progress, `compliance`: the plan so far;
    both empty before the start or if activities are withheld; `others`: further plans, and when."""

    name: str
    is_running: bool
    start: date
    start_words: str
    week: str
    done: str
    compliance: str
    others: tuple[str, ...]
    strip: CalendarStrip


def build_plan_calendar(
    summary: AthleteSummary, athlete: Athlete, now: datetime, units: str
) -> PlanCalendar | None:
    """The active plan, otherwise the next one: seven statements; none without a plan."""
    plan = find_shown_plan(summary.plans)
    if plan is None:
        return None
    instances = PlanInstance.objects.select_related("plan", "athlete")
    instance = instances.get(pk=plan.plan_instance_id, athlete=athlete)
    progress, shows_activities = load_progress(instance, now), summary.visibility.activities
    return PlanCalendar(
        name=plan.name,
        is_running=plan.is_active,
        start=instance.start_date,
        start_words=format_future_date(instance.start_date, summary.today),
        week=f"week {plan.current_week} of {plan.total_weeks}",
        done=_format_week_progress(plan.week_progress) if plan.is_active else "",
        compliance=_format_percent(progress.compliance) if shows_activities and plan.is_active else "",
        others=tuple(_describe_other_plan(other, instance) for other in summary.plans if other is not plan),
        strip=_build_strip(instance, progress, units, shows_activities=shows_activities),
    )


def _describe_other_plan(plan: PlanAhead, shown: PlanInstance) -> str:
    if plan.start_date <= shown.last_day:
        return f"{plan.name} (both plans expect sessions in the same weeks)"
    return f"{plan.name} (afterwards)"


def _format_week_progress(week: WeekProgress | None) -> str:
    if week is None:
        return ""
    done = f"{week.sessions_completed} of {week.sessions_planned} sessions"
    load = f"load {format_number(week.load_done)} of {format_number(week.load_planned)}"
    compliance = "" if week.compliance is None else f", compliance {_format_percent(week.compliance)}"
    return f"{done}, {load}{compliance}"


def _format_percent(value: float | None) -> str:
    return format_number(value) if value is None else f"{format_number(value)} %"


def _build_strip(
    instance: PlanInstance, progress: PlanProgressDetail, units: str, *, shows_activities: bool
) -> CalendarStrip:
    days = _build_days(progress, units) if shows_activities else _build_planned_days(progress, units)
    return build_calendar_strip(
        "plan", "Planned and done", instance.monday, instance.last_day, days, progress.today
    )


def _build_days(progress: PlanProgressDetail, units: str) -> list[CalendarDay]:
    planned: dict[date, list[SessionOutcome]] = {}
    for session in progress.sessions:
        if session.session.sport != CalendarSession.REST:
            planned.setdefault(session.session.day, []).append(session)
    extra: dict[date, list[DoneActivity]] = {}
    for activity in progress.unplanned:
        extra.setdefault(activity.day, []).append(activity)
    with_plan = [
        _build_day(day, sessions, extra.get(day, ()), progress.today, units)
        for day, sessions in planned.items()
    ]
    without_plan = [
        CalendarDay(
            day,
            CalendarMark.EXTRA,
            " and ".join(_describe_activity(activity, units) for activity in activities),
        )
        for day, activities in extra.items()
        if day not in planned
    ]
    return [*with_plan, *without_plan]


def _build_planned_days(progress: PlanProgressDetail, units: str) -> list[CalendarDay]:
    """Days for a viewer who may not see activities."""
    planned: dict[date, list[str]] = {}
    for session in progress.sessions:
        if session.session.sport != CalendarSession.REST:
            planned.setdefault(session.session.day, []).append(_describe_session(session.session, units))
    absent_days = {session.session.day for session in progress.sessions if session.is_absent}
    return [
        CalendarDay(
            day, CalendarMark.ABSENT if day in absent_days else CalendarMark.AHEAD, " and ".join(texts)
        )
        for day, texts in planned.items()
    ]


def _build_day(
    day: date, sessions: Sequence[SessionOutcome], extra: Iterable[DoneActivity], today: date, units: str
) -> CalendarDay:
    """ABSENT if an absence prevented every session."""
    texts = [
        _describe_session(session.session, units) + _describe_outcome(session, units) for session in sessions
    ]
    texts += [f"also {_describe_activity(activity, units)}" for activity in extra]
    marks = {MARK_BY_STATUS[session.outcome.status(today)] for session in sessions if session.outcome}
    marks = marks or {CalendarMark.ABSENT}
    return CalendarDay(day, marks.pop() if len(marks) == 1 else _combine_marks(marks), "; ".join(texts))


def _combine_marks(marks: set[CalendarMark]) -> CalendarMark:
    return CalendarMark.AHEAD if marks <= {CalendarMark.AHEAD, CalendarMark.DONE} else CalendarMark.PARTLY


def _describe_outcome(session: SessionOutcome, units: str) -> str:
    if session.outcome is None:
        return ", not expected"
    activity = session.outcome.activity
    return f", done {_describe_activity(activity, units)}" if activity else ""


def _describe_session(session: CalendarSession, units: str) -> str:
    amount = (
        _format_amount(session.distance_m, session.duration_s, units) or f"load {format_number(session.load)}"
    )
    return f"{session.title or session.sport}, {amount}"


def _describe_activity(activity: DoneActivity, units: str) -> str:
    return f"{activity.sport} {_format_amount(activity.distance_m, activity.duration_s, units)}"


def _format_amount(distance_m: float | None, duration_s: float | None, units: str) -> str:
    if distance_m:
        return format_distance(distance_m, units)
    return format_hours(duration_s) if duration_s else ""
