"""Undo a change of a calendar: a change too, so it can be undone in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from astral.http.errors import ApiError
from athletes.models import Athlete
from coaching.calendar.changes.operations import SessionChange, undo_changes
from coaching.calendar.changes.requests import ChangeAuthor, ChangeRequest
from coaching.calendar.changes.session_state import parse_session_state
from coaching.calendar.changes.stored_rows import RowChange, find_editable, read_state
from coaching.models import CalendarChange, CalendarSession, PlanLink
from metrics.models import Activity


class ChangedSinceError(ApiError):
    """409: sessions changed after the change that somebody wants to undo."""

    def __init__(self, session_ids: Iterable[UUID | str]) -> None:
        public = sorted(CalendarSession(id=UUID(str(pk))).public_id for pk in session_ids)
        sentence = "Something changed after this, so it cannot be undone."
        super().__init__("CHANGED_SINCE", sentence, 409, sessions=public)


def select_undo(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    """Each session must look as the undone change left it."""
    undone = _find_change(athlete, request, author)
    if undone.state != CalendarChange.State.MADE:
        raise ApiError("NOT_MADE", "Only a change that was made can be undone, and only once.", 409)
    changes = undo_changes([_parse_change(row) for row in undone.rows])
    ids = [row["session_id"] for row in undone.rows]
    rows = {str(row.pk): row for row in find_editable(athlete, author.permit).filter(pk__in=ids)}
    if len(rows) < len(ids):
        known = {*map(str, CalendarSession.objects.filter(pk__in=ids).values_list("pk", flat=True))}
        if gone := {*ids} - known:
            raise ChangedSinceError(gone)
        author.permit.get_or_forbidden(None)
    states = {pk: read_state(row) for pk, row in rows.items()}
    moved = [pk for pk, change in zip(ids, changes, strict=True) if not _is_at(change, states[pk])]
    if moved:
        raise ChangedSinceError(moved)
    changes = _restore_links(athlete, ids, changes)
    return [
        RowChange(rows[pk], replace(change, before=states[pk]))
        for pk, change in zip(ids, changes, strict=True)
    ]


def _parse_change(row: Mapping[str, Any]) -> SessionChange:
    before = parse_session_state(row["before"]) if row["before"] else None
    return SessionChange(row["session_id"], before, parse_session_state(row["after"]))


def _find_change(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> CalendarChange:
    rows = CalendarChange.objects.filter(athlete=athlete, pk=request.values["change_id"])
    return author.permit.get_or_forbidden(rows.first())


def _restore_links(
    athlete: Athlete, session_ids: Sequence[str], changes: Sequence[SessionChange]
) -> list[SessionChange]:
    """Leave out links to activities that are gone. Raises ChangedSinceError if another session has one."""
    wanted = {UUID(change.after.activity_id) for change in changes if change.after.activity_id}
    if not wanted:
        return list(changes)
    elsewhere = PlanLink.objects.filter(athlete=athlete, activity__in=wanted).exclude(
        session__in=[UUID(pk) for pk in session_ids]
    )
    if taken := list(elsewhere.values_list("session", flat=True)):
        raise ChangedSinceError(taken)
    there = {*map(str, Activity.objects.filter(pk__in=wanted).values_list("pk", flat=True))}
    return [
        change
        if change.after.activity_id in there
        else replace(change, after=replace(change.after, activity_id=None))
        for change in changes
    ]


def _is_at(change: SessionChange, state: Any) -> bool:
    return change.before is not None and change.before.equals(state)
