"""A thread of comments as a part of a page, with the form to write one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.urls import reverse

from astral.ids import encode
from athletes.models import User
from coaching.comments.forms import CommentForm
from coaching.comments.threads import MAX_SHOWN_COMMENTS, CommentThread, open_thread
from coaching.models import CalendarSession, Comment
from metrics.models import Activity


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment. `edit_url` and `delete_url` are empty for those of others."""

    author: str
    text: str
    comment: Comment
    is_unread: bool
    edit_url: str
    delete_url: str


@dataclass(frozen=True, slots=True)
class ThreadPanel:
    """`most`: how many comments are shown, if there are more; else 0."""

    template_name: ClassVar[str] = "coaching/comments/thread.html"
    rows: Sequence[CommentRow]
    most: int
    form: CommentForm
    save_url: str


def build_activity_panel(viewer: User, activity: Activity, now: datetime) -> ThreadPanel:
    """The comments on an activity. Showing them marks them as read."""
    thread = CommentThread(activity.athlete_id, activity_id=activity.pk)
    save_url = reverse("activity-comments-page", args=[activity.public_id])
    return build_thread_panel(thread, viewer, CommentForm(), save_url, now)


def build_session_panel(viewer: User, session: CalendarSession, now: datetime) -> ThreadPanel:
    """The comments on a planned session. Showing them marks them as read."""
    thread = CommentThread(session.athlete_id, session_id=session.pk)
    address = (encode(User.prefix, session.athlete_id), session.public_id)
    save_url = reverse("session-comments-page", args=address)
    return build_thread_panel(thread, viewer, CommentForm(), save_url, now)


def build_thread_panel(
    thread: CommentThread, viewer: User, form: CommentForm, save_url: str, now: datetime
) -> ThreadPanel:
    """Showing the comments marks them as read."""
    opened = open_thread(thread, viewer, now)
    rows = [build_comment_row(comment, viewer) for comment in opened.comments]
    return ThreadPanel(rows, MAX_SHOWN_COMMENTS if opened.is_cut else 0, form, save_url)


def build_comment_row(comment: Comment, viewer: User) -> CommentRow:
    """Needs the author and the state for this viewer."""
    is_own = comment.author_id == viewer.pk
    return CommentRow(
        author="You" if is_own else comment.author.display_name or comment.author.username,
        text=comment.text,
        comment=comment,
        is_unread=bool(getattr(comment, "is_unread", False)),
        edit_url=reverse("comment-page", args=[comment.public_id]) if is_own else "",
        delete_url=reverse("comment-delete-page", args=[comment.public_id]) if is_own else "",
    )
