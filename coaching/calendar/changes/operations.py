"""What each operation makes of the sessions of a calendar. Pure: writing it is another module's job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from coaching.calendar.changes.session_state import SessionState, keep_judgement

NEW_SESSION: Mapping[str, Any] = {
    "position": 0, "sport": "run", "duration_s": None, "distance_m": None, "load": None, "zone": None,
    "steps": [], "is_key": False, "title": "", "description": "", "is_adjusted": False, "is_skipped": False,
    "skip_reason": "", "is_removed": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session with what no operation changes. `instance_id`: the plan that filled it in."""

    session_id: str
    version: int
    state: SessionState
    instance_id: str | None = None

    def with_state(self, state: SessionState) -> StoredSession:
        """The same session in another state. Another place than the plan's makes it the athlete's own."""
        if self.instance_id and not state.equals(self.state):
            state = state.with_values(is_adjusted=True)
        return replace(self, state=state)


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A session before and after an operation. `before` is None for a new one, `session_id` too."""

    session_id: str | None
    before: SessionState | None
    after: SessionState

    def made_on(self, today: date) -> SessionChange:
        return replace(self, after=keep_judgement(self.before, self.after, today))


def add_session(day: date, values: Mapping[str, Any], position: int) -> SessionChange:
    columns = {**NEW_SESSION, "position": position, **values}
    return SessionChange(None, None, SessionState(day, columns))


def change_session(session: StoredSession, values: Mapping[str, Any]) -> SessionChange:
    return _change(session, session.state.with_values(**values))


def move_session(session: StoredSession, day: date, position: int) -> SessionChange:
    return _change(session, replace(session.state.with_values(position=position), day=day))


def skip_session(session: StoredSession, reason: str) -> SessionChange:
    """A skip is no change of the prescription: a change of the plan still reaches the session."""
    state = session.state.with_values(is_skipped=True, skip_reason=reason)
    return SessionChange(session.session_id, session.state, state)


def unskip_session(session: StoredSession) -> SessionChange:
    state = session.state.with_values(is_skipped=False, skip_reason="")
    return SessionChange(session.session_id, session.state, state)


def remove_session(session: StoredSession) -> SessionChange:
    state = session.state.with_values(is_removed=True)
    return SessionChange(session.session_id, session.state, state)


def link_session(
    session: StoredSession, activity_id: str | None, linked_before: Sequence[StoredSession] = ()
) -> list[SessionChange]:
    """Link an activity, or remove the link. `linked_before`: sessions that lose the activity."""
    losing = [_link(other, None) for other in linked_before if other.session_id != session.session_id]
    return [_link(session, activity_id), *losing]


def shift_sessions(sessions: Sequence[StoredSession], days: int) -> list[SessionChange]:
    """Move all sessions by so many days; each keeps its place on its day."""
    step = timedelta(days=days)
    return [_change(session, replace(session.state, day=session.state.day + step)) for session in sessions]


def copy_sessions(sessions: Sequence[StoredSession], days: int) -> list[SessionChange]:
    """Single sessions with the same prescription, so many days later."""
    own = {"is_adjusted": False, "is_skipped": False, "skip_reason": ""}
    return [
        SessionChange(
            None,
            None,
            SessionState(session.state.day + timedelta(days=days), {**session.state.columns, **own}),
        )
        for session in sessions
    ]


def undo_changes(changes: Sequence[SessionChange]) -> list[SessionChange]:
    """Bring back how the sessions were before. A session that was not there before is removed.

    The judgement of a session is not brought back: `keep_judgement` decides about it as for each change.
    """
    return [
        SessionChange(change.session_id, change.after, change.before or _remove(change.after))
        for change in changes
    ]


def _remove(state: SessionState) -> SessionState:
    return state.with_values(is_removed=True)


def _change(session: StoredSession, state: SessionState) -> SessionChange:
    return SessionChange(session.session_id, session.state, session.with_state(state).state)


def _link(session: StoredSession, activity_id: str | None) -> SessionChange:
    """A link is no change of the prescription."""
    return SessionChange(session.session_id, session.state, replace(session.state, activity_id=activity_id))
