"""Compliance: match activities to planned sessions; compute the progress of weeks and plans. Pure.

See FORMULAS §10. Colours follow TrainingPeaks' help page. Doing more in one session does not make up for a
missed one. An unplanned run does not count as a planned one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

GREEN_RANGE = (0.8, 1.2)
YELLOW_RANGE = (0.5, 1.5)
EPSILON = 1e-9
# Sessions in different units are added as time. These values convert distance and load into time [J].
NOMINAL_SPEED_MPS = 1000 / 360
NOMINAL_LOAD_PER_H = 60.0
UNMEASURED_SESSION_S = 3600.0

ComplianceBand = Literal["green", "yellow", "orange", "missed"]
SessionStatus = Literal["green", "yellow", "orange", "missed", "planned", "rest"]


# Hundreds of these are created for each athlete. A named tuple takes a third of the time of a dataclass.


class PlannedSession(NamedTuple):
    """One planned session on its local date. Seconds, metres and Astral load."""

    session_id: str
    day: date
    sport: str = "run"
    duration_s: float | None = None
    distance_m: float | None = None
    load: float | None = None
    is_key: bool = False
    is_easy: bool = False
    is_rest: bool = False
    instance_id: str | None = None  # the plan that filled it in


class DoneActivity(NamedTuple):
    """The facts of an activity that compliance needs.

    `above_z1_share`: the share of the zoned time above zone 1, None without zones.
    """

    activity_id: str
    day: date
    sport: str = "run"
    duration_s: float | None = None
    distance_m: float | None = None
    load: float | None = None
    above_z1_share: float | None = None


class Outcome(NamedTuple):
    """A session and the activity that matches it.

    `ratio`: actual / planned, 0 without an activity. `planned_s`: from `planned_time_s`.
    """

    session: PlannedSession
    activity: DoneActivity | None
    ratio: float
    planned_s: float

    @property
    def is_completed(self) -> bool:
        return self.activity is not None

    def is_due(self, today: date) -> bool:
        """True if the day is over, or if the session is done today. Rest is never due."""
        session = self.session
        return not session.is_rest and (session.day < today or (session.day == today and self.is_completed))

    def status(self, today: date) -> SessionStatus:
        """The colour of a due session, otherwise "planned" or "rest"."""
        if self.session.is_rest:
            return "rest"
        return compliance_band(1.0, self.ratio) if self.is_due(today) else "planned"


class WeekProgress(NamedTuple):
    """The ISO week of one day. Compliance in per cent, None if no session was due."""

    sessions_completed: int
    sessions_planned: int
    load_done: float
    load_planned: float
    compliance: float | None


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """`current_week` is between 1 and `total_weeks`, also before the start and after the end."""

    current_week: int
    completed_weeks: int
    total_weeks: int


def compliance_band(planned: float, actual: float) -> ComplianceBand:
    """The colour of a due session: green within 20 % of the plan, yellow within 50 %, orange, or missed."""
    ratio = actual / planned
    if ratio <= 0:
        return "missed"
    if _is_within(ratio, GREEN_RANGE):
        return "green"
    return "yellow" if _is_within(ratio, YELLOW_RANGE) else "orange"


def volume_compliance(sessions: Iterable[tuple[float, float]]) -> float | None:
    """Volume compliance in per cent of (planned, actual) pairs. A session counts at most its planned amount.

    100 · Σ planned·min(1, actual/planned) / Σ planned; None without sessions.
    """
    pairs = list(sessions)
    planned = sum(amount for amount, _ in pairs)
    return 100 * sum(min(amount, done) for amount, done in pairs) / planned if planned > 0 else None


def execution_ratio(sessions: Iterable[tuple[float, float]]) -> float | None:
    """Σ actual / Σ planned of (planned, actual) pairs. Can exceed 1. None without sessions."""
    pairs = list(sessions)
    planned = sum(amount for amount, _ in pairs)
    return sum(done for _, done in pairs) / planned if planned > 0 else None


def session_compliance(sessions: Iterable[tuple[float, float]]) -> float | None:
    """Share of (planned, actual) pairs that are at least half done. None without sessions."""
    completed = [done >= YELLOW_RANGE[0] * amount - EPSILON for amount, done in sessions]
    return sum(completed) / len(completed) if completed else None


def due_amounts(outcomes: Iterable[Outcome], today: date) -> list[tuple[float, float]]:
    """(planned, actual) seconds of the due sessions: the input of the three functions above."""
    return [
        (outcome.planned_s, outcome.planned_s * outcome.ratio)
        for outcome in outcomes
        if outcome.is_due(today)
    ]


def match_sessions(
    sessions: Sequence[PlannedSession],
    activities: Sequence[DoneActivity],
    links: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Map session id → activity id. An activity matches at most one session.

    Manual links come first, then the same sport on the same local date, then ±1 day. Each round takes the
    pairs with the smallest |ln(actual/planned)| first.
    """
    by_day: dict[tuple[str, date], list[DoneActivity]] = {}
    for activity in activities:
        by_day.setdefault((activity.sport, activity.day), []).append(activity)
    known = {activity.activity_id for activity in activities}
    matched = {session: activity for session, activity in (links or {}).items() if activity in known}
    taken = set(matched.values())
    for day_offsets in ((0,), (-1, 1)):
        unmatched = [session for session in sessions if session.session_id not in matched]
        for _, session_id, activity_id in _candidate_pairs(unmatched, by_day, day_offsets):
            if session_id not in matched and activity_id not in taken:
                matched[session_id] = activity_id
                taken.add(activity_id)
    return matched


