"""The sessions of an athlete's current plan, and the next race. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from coaching.demo.season import next_race
from coaching.demo.sessions import Session, make
from coaching.demo.training import RequestedSession, Training
from metrics.science.vdot import race_time
from metrics.science.zones import PACE_FR

RESTS_BELOW = 0.7  # of threshold speed: jogging and walking between two repetitions
GROUP_MINUTES = ((2, 30), (4, 30), (7, 40))  # weekday from 1, minutes in the first week
GROUP_WEEKS, GROUP_GROWTH = 8, 0.06
GROUP_STARTS_IN_D = 15  # so that no session is due yet


@dataclass(frozen=True, slots=True)
class NextRace:
    """The race ahead; the goal is what the athlete can run today, a little rounded up."""

    day: date
    name: str
    distance_m: float
    priority: str
    goal_s: float


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A session at its place in a plan: `week` and `weekday` from 1, `position` within the day from 0."""

    week: int
    weekday: int
    position: int
    session: Session
    distance_m: float | None = None


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


def planned_sessions(training: Training) -> tuple[PlanEntry, ...]:
    """Every session of the plan but its races, oldest first; empty without a plan."""
    span = plan_days(training)
    if span is None:
        return ()
    asked_for = (asked for asked in training.asked if not asked.race_m)
    inside = (asked for asked in asked_for if span[0] <= training.date_of(asked.ago) <= span[1])
    by_day = groupby(inside, key=lambda asked: asked.ago)
    return tuple(
        _planned(training, asked, (training.date_of(ago) - span[0]).days, position)
        for ago, sessions in by_day
        for position, asked in enumerate(sessions)
    )


def _planned(training: Training, asked: RequestedSession, offset_d: int, position: int) -> PlanEntry:
    session = make(asked.slot.what, asked.slot.minutes, asked.week)
    speed_mps = training.threshold_mps(asked.ago) * session.share
    distance_m = session.duration_s * speed_mps if session.sport == "run" else None
    return PlanEntry(offset_d // 7 + 1, offset_d % 7 + 1, position, session, distance_m)


def group_plan() -> tuple[PlanEntry, ...]:
    """What a whole group begins with: three outings a week of running and walking, a little longer each week."""
    return tuple(
        PlanEntry(week, weekday, 0, make("run_walk", round(minutes * (1 + GROUP_GROWTH * (week - 1)))))
        for week in range(1, GROUP_WEEKS + 1)
        for weekday, minutes in GROUP_MINUTES
    )


def group_start(today: date) -> date:
    """The Monday on which a group begins with its plan."""
    earliest = today + timedelta(days=GROUP_STARTS_IN_D)
    return earliest + timedelta(days=-earliest.weekday() % 7)


def zone_of(session: Session) -> int | None:
    """The pace zone of a run as a whole; None for other sports and where the steps lie in several."""
    if session.sport != "run":
        return None
    zones = {_zone(share) for _, share in session.steps}
    return 1 if session.is_easy else zones.pop() if len(zones) == 1 else None


def steps_of(session: Session) -> list[dict[str, Any]]:
    """The steps of a run in the API's format. Empty if one zone describes the run."""
    return list(_steps(session)) if session.sport == "run" and zone_of(session) is None else []


def _steps(session: Session) -> Iterator[dict[str, Any]]:
    """Join work and rest into one step, and equal steps in a row into repetitions."""
    paired: list[tuple[float, float, float]] = []
    for seconds, share in session.steps:
        if share < RESTS_BELOW and paired:
            paired[-1] = (*paired[-1][:2], seconds)
        else:
            paired.append((seconds, share, 0.0))
    for (seconds, share), alike in groupby(paired, key=lambda step: step[:2]):
        rests = [rest for _, _, rest in alike]
        step = {"repeat": len(rests), "duration": round(seconds), "zone": _zone(share)}
        yield step | ({"recovery": rests[0]} if len(rests) > 1 else {})


def _zone(share: float) -> int:
    return bisect_right(PACE_FR, share) + 1
