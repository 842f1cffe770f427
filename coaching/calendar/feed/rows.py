"""Load what a feed shows: sessions with the time of their last change, and races."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from athletes.models import Athlete
from coaching.calendar.watch.workout import find_creation_time
from coaching.models import CalendarChange, CalendarSession, Race

SHOWN_BACK = SHOWN_AHEAD = timedelta(days=366)
REMOVED_SHOWN = timedelta(days=30)

# One athlete. The time of the last change comes from the history; what a plan filled in has none.
FEED_SQL = """
SELECT session.*, instance.ended_on, instance.end_changes, history.changed_at
  FROM coaching_calendarsession session
  LEFT JOIN coaching_planinstance instance ON instance.id = session.instance_id
  LEFT JOIN (SELECT (item->>'session_id')::uuid AS session_id, max(change.made_at) AS changed_at
               FROM coaching_calendarchange change, jsonb_array_elements(change.rows) item
              WHERE change.athlete_id = %(athlete)s AND change.state = ANY(%(states)s)
              GROUP BY 1) history ON history.session_id = session.id
 WHERE session.athlete_id = %(athlete)s AND session.day BETWEEN %(first)s AND %(last)s
 ORDER BY session.day, session.position, session.id
"""
STATES = [CalendarChange.State.MADE.value, CalendarChange.State.UNDONE.value]


@dataclass(frozen=True, slots=True)
class FeedSession:
    """A session of a feed. `changed_at`: its last change, or when it was made.

    `sequence` grows with each change of the session, and each time its plan is ended or resumed.
    """

    row: CalendarSession
    changed_at: datetime
    is_cancelled: bool
    sequence: int = 1


def load_feed_sessions(athlete: Athlete, today: date) -> list[FeedSession]:
    """The sessions of a year back and a year ahead, by day. One statement.

    Deleted sessions and those after the end of their plan stay for 30 days, as cancelled.
    """
    parameters = {
        "athlete": athlete.pk,
        "states": STATES,
        "first": today - SHOWN_BACK,
        "last": today + SHOWN_AHEAD,
    }
    found: Any = CalendarSession.objects.raw(FEED_SQL, parameters)
    sessions = (_read_session(row, today) for row in found)
    return [session for session in sessions if session]


def load_feed_races(athlete: Athlete, today: date) -> Sequence[Race]:
    """The races of the same days. One statement."""
    shown = (today - SHOWN_BACK, today + SHOWN_AHEAD)
    return list(Race.objects.filter(athlete=athlete, date__range=shown).order_by("date", "pk"))


def _read_session(row: Any, today: date) -> FeedSession | None:
    """`row`: with `ended_on`, `end_changes` and `changed_at`. None if it left the calendar long ago."""
    changed_at = row.changed_at or find_creation_time(row)
    left_on = None
    if row.is_removed:
        left_on = changed_at.astimezone(UTC).date()
    elif row.ended_on and row.day > row.ended_on:
        left_on = row.ended_on
    if left_on and left_on < today - REMOVED_SHOWN:
        return None
    is_cancelled = row.is_skipped or left_on is not None
    return FeedSession(row, changed_at, is_cancelled, row.version + (row.end_changes or 0))
