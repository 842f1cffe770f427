"""Notices of comments in words: who wrote, and about what. The page has the comment itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from astral.dates.local_time import format_date
from athletes.models import Notice, User
from athletes.notices.texts import NoticeText
from coaching.comments.target_texts import build_target_url, describe_activity_target, describe_session
from coaching.models import Comment


def read_comment_notices(
    person: User, notices: Sequence[Notice], now: datetime, is_mail: bool
) -> dict[UUID, NoticeText]:
    """One statement."""
    rows = Comment.objects.filter(pk__in=[notice.subject_id for notice in notices])
    loaded = rows.select_related("author", "athlete__user", "activity", "session")
    comments = {row.pk: row for row in loaded}
    return {
        notice.pk: _describe(comments[notice.subject_id], person)
        for notice in notices
        if notice.subject_id in comments
    }


def _describe(comment: Comment, reader: User) -> NoticeText:
    own = comment.athlete_id == reader.pk
    of_whom = "" if own or comment.author_id == comment.athlete_id else f" to {comment.athlete.user}"
    return NoticeText(
        f"{comment.author} wrote a comment{of_whom}", (_name_target(comment),), build_target_url(comment)
    )


def _name_target(comment: Comment) -> str:
    if comment.activity is not None:
        return describe_activity_target(comment.activity)[0]
    return describe_session(comment.session) if comment.session is not None else format_date(comment.day)
