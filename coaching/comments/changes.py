"""Write, edit and delete comments, and mark them as read.

A comment changes an athlete's data, so it bumps the athlete's version. A mark changes what one reader sees,
so it bumps the version of the reader: every kept answer depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from athletes.accounts.limits.use_limits import COMMENTS, count_use
from athletes.models import Athlete, User
from athletes.models.notices import NoticeKind
from athletes.notices.inbox import mark_subjects_read
from athletes.notices.writing import NewNotice, delete_notices, tell_coaches, tell_person
from coaching.models import CalendarSession, Comment, CommentRead
from metrics.models import Activity


@transaction.atomic
def add_comment(
    author: User,
    athlete_id: UUID,
    text: str,
    now: datetime,
    *,
    activity_id: UUID | None = None,
    day: date | None = None,
    session_id: UUID | None = None,
) -> Comment:
    """Store a comment on the activity, on the day or on the session, and tell the athlete and the coaches.

    Raises UseLimitReached, and DoesNotExist if the activity or the session was deleted meanwhile.
    """
    Athlete.objects.filter(pk=athlete_id).bump_version()
    if activity_id is not None:
        Activity.objects.only("pk").get(pk=activity_id, athlete_id=athlete_id)
    if session_id is not None:
        CalendarSession.objects.expected().only("pk").get(pk=session_id, athlete_id=athlete_id)
    count_use(author.pk, COMMENTS, now)
    comment = Comment.objects.create(
        athlete_id=athlete_id,
        activity_id=activity_id,
        day=day,
        session_id=session_id,
        author=author,
        text=text,
        created_at=now,
    )
    _tell_readers(comment, now)
    return comment


def _tell_readers(comment: Comment, now: datetime) -> None:
    """Tell the athlete, the athlete's coaches, and the coaches who wrote there before, but not the author."""
    target = {"activity": comment.activity_id, "day": comment.day, "session": comment.session_id}
    thread = Comment.objects.filter(athlete=comment.athlete_id, **target).order_by()
    notice = NewNotice(NoticeKind.COMMENT, comment.athlete_id, comment.pk, (comment.category,))
    writers = set(thread.values_list("author_id", flat=True))
    tell_coaches([notice], now, but=comment.author_id, also=writers)
    if comment.author_id != comment.athlete_id:
        tell_person(comment.athlete_id, notice, now)


@transaction.atomic
def edit_comment(comment: Comment, text: str, now: datetime) -> Comment:
    """Store another text. Raises Comment.DoesNotExist if it was deleted meanwhile."""
    Athlete.objects.filter(pk=comment.athlete_id).bump_version()
    stored = Comment.objects.select_related("author").get(pk=comment.pk, athlete_id=comment.athlete_id)
    if stored.text != text:
        stored.text, stored.edited_at = text, now
        stored.save(update_fields=["text", "edited_at"])
    return stored


@transaction.atomic
def delete_comment(comment: Comment) -> None:
    Athlete.objects.filter(pk=comment.athlete_id).bump_version()
    Comment.objects.filter(pk=comment.pk, athlete_id=comment.athlete_id).delete()
    delete_notices(NoticeKind.COMMENT, comment.pk)


def mark_read(reader: User, comment_ids: Iterable[UUID], now: datetime) -> None:
    """Mark these comments as read by this person. Nothing is written if there are none."""
    ids = list(comment_ids)
    if ids:
        _store_reads(reader, ids, now)


@transaction.atomic
def _store_reads(reader: User, comment_ids: list[UUID], now: datetime) -> None:
    """The lock keeps the comments: one that is deleted at this moment gets no mark."""
    Athlete.objects.filter(pk=reader.pk).bump_version()
    kept = Comment.objects.filter(pk__in=comment_ids).order_by("pk").select_for_update(no_key=True)
    reads = [
        CommentRead(comment_id=pk, reader=reader, read_at=now) for pk in kept.values_list("pk", flat=True)
    ]
    CommentRead.objects.bulk_create(reads, ignore_conflicts=True)
    mark_subjects_read(reader.pk, NoticeKind.COMMENT, comment_ids, now)
