"""Planned and done sessions of an athlete's plan, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from astral.charts import CalendarDay, CalendarMark, CalendarStrip, build_calendar_strip
from astral.dates.relative_dates import format_future_date
from astral.ids import decode
from athletes.models import Athlete
from coaching.models import PlanInstance, PlanSession
from coaching.plan_instances.progress import PlanProgressDetail, SessionOutcome, load_progress
from coaching.profile.summary import AthleteSummary
from coaching.science.compliance import DoneActivity
from metrics.formatting import format_distance, format_hours, format_number

MARK_BY_STATUS = {
    "green": CalendarMark.DONE,
    "yellow": CalendarMark.PARTLY,
    "orange": CalendarMark.PARTLY,
    "missed": CalendarMark.MISSED,
    "planned": CalendarMark.AHEAD,
}
ACTIVE_STATUS = "active"


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
    one: AthleteSummary, athlete: Athlete, now: datetime, units: str
) -> PlanCalendar | None:
    """The active plan, otherwise the next one: eight statements; none without a plan."""
    if not one.plans:
        return None
    told = next((plan for plan in one.plans if plan["status"] == ACTIVE_STATUS), one.plans[0])
    identifier = decode(PlanInstance.prefix, told["plan_instance_id"])
    instance = PlanInstance.objects.select_related("plan", "athlete").get(pk=identifier, athlete=athlete)
    story, trains, runs = (
        load_progress(instance, now),
        "activities" not in one.withheld,
        told["status"] == ACTIVE_STATUS,
    )
    others = tuple(_describe_other_plan(plan, instance) for plan in one.plans if plan is not told)
    return PlanCalendar(
        name=told["name"],
        is_running=runs,
        start=instance.start_date,
        start_words=format_future_date(instance.start_date, one.today),
        week=f"week {told['current_week']} of {told['total_weeks']}",
        done=_format_week_progress(told["week_progress"]) if runs else "",
        compliance=_format_percent(story.compliance) if trains and runs else "",
        others=others,
        strip=_build_strip(instance, story, units, trains=trains),
    )


def _describe_other_plan(plan: Mapping[str, Any], shown: PlanInstance) -> str:
    if date.fromisoformat(plan["start_date"]) <= shown.last_day:
        return f"{plan['name']} (both plans expect sessions in the same weeks)"
    return f"{plan['name']} (afterwards)"


def _format_week_progress(progress: Mapping[str, Any] | None) -> str:
    if progress is None:
        return ""
    done = f"{progress['sessions_completed']} of {progress['sessions_planned']} sessions"
    load = f"load {format_number(progress['load_done'])} of {format_number(progress['load_planned'])}"
    compliance = (
        f", compliance {_format_percent(progress['compliance'])}"
        if progress["compliance"] is not None
        else ""
    )
    return f"{done}, {load}{compliance}"


def _format_percent(value: float | None) -> str:
    return format_number(value) if value is None else f"{format_number(value)} %"


def _build_strip(
    instance: PlanInstance, story: PlanProgressDetail, units: str, *, trains: bool
) -> CalendarStrip:
    last = instance.last_day
    days = _build_days(story, units) if trains else _build_planned_days(story, units)
    return build_calendar_strip("plan", "Planned and done", instance.monday, last, days, story.today)


def _build_days(story: PlanProgressDetail, units: str) -> list[CalendarDay]:
    planned: dict[date, list[SessionOutcome]] = {}
    for one in story.sessions:
        if one.session.sport != PlanSession.REST:
            planned.setdefault(one.day, []).append(one)
    extra: dict[date, list[DoneActivity]] = {}
    for activity in story.unplanned:
        extra.setdefault(activity.day, []).append(activity)
    found = [
        _build_day(day, sessions, extra.get(day, ()), story.today, units) for day, sessions in planned.items()
    ]
    alone = [
        CalendarDay(day, CalendarMark.EXTRA, " and ".join(_describe_activity(one, units) for one in done))
        for day, done in extra.items()
        if day not in planned
    ]
    return [*found, *alone]


def _build_planned_days(story: PlanProgressDetail, units: str) -> list[CalendarDay]:
    """Days for a viewer who may not see activities."""
    planned: dict[date, list[str]] = {}
    for one in story.sessions:
        if one.session.sport != PlanSession.REST:
            planned.setdefault(one.day, []).append(_describe_session(one.session, units))
    away = {one.day for one in story.sessions if one.is_away}
    return [
        CalendarDay(day, CalendarMark.ABSENT if day in away else CalendarMark.AHEAD, " and ".join(texts))
        for day, texts in planned.items()
    ]


def _build_day(
    day: date, sessions: Sequence[SessionOutcome], extra: Iterable[DoneActivity], today: date, units: str
) -> CalendarDay:
    """ABSENT if an absence prevented every session."""
    told = [_describe_session(one.session, units) + _describe_outcome(one, units) for one in sessions]
    told += [f"also {_describe_activity(one, units)}" for one in extra]
    marks = {MARK_BY_STATUS[one.outcome.status(today)] for one in sessions if one.outcome} or {
        CalendarMark.ABSENT
    }
    return CalendarDay(day, marks.pop() if len(marks) == 1 else _combine_marks(marks), "; ".join(told))


def _combine_marks(marks: set[CalendarMark]) -> CalendarMark:
    return CalendarMark.AHEAD if marks <= {CalendarMark.AHEAD, CalendarMark.DONE} else CalendarMark.PARTLY


def _describe_outcome(one: SessionOutcome, units: str) -> str:
    if one.outcome is None:
        return ", not expected"
    return f", done {_describe_activity(one.outcome.activity, units)}" if one.outcome.activity else ""


def _describe_session(session: PlanSession, units: str) -> str:
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
