"""What stands in the calendar: the sessions of the plan that an athlete follows, and the race ahead. Pure."""

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
GROUP_START_DELAY_D = 15  # so that nothing of it is expected of anybody yet


@dataclass(frozen=True, slots=True)
class SimulatedRace:
    """The race ahead; the goal is what the athlete can run today, a little rounded up."""

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
    """First Monday of the plan that is followed now, and its last day, the race's; None without a plan."""
    plan, race_day = training.person.scenario.plan, build_next_race(training).day
    return (race_day - timedelta(days=7 * plan.weeks - 1), race_day) if plan else None


def list_plan_sessions(training: SimulatedTraining) -> tuple[SimulatedPlanSession, ...]:
    """Every session of the plan but its races, oldest first; empty without a plan."""
    span = find_plan_dates(training)
    if span is None:
        return ()
    asked_for = (asked for asked in training.planned_sessions if not asked.race_m)
    inside = (asked for asked in asked_for if span[0] <= training.date_of(asked.days_ago) <= span[1])
    by_day = groupby(inside, key=lambda asked: asked.days_ago)
    return tuple(
        _build_plan_session(training, asked, (training.date_of(ago) - span[0]).days, position)
        for ago, sessions in by_day
        for position, asked in enumerate(sessions)
    )


def _build_plan_session(
    training: SimulatedTraining, asked: PlannedTraining, offset_d: int, position: int
) -> SimulatedPlanSession:
    session = make_session(asked.slot.what, asked.slot.minutes, asked.week)
    speed_mps = training.threshold_mps(asked.days_ago) * session.share
    distance_m = session.duration_s * speed_mps if session.sport == "run" else None
    return SimulatedPlanSession(offset_d // 7 + 1, offset_d % 7 + 1, position, session, distance_m)


def list_group_sessions() -> tuple[SimulatedPlanSession, ...]:
    """What a whole group begins with: three outings a week of running and walking, a little longer each week."""
    return tuple(
        SimulatedPlanSession(
            week, weekday, 0, make_session("run_walk", round(minutes * (1 + GROUP_GROWTH * (week - 1))))
        )
        for week in range(1, GROUP_WEEKS + 1)
        for weekday, minutes in GROUP_MINUTES
    )


def find_group_start(today: date) -> date:
    """The Monday on which a group begins with its plan."""
    earliest = today + timedelta(days=GROUP_START_DELAY_D)
    return earliest + timedelta(days=-earliest.weekday() % 7)


def find_session_zone(session: SessionContent) -> int | None:
    """The pace zone of a run as a whole; None for other sports and where the steps lie in several."""
    if session.sport != "run":
        return None
    zones = {_find_zone(share) for _, share in session.steps}
    return 1 if session.is_easy else zones.pop() if len(zones) == 1 else None


def build_session_steps(session: SessionContent) -> list[dict[str, Any]]:
    """What a run is made of, as the API says it; empty where one zone says it all."""
    return (
        list(_iterate_steps(session)) if session.sport == "run" and find_session_zone(session) is None else []
    )


def _iterate_steps(session: SessionContent) -> Iterator[dict[str, Any]]:
    """Work and the rest after it are one step, and the same ones in a row are repetitions."""
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
