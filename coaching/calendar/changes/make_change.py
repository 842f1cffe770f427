"""Make, propose, accept and decline changes of a calendar.

Each change locks the athlete's row first, so two people change a calendar one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from astral.http.errors import ApiError
from athletes.access.permissions import Permit
from athletes.models import Athlete
from coaching.calendar.changes.athlete_notices import tell_athletes
from coaching.calendar.changes.neighbours import CalendarWarning, check_neighbours
from coaching.calendar.changes.requests import ChangeAuthor, ChangeRequest, parse_proposal
from coaching.calendar.changes.selection import select_changes
from coaching.calendar.changes.stored_rows import RowChange, build_change_rows, write_changes
from coaching.models import CalendarChange

State = CalendarChange.State


@dataclass(frozen=True, slots=True)
class MadeChange:
    """A stored change. `session_ids`: the sessions that it is about. `warnings`: what looks unusual."""

    change: CalendarChange
    session_ids: Sequence[UUID]
    warnings: Sequence[CalendarWarning]


@transaction.atomic
def make_change(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor, now: datetime) -> MadeChange:
    """Change the calendar. Raises as `select_changes` and `check_neighbours`; then nothing is stored."""
    Athlete.objects.filter(pk=athlete.pk).bump_version()  # the lock: sessions do not change from here on
    return _make(athlete, request, _build_change(athlete, request, author, now), author, now)


@transaction.atomic
def propose_change(
    athlete: Athlete, request: ChangeRequest, author: ChangeAuthor, now: datetime
) -> MadeChange:
    """Store what somebody asks for; its rows say what it would do. The calendar stays. Raises as above."""
    changes = select_changes(athlete, request, author, athlete.local_date(now))
    warnings = check_neighbours(athlete, changes)
    change = _build_change(athlete, request, author, now)
    change.state, change.rows = State.PROPOSED, build_change_rows(changes)
    # Only sessions that are there: a new one has no version that could change.
    versions = {str(row.pk): row.version for row, step in changes if step.before is not None}
    change.request = request.to_json(versions)
    change.save(force_insert=True)
    there = [row.pk for row, step in changes if step.before is not None]
    return MadeChange(change, there, warnings)


@transaction.atomic
def accept_proposal(athlete: Athlete, change_id: UUID, permit: Permit, now: datetime) -> MadeChange:
    """Make a proposed change. Raises 409 if sessions changed since, or somebody has decided already."""
    Athlete.objects.filter(pk=athlete.pk).bump_version()
    change = _find_proposal(athlete, change_id, permit)
    author = ChangeAuthor(permit, permit.author, "", change.organization_id)
    change.decided_by, change.decided_at, change.made_at = permit.author, now, now
    return _make(athlete, parse_proposal(change), change, author, now)


@transaction.atomic
def decline_proposal(athlete: Athlete, change_id: UUID, permit: Permit, now: datetime) -> CalendarChange:
    """Decline a proposed change. Raises 409 if somebody has decided already."""
    Athlete.objects.filter(pk=athlete.pk).bump_version()
    change = _find_proposal(athlete, change_id, permit)
    change.state, change.decided_by, change.decided_at = State.DECLINED, permit.author, now
    change.save(update_fields=["state", "decided_by", "decided_at"])
    return change


def _find_proposal(athlete: Athlete, change_id: UUID, permit: Permit) -> CalendarChange:
    found = CalendarChange.objects.filter(athlete=athlete, pk=change_id).select_related("author")
    change = permit.get_or_forbidden(found.first())
    if change.state != State.PROPOSED:
        raise ApiError("NOT_PROPOSED", "This is no open proposal any more.", 409)
    return change


def _build_change(
    athlete: Athlete, request: ChangeRequest, author: ChangeAuthor, now: datetime
) -> CalendarChange:
    return CalendarChange(
        athlete_id=athlete.pk,
        kind=request.kind,
        author=author.user,
        author_name=author.key_name,
        organization_id=author.organization_id,
        reason=request.reason,
        undoes_id=request.values.get("change_id"),
        made_at=now,
    )


def _make(
    athlete: Athlete, request: ChangeRequest, change: CalendarChange, author: ChangeAuthor, now: datetime
) -> MadeChange:
    """Write the sessions and the change. The caller holds the athlete's lock."""
    changes: list[RowChange] = select_changes(athlete, request, author, athlete.local_date(now))
    warnings = check_neighbours(athlete, changes)
    write_changes(changes)
    change.state, change.rows = State.MADE, build_change_rows(changes)
    change.save()
    tell_athletes([change], author.user, now)
    if change.undoes_id:
        CalendarChange.objects.filter(pk=change.undoes_id).update(state=State.UNDONE)
    return MadeChange(change, [row.pk for row, _ in changes], warnings)
