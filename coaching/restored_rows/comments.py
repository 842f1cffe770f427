"""Restore one's own comments out of an archive of personal data. Those of others stay where they are."""

from __future__ import annotations

from collections.abc import Sequence

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
from coaching.models import Comment
from metrics.models import Activity

COMMENT_COLUMNS = ("day", "text")


def restore_comments(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Store each own comment whose activity is there, unless it has its target, text and time already."""
    author = target.athlete.user
    own = Comment.objects.filter(athlete=target.athlete, author=author)
    known: set[tuple[object, ...]] = set(own.values_list("activity", "day", "text", "created_at"))

    def restore_row(row: Row) -> Comment | bool:
        activity = _find_commented_activity(target, row)
        built = build_valid_row(
            Comment, row, COMMENT_COLUMNS, athlete=target.athlete, author=author, activity=activity
        )
        if (activity is None) == (built.day is None):
            raise ValidationError("The activity of a comment is not there.")
        built.created_at = parse_archived_instant(row.get("created_at"), target.now)
        if row.get("edited_at") is not None:
            built.edited_at = parse_archived_instant(row["edited_at"], target.now)
        key = (built.activity_id, built.day, built.text, built.created_at)
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


COMMENT_RESTORER = RowRestorer("comment", "comments", restore_comments, Comment)
