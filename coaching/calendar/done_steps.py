"""Which session an activity was, with its steps. The activity page and the API of intervals ask this."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from athletes.looks.collector import get_look_collector
from athletes.models import Athlete
from athletes.organizations.consent import load_visibilities
from athletes.rights import EVERYTHING, NOTHING, Category, Viewer
from coaching.calendar.reader import load_entries
from coaching.models import CalendarSession
from coaching.steps.planned_parts import list_planned_parts
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds
from metrics.activities.intervals.session_steps import SessionSteps
from metrics.models import Activity

MATCHED_DAYS = timedelta(days=1)


def find_session_steps(viewer: Viewer, activity: Activity, now: datetime) -> SessionSteps | None:
    """The session with steps that this activity was; None without one, or if the viewer may not see plans.

    One statement without such sessions near the day, and one more for another athlete. The access log gets
    a look at the plans if a session is shown.
    """
    athlete, day = activity.athlete, activity.local_date
    near = Q(day__range=(day - MATCHED_DAYS, day + MATCHED_DAYS)) | Q(link__activity=activity.pk)
    with_steps = CalendarSession.objects.expected().filter(near, athlete=athlete, is_skipped=False)
    sessions = {row.pk: row for row in with_steps.exclude(steps=[]).exclude(sport="rest")}
    if not sessions or not _may_see_plans(viewer, athlete):
        return None
    entries = load_entries(athlete, sessions, now, EVERYTHING)
    session_id = next((entry.row.planned.id for entry in entries if entry.activity_id == activity.pk), None)
    session = next((row for pk, row in sessions.items() if str(pk) == session_id), None)
    if session is None:
        return None
    get_look_collector().add(viewer, athlete.pk, (Category.GOALS_AND_PLANS.value,))
    thresholds = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory())
    parts = list_planned_parts(session.steps, thresholds.threshold_speed_on(day))
    return SessionSteps(session.public_id, session.title or session.sport.capitalize(), parts)


def _may_see_plans(viewer: Viewer, athlete: Athlete) -> bool:
    if viewer.pk == athlete.pk:
        return True
    visibility = load_visibilities(viewer, [athlete.pk]).get(athlete.pk, NOTHING)
    return visibility.goals_and_plans
