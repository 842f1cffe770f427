"""A session of a calendar as a workout for a watch."""

from __future__ import annotations

from datetime import UTC, datetime

from coaching.models import CalendarSession
from coaching.steps.fit_workout import EncodedWorkout
from coaching.steps.session_workout import WatchSession, build_session_workout

MILLISECONDS_SHIFT = 80  # a UUIDv7 begins with the milliseconds since 1970


def build_calendar_workout(
    session: CalendarSession, threshold_mps: float | None, changed_at: datetime | None
) -> EncodedWorkout | None:
    """None for a day of rest. `changed_at`: the last change; None: it is as it was made.

    `threshold_mps`: the athlete's threshold speed, if it is known.
    """
    watch_session = WatchSession(
        session_id=session.pk,
        sport=session.sport,
        title=session.title,
        steps=session.steps,
        duration_s=session.duration_s,
        distance_m=session.distance_m,
        zone=session.zone,
        changed_at=changed_at or find_creation_time(session),
    )
    return build_session_workout(watch_session, threshold_mps)


def find_creation_time(session: CalendarSession) -> datetime:
    return datetime.fromtimestamp((session.pk.int >> MILLISECONDS_SHIFT) / 1_000, UTC)
