"""Restore one's own comments out of an archive of personal data. Those of others stay where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError

from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    RowRestorer,
    build_valid_row,
    parse_archived_instant,
    restore_each,
)
from coaching.models import CalendarSession, Comment, PlanInstance
from coaching.restored_rows.calendar_sessions import find_named_session
from coaching.restored_rows.plans import InstanceKey, load_instances
from metrics.models import Activity

COMMENT_COLUMNS = ("day", "text")
KEY_COLUMNS = ("activity_id", "day", "session_id", "text", "created_at")


def restore_comments(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Store each own comment whose target is there, unless it has its target, text and time already."""
    author = target.athlete.user
    instances = load_instances(target.athlete)
    own = Comment.objects.filter(athlete=target.athlete, author=author)
    known: set[tuple[object, ...]] = set(own.values_list(*KEY_COLUMNS))

    def restore_row(row: Row) -> Comment | bool:
        activity = _find_commented_activity(target, row)
        session = _find_commented_session(target, instances, row)
        owners = {"athlete": target.athlete, "author": author}
        built = build_valid_row(Comment, row, COMMENT_COLUMNS, **owners, activity=activity, session=session)
        if [activity, session, built.day].count(None) != 2:
            raise ValidationError("What a comment is about is not there.")
        built.created_at = parse_archived_instant(row.get("created_at"), target.now)
        if row.get("edited_at") is not None:
            built.edited_at = parse_archived_instant(row["edited_at"], target.now)
        key = tuple(getattr(built, name) for name in KEY_COLUMNS)
        if key in known:
            return False
        known.add(key)
        built.save(force_insert=True)
        return built

    return restore_each([row for row in rows if row.get("is_own") is True], restore_row)


def _find_commented_activity(target: RestoreTarget, row: Row) -> Activity | None:
    if row.get("activity_started_at") is None:
        return None
    started_at = parse_archived_instant(row["activity_started_at"], target.now)
    return Activity.objects.filter(athlete=target.athlete, started_at=started_at).first()


def _find_commented_session(
    target: RestoreTarget, instances: Mapping[InstanceKey, PlanInstance], row: Row
) -> CalendarSession | None:
    named = row.get("session")
    return find_named_session(target.athlete, instances, named) if isinstance(named, Mapping) else None


COMMENT_RESTORER = RowRestorer("comment", "comments", restore_comments, Comment)
