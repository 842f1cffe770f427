"""What stands in the calendar: the sessions of the plan that an athlete follows, and the race ahead. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from coaching.compliance import PlannedSession
from coaching.demo.season import next_race
from coaching.demo.sessions import make
from coaching.demo.training import Asked, Training
from metrics.science.vdot import race_time


@dataclass(frozen=True, slots=True)
class NextRace:
    """The race ahead; the goal is what the athlete can run today, a little rounded up."""

    day: date
    name: str
    distance_m: float
    priority: str
    goal_s: float


def next_race_of(training: Training) -> NextRace:
    distance_m, name = next_race(training.person)
    goal = training.person.story.goal
    vdot = float(training.vdot[training.days.at(0)])
    wanted_s = race_time(vdot, distance_m) or 0.0
    return NextRace(
        training.date_of(training.season.races[-1]),
        name,
        distance_m,
        goal.priority if goal else "A",
        60.0 * round(wanted_s / 60),
    )


def plan_days(training: Training) -> tuple[date, date] | None:
    """First Monday of the plan that is followed now, and its last day, the race's; None without a plan."""
    plan, race_day = training.person.story.plan, next_race_of(training).day
    return (race_day - timedelta(days=7 * plan.weeks - 1), race_day) if plan else None


def planned_sessions(training: Training) -> tuple[PlannedSession, ...]:
    """Every session of the plan but its races, oldest first; empty without a plan."""
    span = plan_days(training)
    if span is None:
        return ()
    asked_for = (asked for asked in training.asked if not asked.race_m)
    inside = (asked for asked in asked_for if span[0] <= training.date_of(asked.ago) <= span[1])
    return tuple(_planned(training, asked, number) for number, asked in enumerate(inside))


def _planned(training: Training, asked: Asked, number: int) -> PlannedSession:
    session = make(asked.slot.what, asked.slot.minutes, asked.week)
    speed_mps = training.threshold_mps(asked.ago) * session.share
    return PlannedSession(
        session_id=f"{training.person.email} {number:03d}",
        day=training.date_of(asked.ago),
        sport=session.sport,
        duration_s=session.duration_s,
        distance_m=session.duration_s * speed_mps if session.sport == "run" else None,
        load=session.load,
        is_key=session.is_key,
        is_easy=session.is_easy,
    )
