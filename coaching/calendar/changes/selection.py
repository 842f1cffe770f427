"""Choose the sessions of an operation and compute what becomes of them. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max
from rest_framework.exceptions import ErrorDetail, ValidationError

from astral.http.errors import ApiError
from astral.http.fields import FIRST_DAY, LAST_DAY
from athletes.models import Athlete
from coaching.calendar.changes.operations import (
    SessionChange,
    add_session,
    change_session,
    copy_sessions,
    link_session,
    move_session,
    remove_session,
    shift_sessions,
    skip_session,
    unskip_session,
)
from coaching.calendar.changes.requests import ChangeAuthor, ChangeRequest
from coaching.calendar.changes.stored_rows import RowChange, find_editable, read_stored_session
from coaching.calendar.changes.undo import select_undo
from coaching.models import CalendarChange, CalendarSession
from coaching.plan_instances.assign import check_link
from metrics.models import Activity

MAX_MOVED_D = 400
MAX_ROWS = 2_000
Kind = CalendarChange.Kind


class StaleSessionError(ApiError):
    """409: the session changed since the caller read it. The API adds the session as it is now."""

    def __init__(self, session_id: UUID | None) -> None:
        sentence = "Someone else changed this in the meantime. Look at it again."
        super().__init__("STALE_VERSION", sentence, 409)
        self.session_id = session_id


def select_changes(
    athlete: Athlete, request: ChangeRequest, author: ChangeAuthor, today: date
) -> list[RowChange]:
    """The sessions of the operation, each with what becomes of it. At most four statements.

    Raises PermissionDenied (Http404 for staff) if the author may not change one of them, StaleSessionError,
    ChangedSinceError, and ApiError if the operation is impossible.
    """
    changes = SELECTORS[request.kind](athlete, request, author)
    if len(changes) > MAX_ROWS:
        raise ApiError("TOO_MANY_SESSIONS", f"One change has at most {MAX_ROWS:,} sessions.")
    made = [RowChange(row, change.made_on(today)) for row, change in changes]
    for _, change in made:
        _check_day(change)
    return made


def _check_day(change: SessionChange) -> None:
    day = change.after.day
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _build_day_error(f"A session would be on a day outside {FIRST_DAY} to {LAST_DAY}.")
    if change.before and abs((day - change.before.day).days) > MAX_MOVED_D:
        raise _build_day_error(f"Move a session by at most {MAX_MOVED_D} days.")


def _build_day_error(sentence: str) -> ValidationError:
    return ValidationError({"date": [ErrorDetail(sentence, "range")]})


def _select_add(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    values = dict(request.values)
    day, position = date.fromisoformat(values.pop("day")), values.pop("position", None)
    position = _find_end_of_day(athlete, day) if position is None else position
    return [_build_new_row(athlete, author, add_session(day, values, position))]


def _select_change(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    row, values = _find_session(athlete, request, author), dict(request.values)
    has_link, activity_id = "activity_id" in values, values.pop("activity_id", None)
    change = change_session(read_stored_session(row), values) if values else None
    if not has_link:
        return [RowChange(row, change)] if change else []
    losing = _find_linked(athlete, row, activity_id)
    stored, *others = (read_stored_session(found) for found in (row, *losing))
    linked, *lost = link_session(stored, activity_id, others)
    if change:
        linked = replace(change, after=replace(change.after, activity_id=activity_id))
    return [RowChange(row, linked), *map(RowChange, losing, lost)]


def _find_linked(athlete: Athlete, row: CalendarSession, activity_id: str | None) -> list[CalendarSession]:
    """The other sessions that this activity is linked with. Raises ApiError if it cannot be linked."""
    if activity_id is None:
        return []
    activity = Activity.objects.filter(athlete=athlete, pk=activity_id).first()
    if activity is None:
        raise ApiError("NO_ACTIVITY", "This activity is not there any more.", field="activity_id")
    check_link(athlete, row, activity)
    linked = CalendarSession.objects.filter(athlete=athlete, link__activity=activity).exclude(pk=row.pk)
    return list(linked.select_related("link"))


def _select_move(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    row, values = _find_session(athlete, request, author), request.values
    day, position = date.fromisoformat(values["day"]), values.get("position")
    position = _find_end_of_day(athlete, day) if position is None else position
    return [RowChange(row, move_session(read_stored_session(row), day, position))]


def _select_skip(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    row = _find_session(athlete, request, author)
    return [RowChange(row, skip_session(read_stored_session(row), request.values["reason"]))]


def _select_unskip(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    row = _find_session(athlete, request, author)
    return [RowChange(row, unskip_session(read_stored_session(row)))]


def _select_remove(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    row = _find_session(athlete, request, author)
    if row.instance_id:
        raise ApiError("PLAN_SESSION", "This session is part of a plan. Skip it instead.")
    return [RowChange(row, remove_session(read_stored_session(row)))]


def _select_shift(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    """Sessions that the author may not change stay where they are."""
    values = request.values
    rows = find_editable(athlete, author.permit).expected().filter(day__gte=values["from"])
    if values.get("instance_id"):
        rows = rows.filter(instance=values["instance_id"])
    found = _check_versions(list(rows[: MAX_ROWS + 1]), request)
    return list(map(RowChange, found, shift_sessions([*map(read_stored_session, found)], values["days"])))


def _select_copy_week(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> list[RowChange]:
    first, target = (date.fromisoformat(request.values[name]) for name in ("from", "to"))
    week = CalendarSession.objects.expected().filter(
        athlete=athlete, day__range=(first, first + timedelta(days=6))
    )
    found = _check_versions(list(week.select_related("link")), request)
    copies = copy_sessions([*map(read_stored_session, found)], (target - first).days)
    return [_build_new_row(athlete, author, copy) for copy in copies]


def _find_session(athlete: Athlete, request: ChangeRequest, author: ChangeAuthor) -> CalendarSession:
    rows = find_editable(athlete, author.permit).expected().filter(pk=str(request.session_id))
    row = author.permit.get_or_forbidden(rows.first())
    return _check_versions([row], request)[0]


def _check_versions(rows: list[CalendarSession], request: ChangeRequest) -> list[CalendarSession]:
    """`rows`, if they are those that the request was made for, in the same versions."""
    if request.versions is None:
        return rows
    current = {str(row.pk): row.version for row in rows}
    if current != request.versions:
        changed = sorted(pk for pk, _ in current.items() ^ request.versions.items())
        raise StaleSessionError(UUID(changed[0]))
    return rows


def _find_end_of_day(athlete: Athlete, day: date) -> int:
    of_day = CalendarSession.objects.filter(athlete=athlete, day=day, is_removed=False)
    last: int | None = of_day.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _build_new_row(athlete: Athlete, author: ChangeAuthor, change: SessionChange) -> RowChange:
    row = CalendarSession(athlete_id=athlete.pk, organization_id=author.organization_id)
    return RowChange(row, replace(change, session_id=str(row.pk)))


SELECTORS: Mapping[str, Callable[[Athlete, ChangeRequest, ChangeAuthor], list[RowChange]]] = {
    Kind.ADD: _select_add,
    Kind.CHANGE: _select_change,
    Kind.MOVE: _select_move,
    Kind.SKIP: _select_skip,
    Kind.UNSKIP: _select_unskip,
    Kind.REMOVE: _select_remove,
    Kind.SHIFT: _select_shift,
    Kind.COPY_WEEK: _select_copy_week,
    Kind.UNDO: select_undo,
}
