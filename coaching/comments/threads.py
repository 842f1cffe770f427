"""A thread: all comments about one activity, one day or one planned session of an athlete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from athletes.access.permissions import Permit
from athletes.models import Athlete, User
from coaching.comments.changes import add_comment, mark_read
from coaching.models import Comment
from coaching.models.comment_querysets import CommentQuerySet
from coaching.signal_history.actions import record_taken_action

MAX_SHOWN_COMMENTS = 200  # on a page, the newest ones


@dataclass(frozen=True, slots=True)
class CommentThread:
    """Exactly one of `activity_id`, `day` and `session_id` is set."""

    athlete_id: UUID
    activity_id: UUID | None = None
    day: date | None = None
    session_id: UUID | None = None

    def select(self) -> CommentQuerySet:
        """Its comments, oldest first."""
        if self.activity_id is not None:
            return Comment.objects.of_activity(self.athlete_id, self.activity_id)
        if self.session_id is not None:
            return Comment.objects.of_session(self.athlete_id, self.session_id)
        assert self.day is not None
        return Comment.objects.of_day(self.athlete_id, self.day)


@transaction.atomic
def write_comment(permit: Permit, thread: CommentThread, text: str, now: datetime) -> Comment:
    """Store a comment of the person who calls. Of a coach, it is what some signals asked for.

    Raises as `add_comment`.
    """
    author, athlete_id = permit.person, thread.athlete_id
    comment = add_comment(
        author,
        athlete_id,
        text,
        now,
        activity_id=thread.activity_id,
        day=thread.day,
        session_id=thread.session_id,
    )
    if author.pk != athlete_id:
        athlete = Athlete.objects.get(pk=athlete_id)
        record_taken_action(athlete, permit.viewer, permit.row.right, "write", now)
    return comment


@dataclass(frozen=True, slots=True)
class OpenedThread:
    """The comments that a page shows, oldest first. `is_cut`: there are older ones."""

    comments: Sequence[Comment]
    is_cut: bool


def open_thread(thread: CommentThread, reader: User, now: datetime) -> OpenedThread:
    """Load the newest comments and mark them as read. They keep `is_unread` as it was before.

    Staff who act as the reader mark nothing. One statement; four more if one is new.
    """
    newest = thread.select().with_state(reader, now).order_by("-created_at", "-pk")
    found = list(newest[: MAX_SHOWN_COMMENTS + 1])
    shown = found[MAX_SHOWN_COMMENTS - 1 :: -1] if len(found) > MAX_SHOWN_COMMENTS else found[::-1]
    if reader.acting is None:
        mark_read(reader, list_unread_ids(shown), now)
    return OpenedThread(shown, len(found) > MAX_SHOWN_COMMENTS)


def mark_thread_read(thread: CommentThread, reader: User, now: datetime) -> None:
    """Mark every new comment of the thread as read."""
    mark_read(reader, thread.select().unread_by(reader.pk, now).values_list("pk", flat=True), now)


def list_unread_ids(comments: Iterable[Comment]) -> list[UUID]:
    """The new ones of comments that were loaded `with_state`."""
    return [comment.pk for comment in comments if getattr(comment, "is_unread")]  # noqa: B009
