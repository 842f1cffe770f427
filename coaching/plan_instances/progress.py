"""The progress of one plan instance: each session with its day and outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coaching.assessments.inputs import LINKED_D
from coaching.attention import AbsencePeriod
from coaching.models import Absence as AbsenceRow
from coaching.models import CalendarSession, PlanInstance
from coaching.plans.schedule import Schedule, load_schedules
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
    """A session on its day. `outcome` is None if an absence prevented it, or if it was added too late to be
    judged.
    """

    session: CalendarSession
    outcome: Outcome | None
    is_absent: bool


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
    """Load the progress of an instance, which must have its plan and athlete. Five statements."""
    athlete, first, last = instance.athlete, instance.start_date, instance.last_day
    today = athlete.local_date(now)
    schedule = load_schedules([athlete.pk], first, last).get(athlete.pk, Schedule())
    speed = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory()).threshold_speed_on(today)
    planned = schedule.sessions(first, last, speed)
    before = first - timedelta(days=LINKED_D)
    log = next(load_training_logs([athlete], now, days=(today - min(before, today)).days))
    done = log.done_activities(before)
    outcomes = build_outcomes(planned, done, schedule.links())
    by_key = {outcome.session.session_id: outcome for outcome in outcomes}
    rows = AbsenceRow.objects.filter(athlete=athlete)
    absences = [AbsencePeriod(row.first_day, row.last_day or date.max) for row in rows]
    sessions = [
        _build_session_outcome(session, by_key, absences)
        for session in CalendarSession.objects.expected().filter(instance=instance)
    ]
    due = due_amounts([session.outcome for session in sessions if session.outcome], today)
    progress = plan_progress(instance.start_date, instance.plan.total_weeks, today)
    unplanned = find_unplanned_activities(done, outcomes)
    inside = [activity for activity in unplanned if first <= activity.day <= last]
    return PlanProgressDetail(sessions, volume_compliance(due), progress, today, inside)


def _build_session_outcome(
    session: CalendarSession,
    outcomes: dict[str, Outcome],
    absences: Sequence[AbsencePeriod],
) -> SessionOutcome:
    outcome = outcomes.get(str(session.pk))
    is_absent = any(absence.first <= session.day <= absence.last for absence in absences)
    prevented = outcome is not None and not outcome.is_completed and is_absent
    return SessionOutcome(session, None if prevented else outcome, is_absent)
