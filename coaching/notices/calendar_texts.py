"""Notices of changed plans and sessions in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from athletes.models import Notice, User
from athletes.notices.texts import NoticeText
from coaching.calendar.changes.change_sentences import describe_change
from coaching.models import CalendarChange


def read_calendar_notices(
    person: User, notices: Sequence[Notice], now: datetime, is_mail: bool
) -> dict[UUID, NoticeText]:
    """The athlete reads them. One statement."""
    rows = CalendarChange.objects.filter(pk__in=[notice.subject_id for notice in notices])
    changes = {row.pk: row for row in rows.filter(athlete=person.pk).select_related("author")}
    return {
        notice.pk: _describe(changes[notice.subject_id]) for notice in notices if notice.subject_id in changes
    }


def _describe(change: CalendarChange) -> NoticeText:
    author, path = change.name_author() or "Somebody", reverse("own-calendar-page")
    if change.kind == CalendarChange.Kind.PLAN_CHANGED:
        number = len(change.rows)
        line = f"{number} session{'' if number == 1 else 's'} of your calendar changed."
        return NoticeText(f"{author} changed the plan “{change.reason}”", (line,), path)
    lines = [f"Reason: {change.reason}"] if change.reason else []
    if change.state == CalendarChange.State.UNDONE:
        lines.append("This was undone.")
    return NoticeText(f"{author} {describe_change(change)}", tuple(lines), path)