def build_outcomes(
    sessions: Sequence[PlannedSession],
    activities: Sequence[DoneActivity],
    links: Mapping[str, str] | None = None,
) -> tuple[Outcome, ...]:
    """The outcome of each session, by day.

    If a linked activity has no amount to compare, the session counts as done as planned.
    """
    matched = match_sessions(sessions, activities, links)
    by_id = {activity.activity_id: activity for activity in activities}
    outcomes = []
    for session in sorted(sessions, key=lambda session: (session.day, session.session_id)):
        activity = by_id.get(matched.get(session.session_id, ""))
        ratio = 0.0 if activity is None else amount_ratio(session, activity) or 1.0
        outcomes.append(Outcome(session, activity, ratio, planned_time_s(session)))
    return tuple(outcomes)


def planned_time_s(session: PlannedSession) -> float:
    """Planned seconds, estimated from distance or load if the plan has no time."""
    if session.duration_s:
        return session.duration_s
    if session.distance_m:
        return session.distance_m / NOMINAL_SPEED_MPS
    return session.load / NOMINAL_LOAD_PER_H * 3600 if session.load else UNMEASURED_SESSION_S


def amount_ratio(session: PlannedSession, activity: DoneActivity) -> float | None:
    """actual / planned time, else distance, else load. None if session and activity share none of them."""
    if session.duration_s and activity.duration_s:
        return activity.duration_s / session.duration_s
    if session.distance_m and activity.distance_m:
        return activity.distance_m / session.distance_m
    return activity.load / session.load if session.load and activity.load else None


def find_unplanned_activities(
    activities: Iterable[DoneActivity], outcomes: Iterable[Outcome]
) -> tuple[DoneActivity, ...]:
    """The activities that match no session, including those on a rest day."""
    matched = {outcome.activity.activity_id for outcome in outcomes if outcome.activity}
    return tuple(activity for activity in activities if activity.activity_id not in matched)


def week_progress(outcomes: Iterable[Outcome], today: date) -> WeekProgress:
    """The progress of the ISO week of `today`. `load_done` is the load of the matched activities."""
    monday = today - timedelta(days=today.weekday())
    next_monday = monday + timedelta(days=7)
    week = [
        outcome
        for outcome in outcomes
        if monday <= outcome.session.day < next_monday and not outcome.session.is_rest
    ]
    return WeekProgress(
        sessions_completed=sum(outcome.is_completed for outcome in week),
        sessions_planned=len(week),
        load_done=sum((outcome.activity.load or 0.0 for outcome in week if outcome.activity), 0.0),
        load_planned=sum((outcome.session.load or 0.0 for outcome in week), 0.0),
        compliance=volume_compliance(due_amounts(week, today)),
    )


def plan_progress(start: date, total_weeks: int, today: date) -> PlanProgress:
    """The progress of a plan. Week 1 begins on the Monday of the week of `start`."""
    weeks = (today - (start - timedelta(days=start.weekday()))).days // 7
    return PlanProgress(min(max(weeks + 1, 1), total_weeks), min(max(weeks, 0), total_weeks), total_weeks)


def _is_within(ratio: float, limits: tuple[float, float]) -> bool:
    return limits[0] - EPSILON <= ratio <= limits[1] + EPSILON


def _candidate_pairs(
    sessions: Sequence[PlannedSession],
    by_day: Mapping[tuple[str, date], list[DoneActivity]],
    day_offsets: tuple[int, ...],
) -> list[tuple[float, str, str]]:
    """Pairs of the same sport with these day offsets, closest amounts first, then by id."""
    pairs = []
    for session in sessions:
        if session.is_rest:
            continue
        for days in day_offsets:
            for activity in by_day.get((session.sport, session.day + timedelta(days=days)), ()):
                ratio = amount_ratio(session, activity)
                if ratio is not None:
                    pairs.append((abs(math.log(ratio)), session.session_id, activity.activity_id))
    return sorted(pairs)
