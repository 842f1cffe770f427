"""What the athletes of a group were to do today, and who has done it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from athletes.models import Athlete
from athletes.rights import Visibility
from coaching.assessments.inputs import AHEAD_D, LINKED_D, match_planned_sessions
from coaching.models import CalendarSession
from coaching.plans.schedule import Schedule, load_schedules
from coaching.training_log.activities import SESSIONS_D, load_training_logs
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds


@dataclass(frozen=True, slots=True)
class TodaysSession:
    """`is_done` is None if the athlete's activities are withheld."""

    athlete_id: UUID
    session: CalendarSession
    is_done: bool | None


def load_todays_sessions(visibilities: Mapping[UUID, Visibility], now: datetime) -> list[TodaysSession]:
    """Sessions of each athlete's local day without rest, in the order of `visibilities`.

    Athletes who withhold goals and plans are left out. Six statements for any number of athletes; two if
    nothing is planned today.
    """
    planning = [pk for pk, visibility in visibilities.items() if visibility.goals_and_plans]
    athletes = {athlete.pk: athlete for athlete in Athlete.objects.filter(pk__in=planning)}
    sessions = _load_sessions({pk: athlete.local_date(now) for pk, athlete in athletes.items()})
    shown = [athletes[pk] for pk in planning if pk in sessions]
    done = _load_done_ids([athlete for athlete in shown if visibilities[athlete.pk].activities], now)
    return [
        TodaysSession(
            athlete.pk, session, str(session.pk) in done if visibilities[athlete.pk].activities else None
        )
        for athlete in shown
        for session in sessions[athlete.pk]
    ]


def _load_sessions(days: Mapping[UUID, date]) -> dict[UUID, list[CalendarSession]]:
    """The sessions of one day of each athlete."""
    expected = CalendarSession.objects.expected().exclude(sport=CalendarSession.REST)
    rows = expected.filter(athlete_id__in=list(days), day__in=set(days.values()))
    found: dict[UUID, list[CalendarSession]] = {}
    for row in rows.order_by("athlete_id", "position", "pk"):
        if row.day == days[row.athlete_id]:
            found.setdefault(row.athlete_id, []).append(row)
    return found


def _load_done_ids(athletes: Sequence[Athlete], now: datetime) -> set[str]:
    """The ids of the sessions that an activity matches. Four statements; none without athletes."""
    if not athletes:
        return set()
    ids, utc_day = [athlete.pk for athlete in athletes], now.date()
    first, last = utc_day - timedelta(days=SESSIONS_D + 1), utc_day + timedelta(days=AHEAD_D + 1)
    schedules, thresholds = load_schedules(ids, first, last), load_thresholds(athletes, now)
    logs = load_training_logs(athletes, now, days=SESSIONS_D + LINKED_D)
    return {
        outcome.session.session_id
        for athlete, log in zip(athletes, logs, strict=True)
        for outcome in match_planned_sessions(
            schedules.get(athlete.pk, Schedule()),
            log,
            athlete.local_date(now),
            thresholds.get(athlete.pk, ThresholdHistory()).threshold_speed_on(athlete.local_date(now)),
        )
        if outcome.is_completed
    }
