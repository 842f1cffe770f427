"""Pages of comments: those of one target, one's own to edit and delete, and the newest of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from astral.dates.local_time import format_date
from astral.http.fields import IdField, StrictSerializer
from astral.http.forms import SerializerForm
from astral.http.pages import ConfirmedActionPage, FormPage
from athletes.access.permissions import parse_id
from athletes.access.protected_page import OneAthletePage, ProtectedPage
from athletes.looks.collector import get_look_collector
from athletes.models import User
from coaching.comments.access import find_commented_session, find_own_comment, parse_comment_day
from coaching.comments.changes import delete_comment, edit_comment, mark_read
from coaching.comments.forms import CommentEditForm, CommentForm
from coaching.comments.panel import CommentRow, build_comment_row, build_thread_panel
from coaching.comments.target_texts import (
    build_day_url,
    build_session_comments_url,
    build_target_url,
    describe_activity_target,
    describe_session,
)
from coaching.comments.threads import CommentThread, list_unread_ids, write_comment
from coaching.comments.unread import load_shared_athletes
from coaching.models import Comment
from metrics.models import Activity

NEWEST_D, MAX_NEWEST = 90, 100


class CommentThreadPage(OneAthletePage, FormPage):
    """The comments on one target, and the form to write one."""

    template_name = "coaching/comments/comments_of_target.html"
    form_class = CommentForm
    thread: CommentThread
    target_text: str
    target_url: str

    def save(self, values: dict[str, Any]) -> HttpResponse:
        write_comment(self.permit, self.thread, values["text"], timezone.now())
        messages.success(self.request, "Your comment is saved.")
        return redirect(self.target_url)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        assert isinstance(form, CommentForm)
        panel = build_thread_panel(self.thread, self.person, form, self.request.path, timezone.now())
        return self.page(panel=panel, target_text=self.target_text, target_url=self.target_url)


class ActivityCommentsPage(CommentThreadPage):
    def load_target(self) -> None:
        identifier = parse_id(Activity.prefix, self.kwargs["activity_id"], "activity_id")
        activity = self.permit.get_object(Activity, identifier, "athlete__user")
        self.athlete = activity.athlete
        self.thread = CommentThread(self.athlete.pk, activity_id=activity.pk)
        self.target_text, self.target_url = describe_activity_target(activity)


class DayCommentsPage(CommentThreadPage):
    def load_target(self) -> None:
        super().load_target()
        day = parse_comment_day(self.kwargs["date"])
        self.thread = CommentThread(self.athlete.pk, day=day)
        self.target_text = format_date(day)
        self.target_url = build_day_url(self.athlete.public_id, day.isoformat())


class SessionCommentsPage(CommentThreadPage):
    def load_target(self) -> None:
        super().load_target()
        session = find_commented_session(self.permit, self.athlete.pk, self.kwargs["session_id"])
        self.thread = CommentThread(self.athlete.pk, session_id=session.pk)
        self.target_text = describe_session(session)
        self.target_url = build_session_comments_url(self.athlete.pk, session.pk)


class OwnCommentPageBase(OneAthletePage):
    """Base of the pages of one comment that the viewer wrote."""

    comment: Comment

    def load_target(self) -> None:
        identifier = parse_id(Comment.prefix, self.kwargs["comment_id"], "comment_id")
        self.comment = find_own_comment(self.permit, identifier)
        self.athlete = self.comment.athlete

    def build_return_url(self) -> str:
        return build_target_url(self.comment)

    def context(self) -> dict[str, Any]:
        return super().context() | {"comment": self.comment, "target_url": self.build_return_url()}


class CommentPage(OwnCommentPageBase, FormPage):
    """Edit one's own comment."""

    template_name = "coaching/comments/edit_comment.html"

    def build_form(self, data: Any = None) -> CommentEditForm:
        return CommentEditForm(data, initial={"text": self.comment.text})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        edit_comment(self.comment, values["text"], timezone.now())
        messages.success(self.request, "Your comment is saved.")
        return redirect(self.build_return_url())


class CommentDeletePage(OwnCommentPageBase, ConfirmedActionPage):
    template_name = "coaching/comments/delete_comment.html"

    def apply_change(self, values: dict[str, Any]) -> str:
        delete_comment(self.comment)
        return "Your comment is deleted."


class CommentsPageQuery(StrictSerializer):
    athlete = IdField(User.prefix, required=False, help_text="Only comments about this athlete.")


@dataclass(frozen=True, slots=True)
class NewestCommentRow:
    """A comment with what it is about."""

    row: CommentRow
    athlete: str
    target_text: str
    target_url: str


class CommentsPage(ProtectedPage):
    """The newest comments about oneself and one's athletes. Showing them marks them as read."""

    template_name = "coaching/comments/newest_comments.html"
    query_serializer_class: ClassVar[type[StrictSerializer]] = CommentsPageQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        now, athlete_id = timezone.now(), self.parse_query().get("athlete")
        comments = Comment.objects.in_shared(load_shared_athletes(self.person))
        if athlete_id is not None:
            comments = comments.filter(athlete=athlete_id)
        recent = comments.filter(created_at__gt=now - timedelta(days=NEWEST_D)).with_state(self.person, now)
        shown = list(
            recent.select_related("author", "athlete__user", "activity", "session").order_by(
                "-created_at", "-pk"
            )[:MAX_NEWEST]
        )
        for comment in shown:
            get_look_collector().add(self.person, comment.athlete_id, (comment.category.value,))
        mark_read(self.person, list_unread_ids(shown), now)
        rows = [self._build_row(comment) for comment in shown]
        return self.page(section="own", rows=rows, is_filtered=athlete_id is not None, days=NEWEST_D)

    def _build_row(self, comment: Comment) -> NewestCommentRow:
        own = comment.athlete_id == self.person.pk
        text = format_date(comment.day) if comment.day else ""
        if comment.activity is not None:
            text, _ = describe_activity_target(comment.activity)
        if comment.session is not None:
            text = describe_session(comment.session)
        return NewestCommentRow(
            build_comment_row(comment, self.person),
            "" if own else str(comment.athlete.user),
            text,
            build_target_url(comment),
        )
