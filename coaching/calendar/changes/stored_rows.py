"""Read and write sessions of a calendar for operations. The caller holds the athlete's lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from athletes.access.permissions import Permit
from athletes.events.kinds import EventKind
from athletes.events.outbox import record_events
from athletes.models import Athlete
from athletes.rights import Category
from coaching.calendar.changes.operations import SessionChange, StoredSession
from coaching.calendar.changes.session_state import COLUMNS, SessionState
from coaching.models import CalendarSession, PlanLink
from coaching.models.querysets import CalendarSessionQuerySet

WRITTEN_COLUMNS = ("day", *COLUMNS, "as_planned", "version")
ROWS_AT_ONCE = 2_000


class RowChange(NamedTuple):
    """A session and what becomes of it. The row of a new session is not stored yet."""

    row: CalendarSession
    change: SessionChange


def find_editable(athlete: Athlete, permit: Permit) -> CalendarSessionQuerySet:
    """The athlete's sessions that the caller may change, also deleted ones, with their links."""
    rows = CalendarSession.objects.filter(athlete=athlete).select_related("link")
    return rows.editable_by(permit.viewer, permit.row.right, Category.GOALS_AND_PLANS)


def read_state(row: CalendarSession) -> SessionState:
    """Needs `link` loaded, as by `select_related`."""
    link: PlanLink | None = getattr(row, "link", None)
    columns = {name: getattr(row, name) for name in COLUMNS}
    return SessionState(row.day, columns, str(link.activity_id) if link else None, row.as_planned)


def read_stored_session(row: CalendarSession) -> StoredSession:
    instance = str(row.instance_id) if row.instance_id else None
    return StoredSession(str(row.pk), row.version, read_state(row), instance)


def write_changes(changes: Sequence[RowChange]) -> None:
    """Store the sessions and their links by hand, and tell the webhooks that ask for it.

    At most four statements for 2,000 sessions.
    """
    for row, change in changes:
        _set_columns(row, change)
    CalendarSession.objects.bulk_create(
        [row for row, _ in changes],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=WRITTEN_COLUMNS,
    )
    _write_links(changes)
    record_events(EventKind.SESSION_CHANGED, ((row.athlete_id, row.pk) for row, _ in changes))


def _set_columns(row: CalendarSession, change: SessionChange) -> None:
    after = change.after
    row.day, row.as_planned = after.day, _to_dict(after.as_planned)
    for name in COLUMNS:
        setattr(row, name, after.columns[name])
    if change.before is not None:
        row.version += 1


def _to_dict(stored: Any) -> Any:
    return None if stored is None else dict(stored)


def _write_links(changes: Iterable[RowChange]) -> None:
    changed = [
        (row, change.after.activity_id)
        for row, change in changes
        if change.after.activity_id != (change.before.activity_id if change.before else None)
    ]
    if not changed:
        return
    PlanLink.objects.filter(session__in=[row.pk for row, _ in changed]).delete()
    PlanLink.objects.bulk_create(
        [
            PlanLink(athlete_id=row.athlete_id, session=row, activity_id=UUID(activity_id))
            for row, activity_id in changed
            if activity_id
        ]
    )


def build_change_rows(changes: Iterable[RowChange]) -> list[dict[str, Any]]:
    """The `rows` of a CalendarChange."""
    return [
        {
            "session_id": str(row.pk),
            "before": change.before.to_json() if change.before else None,
            "after": change.after.to_json(),
        }
        for row, change in changes
    ]
