"""The progress of one plan instance: each session with its day and outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coaching.assessments.inputs import LINKED_D
from coaching.attention import AbsencePeriod
from coaching.models import Absence as AbsenceRow
from coaching.models import PlanInstance, PlanSession
from coaching.plans.schedule import build_session_key, load_schedules
from coaching.science.compliance import (
    DoneActivity,
    Outcome,
    PlanProgress,
    build_outcomes,
    due_amounts,
    find_unplanned_activities,
    plan_progress,
    volume_compliance,
)
from coaching.training_log.activities import load_training_logs
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds


@dataclass(frozen=True, slots=True)
class SessionOutcome:
    """A session on its day; `outcome` is None if an absence prevented it."""

    session: PlanSession
    day: date
    outcome: Outcome | None
    is_away: bool


@dataclass(frozen=True, slots=True)
class PlanProgressDetail:
    """`compliance`: per cent of the volume due so far; None if nothing was due. `unplanned`: activities of
    these weeks that match no session of any plan.
    """

    sessions: Sequence[SessionOutcome]
    compliance: float | None
    progress: PlanProgress
    today: date
    unplanned: Sequence[DoneActivity]


def load_progress(instance: PlanInstance, now: datetime) -> PlanProgressDetail:
    """Load the progress of an instance, which must have its plan and athlete. Six statements."""
    athlete, first, last = instance.athlete, instance.start_date, instance.last_day
    today = athlete.local_date(now)
    plans = load_schedules([athlete.pk], first, last).get(athlete.pk, [])
    speed = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory()).threshold_speed_on(today)
    planned = [session for plan in plans for session in plan.sessions(first, last, speed)]
    links = {session: activity for plan in plans for session, activity in plan.links.items()}
    before = first - timedelta(days=LINKED_D)
    log = next(load_training_logs([athlete], now, days=(today - min(before, today)).days))
    done = log.done_activities(before)
    outcomes = build_outcomes(planned, done, links)
    by_key = {outcome.session.session_id: outcome for outcome in outcomes}
    rows = AbsenceRow.objects.filter(athlete=athlete)
    absences = [AbsencePeriod(row.first_day, row.last_day or date.max) for row in rows]
    sessions = [
        _build_session_outcome(instance, session, by_key, absences)
        for session in instance.plan.sessions.all()
    ]
    expected = [session for session in sessions if instance.covers(session.day)]
    due = due_amounts([session.outcome for session in expected if session.outcome], today)
    progress = plan_progress(instance.start_date, instance.plan.total_weeks, today)
    unplanned = find_unplanned_activities(done, outcomes)
    inside = [activity for activity in unplanned if first <= activity.day <= last]
    return PlanProgressDetail(expected, volume_compliance(due), progress, today, inside)


def _build_session_outcome(
    instance: PlanInstance,
    session: PlanSession,
    outcomes: dict[str, Outcome],
    absences: Sequence[AbsencePeriod],
) -> SessionOutcome:
    day, outcome = instance.day_of(session), outcomes.get(build_session_key(instance.pk, session.pk))
    is_away = any(absence.first <= day <= absence.last for absence in absences)
    prevented = outcome is not None and not outcome.is_completed and is_away
    return SessionOutcome(session, day, None if prevented else outcome, is_away)
