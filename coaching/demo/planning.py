"""The sessions of a demo athlete's plan, of a group's plan, and the next race. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from coaching.demo.season import get_next_race
from coaching.demo.sessions import SessionContent, make_session
from coaching.demo.training import PlannedTraining, SimulatedTraining
from metrics.science.vdot import race_time
from metrics.science.zones import PACE_FR

MAX_REST_SHARE = 0.7  # of threshold speed: jogging and walking between two repetitions
GROUP_MINUTES = ((2, 30), (4, 30), (7, 40))  # weekday from 1, minutes in the first week
GROUP_WEEKS, GROUP_GROWTH = 8, 0.06
GROUP_START_DELAY_D = 15  # the plan starts in the future, so no session of it can be missed yet


@dataclass(frozen=True, slots=True)
class SimulatedRace:
    """The next race; the goal is the time that the athlete can run today, rounded to a minute."""

    day: date
    name: str
    distance_m: float
    priority: str
    goal_s: float


@dataclass(frozen=True, slots=True)
class SimulatedPlanSession:
    """A session at its place in a plan: `week` and `weekday` from 1, `position` within the day from 0."""

    week: int
    weekday: int
    position: int
    session: SessionContent
    distance_m: float | None = None


def build_next_race(training: SimulatedTraining) -> SimulatedRace:
    distance_m, name = get_next_race(training.person)
    goal = training.person.scenario.goal
    vdot = float(training.vdot[training.days.at(0)])
    wanted_s = race_time(vdot, distance_m) or 0.0
    return SimulatedRace(
        training.date_of(training.season.races[-1]),
        name,
        distance_m,
        goal.priority if goal else "A",
        60.0 * round(wanted_s / 60),
    )


def find_plan_dates(training: SimulatedTraining) -> tuple[date, date] | None:
    """Return the first Monday of the current plan and its last day, the race day; None without a plan."""
    plan, race_day = training.person.scenario.plan, build_next_race(training).day
    return (race_day - timedelta(days=7 * plan.weeks - 1), race_day) if plan else None


def list_plan_sessions(training: SimulatedTraining) -> tuple[SimulatedPlanSession, ...]:
    """Return every session of the plan except races, oldest first; empty without a plan."""
    span = find_plan_dates(training)
    if span is None:
        return ()
    sessions = (planned for planned in training.planned_sessions if not planned.race_m)
    inside = (planned for planned in sessions if span[0] <= training.date_of(planned.days_ago) <= span[1])
    by_day = groupby(inside, key=lambda planned: planned.days_ago)
    return tuple(
        _build_plan_session(training, planned, (training.date_of(ago) - span[0]).days, position)
        for ago, sessions_of_day in by_day
        for position, planned in enumerate(sessions_of_day)
    )


def _build_plan_session(
    training: SimulatedTraining, planned: PlannedTraining, offset_d: int, position: int
) -> SimulatedPlanSession:
    session = make_session(planned.slot.what, planned.slot.minutes, planned.week)
    speed_mps = training.threshold_mps(planned.days_ago) * session.share
    distance_m = session.duration_s * speed_mps if session.sport == "run" else None
    return SimulatedPlanSession(offset_d // 7 + 1, offset_d % 7 + 1, position, session, distance_m)


def list_group_sessions() -> tuple[SimulatedPlanSession, ...]:
    """Return the sessions of a group's plan: run and walk three times a week, a little longer each week."""
    return tuple(
        SimulatedPlanSession(
            week, weekday, 0, make_session("run_walk", round(minutes * (1 + GROUP_GROWTH * (week - 1))))
        )
        for week in range(1, GROUP_WEEKS + 1)
        for weekday, minutes in GROUP_MINUTES
    )


def find_group_start(today: date) -> date:
    """Return the Monday on which a group starts its plan."""
    earliest = today + timedelta(days=GROUP_START_DELAY_D)
    return earliest + timedelta(days=-earliest.weekday() % 7)


def find_session_zone(session: SessionContent) -> int | None:
    """Return the pace zone of a run; None for other sports and for steps in several zones."""
    if session.sport != "run":
        return None
    zones = {_find_zone(share) for _, share in session.steps}
    return 1 if session.is_easy else zones.pop() if len(zones) == 1 else None


def build_session_steps(session: SessionContent) -> list[dict[str, Any]]:
    """Return the steps of a run in the API's form; empty if the whole run is in one zone."""
    has_steps = session.sport == "run" and find_session_zone(session) is None
    return list(_iterate_steps(session)) if has_steps else []


def _iterate_steps(session: SessionContent) -> Iterator[dict[str, Any]]:
    """Join work and the rest after it into one step, and equal steps in a row into repetitions."""
    paired: list[tuple[float, float, float]] = []
    for seconds, share in session.steps:
        if share < MAX_REST_SHARE and paired:
            paired[-1] = (*paired[-1][:2], seconds)
        else:
            paired.append((seconds, share, 0.0))
    for (seconds, share), alike in groupby(paired, key=lambda step: step[:2]):
        rests = [rest for _, _, rest in alike]
        step = {"repeat": len(rests), "duration": round(seconds), "zone": _find_zone(share)}
        yield step | ({"recovery": rests[0]} if len(rests) > 1 else {})


def _find_zone(share: float) -> int:
    return bisect_right(PACE_FR, share) + 1
