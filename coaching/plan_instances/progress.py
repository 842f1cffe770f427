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
    """Six statements; `instance` with its plan and athlete."""
    athlete, first, last = instance.athlete, instance.start_date, instance.last_day
    today = athlete.local_date(now)
    plans = load_schedules([athlete.pk], first, last).get(athlete.pk, [])
    speed = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory()).threshold_speed_on(today)
    planned = [session for plan in plans for session in plan.sessions(first, last, speed)]
    links = {session: activity for plan in plans for session, activity in plan.links.items()}
    before = first - timedelta(days=LINKED_D)
    practice = next(load_training_logs([athlete], now, days=(today - min(before, today)).days))
    done = practice.done_activities(before)
    judged = build_outcomes(planned, done, links)
    found = {one.session.session_id: one for one in judged}
    rows = AbsenceRow.objects.filter(athlete=athlete)
    away = [AbsencePeriod(row.first_day, row.last_day or date.max) for row in rows]
    sessions = [
        _build_session_outcome(instance, session, found, away) for session in instance.plan.sessions.all()
    ]
    expected = [one for one in sessions if instance.covers(one.day)]
    due = due_amounts([one.outcome for one in expected if one.outcome], today)
    progress = plan_progress(instance.start_date, instance.plan.total_weeks, today)
    extra = [one for one in find_unplanned_activities(done, judged) if first <= one.day <= last]
    return PlanProgressDetail(expected, volume_compliance(due), progress, today, extra)


def _build_session_outcome(
    instance: PlanInstance, session: PlanSession, found: dict[str, Outcome], away: Sequence[AbsencePeriod]
) -> SessionOutcome:
    day, outcome = instance.day_of(session), found.get(build_session_key(instance.pk, session.pk))
    is_away = any(one.first <= day <= one.last for one in away)
    prevented = outcome is not None and not outcome.is_completed and is_away
    return SessionOutcome(session, day, None if prevented else outcome, is_away)
