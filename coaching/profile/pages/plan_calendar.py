"""Planned and done sessions of an athlete's plan, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from astral.charts import CalendarDay, CalendarMark, CalendarStrip, build_calendar_strip
from astral.ids import decode
from astral.relative_dates import ahead
from athletes.models import Athlete
from coaching.models import PlanInstance, PlanSession
from coaching.plan_instances.progress import PlanProgressDetail, SessionOutcome, load_progress
from coaching.profile.summary import AthleteSummary
from coaching.science.compliance import DoneActivity
from metrics.formatting import format_distance, format_hours, format_number

MARKS = {
    "green": CalendarMark.DONE,
    "yellow": CalendarMark.PARTLY,
    "orange": CalendarMark.PARTLY,
    "missed": CalendarMark.MISSED,
    "planned": CalendarMark.AHEAD,
}
ACTIVE = "active"


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


def load_plan_calendar(
    one: AthleteSummary, athlete: Athlete, now: datetime, units: str
) -> PlanCalendar | None:
    """The active plan, otherwise the next one: eight statements; none without a plan."""
    if not one.plans:
        return None
    plan_data = next((plan for plan in one.plans if plan["status"] == ACTIVE), one.plans[0])
    identifier = decode(PlanInstance.prefix, plan_data["plan_instance_id"])
    instance = PlanInstance.objects.select_related("plan", "athlete").get(pk=identifier, athlete=athlete)
    progress_detail, shares_activities, is_running = (
        load_progress(instance, now),
        "activities" not in one.withheld,
        plan_data["status"] == ACTIVE,
    )
    others = tuple(_beside(plan, instance) for plan in one.plans if plan is not plan_data)
    return PlanCalendar(
        name=plan_data["name"],
        is_running=is_running,
        start=instance.start_date,
        start_words=ahead(instance.start_date, one.today),
        week=f"week {plan_data['current_week']} of {plan_data['total_weeks']}",
        done=_week(plan_data["week_progress"]) if is_running else "",
        compliance=_percent(progress_detail.compliance) if shares_activities and is_running else "",
        others=others,
        strip=_strip(instance, progress_detail, units, shares_activities=shares_activities),
    )


def _beside(plan: Mapping[str, Any], shown: PlanInstance) -> str:
    if date.fromisoformat(plan["start_date"]) <= shown.last_day:
        return f"{plan['name']} (both plans expect sessions in the same weeks)"
    return f"{plan['name']} (afterwards)"


def _week(progress: Mapping[str, Any] | None) -> str:
    if progress is None:
        return ""
    done = f"{progress['sessions_completed']} of {progress['sessions_planned']} sessions"
    load = f"load {format_number(progress['load_done'])} of {format_number(progress['load_planned'])}"
    compliance = (
        f", compliance {_percent(progress['compliance'])}" if progress["compliance"] is not None else ""
    )
    return f"{done}, {load}{compliance}"


def _percent(value: float | None) -> str:
    return format_number(value) if value is None else f"{format_number(value)} %"


def _strip(
    instance: PlanInstance, progress_detail: PlanProgressDetail, units: str, *, shares_activities: bool
) -> CalendarStrip:
    last = instance.last_day
    days = _days(progress_detail, units) if shares_activities else _planned_days(progress_detail, units)
    return build_calendar_strip(
        "plan", "Planned and done", instance.monday, last, days, progress_detail.today
    )


def _days(progress_detail: PlanProgressDetail, units: str) -> list[CalendarDay]:
    planned: dict[date, list[SessionOutcome]] = {}
    for one in progress_detail.sessions:
        if one.session.sport != PlanSession.REST:
            planned.setdefault(one.day, []).append(one)
    extra: dict[date, list[DoneActivity]] = {}
    for activity in progress_detail.unplanned:
        extra.setdefault(activity.day, []).append(activity)
    found = [
        _day(day, sessions, extra.get(day, ()), progress_detail.today, units)
        for day, sessions in planned.items()
    ]
    alone = [
        CalendarDay(day, CalendarMark.EXTRA, " and ".join(_done(one, units) for one in done))
        for day, done in extra.items()
        if day not in planned
    ]
    return [*found, *alone]


def _planned_days(progress_detail: PlanProgressDetail, units: str) -> list[CalendarDay]:
    """Days for a viewer who may not see activities."""
    planned: dict[date, list[str]] = {}
    for one in progress_detail.sessions:
        if one.session.sport != PlanSession.REST:
            planned.setdefault(one.day, []).append(_session(one.session, units))
    away = {one.day for one in progress_detail.sessions if one.is_away}
    return [
        CalendarDay(day, CalendarMark.ABSENT if day in away else CalendarMark.AHEAD, " and ".join(texts))
        for day, texts in planned.items()
    ]


def _day(
    day: date, sessions: Sequence[SessionOutcome], extra: Iterable[DoneActivity], today: date, units: str
) -> CalendarDay:
    """ABSENT if an absence prevented every session."""
    texts = [_session(one.session, units) + _became(one, units) for one in sessions]
    texts += [f"also {_done(one, units)}" for one in extra]
    marks = {MARKS[one.outcome.status(today)] for one in sessions if one.outcome} or {CalendarMark.ABSENT}
    return CalendarDay(day, marks.pop() if len(marks) == 1 else _mixed(marks), "; ".join(texts))


def _mixed(marks: set[CalendarMark]) -> CalendarMark:
    return CalendarMark.AHEAD if marks <= {CalendarMark.AHEAD, CalendarMark.DONE} else CalendarMark.PARTLY


def _became(one: SessionOutcome, units: str) -> str:
    if one.outcome is None:
        return ", not expected"
    return f", done {_done(one.outcome.activity, units)}" if one.outcome.activity else ""


def _session(session: PlanSession, units: str) -> str:
    amount = _amount(session.distance_m, session.duration_s, units) or f"load {format_number(session.load)}"
    return f"{session.title or session.sport}, {amount}"


def _done(activity: DoneActivity, units: str) -> str:
    return f"{activity.sport} {_amount(activity.distance_m, activity.duration_s, units)}"


def _amount(distance_m: float | None, duration_s: float | None, units: str) -> str:
    if distance_m:
        return format_distance(distance_m, units)
    return format_hours(duration_s) if duration_s else ""
