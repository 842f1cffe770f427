"""The calendar of one made-up athlete as rows: past and next races, absences, and the current plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from athletes.models import Athlete, Group, Organization, User
from coaching.demo.daily_conditions import list_absences
from coaching.demo.planning import (
    GROUP_WEEKS,
    SimulatedPlanSession,
    build_next_race,
    build_session_steps,
    find_group_start,
    find_plan_dates,
    find_session_zone,
    list_group_sessions,
    list_plan_sessions,
)
from coaching.demo.rows import SimulatedHistory
from coaching.models import Absence, CalendarSession, Plan, PlanInstance, PlanSession, Race
from coaching.plans.filling import build_calendar_sessions

ENTERED_BEFORE = timedelta(days=1)  # how long before its first day an absence is entered


@dataclass(frozen=True, slots=True)
class PlanRows:
    """A plan with its sessions, the plan instances of the athletes who follow it, and their calendars."""

    plan: Plan
    sessions: Sequence[PlanSession]
    instances: Sequence[PlanInstance]
    calendar: Sequence[CalendarSession]


def build_races(past: SimulatedHistory) -> list[Race]:
    """Return the past races with results and the next race with its goal, oldest first."""
    next_race = build_next_race(past.training)
    goal = Race(
        athlete_id=past.athlete.pk,
        name=next_race.name,
        date=next_race.day,
        distance_m=next_race.distance_m,
        goal_time_s=next_race.goal_s,
        priority=next_race.priority,
        created_at=past.now - timedelta(days=60),
    )
    return [*_build_past_races(past), goal]


def _build_past_races(past: SimulatedHistory) -> Iterable[Race]:
    for (done, _), (activity, _) in zip(past.simulated_sessions, past.activities, strict=True):
        if done.session.is_race and done.session.distance_m:
            yield Race(
                athlete_id=past.athlete.pk,
                name=activity.name,
                date=activity.local_date,
                distance_m=done.session.distance_m,
                result_time_s=round(activity.elapsed_s or activity.duration_s),
                priority=Race.Priority.A if done.days_ago in past.training.season.races else Race.Priority.C,
                created_at=activity.created_at,
            )


def build_absences(past: SimulatedHistory) -> list[Absence]:
    return [
        Absence(
            athlete_id=past.athlete.pk,
            kind=absence.kind,
            first_day=past.day(absence.first),
            last_day=past.day(absence.last),
            created_at=past.now - timedelta(days=absence.first) - ENTERED_BEFORE,
        )
        for absence in list_absences(past.person)
    ]


def build_athlete_plan(past: SimulatedHistory, organization: Organization, coach: User) -> PlanRows | None:
    """Return the athlete's own plan with its sessions and instance; None without a plan."""
    span, scenario_plan = find_plan_dates(past.training), past.person.scenario.plan
    if span is None or scenario_plan is None:
        return None
    race = build_next_race(past.training)
    assigned_at = past.now - timedelta(days=(past.training.today - span[0]).days + 4)
    plan = Plan(
        organization=organization,
        name=f"{scenario_plan.name}, for {past.person.name.split()[0]}",
        description=f"Towards the {race.name} of {race.day:%d %B %Y}.",
        total_weeks=scenario_plan.weeks,
        created_by=coach,
        created_at=assigned_at,
    )
    return _build_plan_rows(plan, list_plan_sessions(past.training), [past.athlete], span[0])


def build_group_plan(group: Group, athletes: Sequence[Athlete], coach: User, now: datetime) -> PlanRows:
    """Return the plan that these athletes of the group start on a Monday after `now`."""
    plan = Plan(
        organization_id=group.organization_id,
        name=f"{group.name}, {GROUP_WEEKS} weeks",
        description="Running and walking, three times a week.",
        total_weeks=GROUP_WEEKS,
        created_by=coach,
        created_at=now,
    )
    return _build_plan_rows(plan, list_group_sessions(), athletes, find_group_start(now.date()), group)


def _build_plan_rows(
    plan: Plan,
    planned: Iterable[SimulatedPlanSession],
    athletes: Sequence[Athlete],
    start: date,
    group: Group | None = None,
) -> PlanRows:
    instances = [
        PlanInstance(
            athlete=athlete,
            plan=plan,
            group=group,
            start_date=start,
            assigned_by=plan.created_by,
            created_at=plan.created_at,
        )
        for athlete in athletes
    ]
    sessions = [_build_plan_session(plan, session) for session in planned]
    calendar = [
        session for instance in instances for session in build_calendar_sessions(instance, plan, sessions)
    ]
    return PlanRows(plan, sessions, instances, calendar)


def _build_plan_session(plan: Plan, planned: SimulatedPlanSession) -> PlanSession:
    session = planned.session
    return PlanSession(
        plan=plan,
        week=planned.week,
        weekday=planned.weekday,
        position=planned.position,
        sport=session.sport,
        title=session.name,
        duration_s=60.0 * round(session.duration_s / 60),
        distance_m=100.0 * round(planned.distance_m / 100) if planned.distance_m else None,
        load=round(session.load, 1),
        zone=find_session_zone(session),
        steps=build_session_steps(session),
        is_key=session.is_key,
    )
