"""Comments on activities, days and planned sessions: list, write, edit, delete, mark as read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiView, ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import User
from coaching.comments.access import (
    find_activity_thread,
    find_day_thread,
    find_own_comment,
    find_session_thread,
)
from coaching.comments.changes import delete_comment, edit_comment
from coaching.comments.serializers import CommentRequest, CommentSerializer, serialize_comment
from coaching.comments.threads import CommentThread, mark_thread_read, write_comment
from coaching.models import CalendarSession, Comment
from metrics.models import Activity

DATE_PARAMETER = OpenApiParameter(
    "date", date, OpenApiParameter.PATH, description="A local date of the athlete."
)


class CommentThreadViewSet(ApiViewSet):
    """The athlete and the coaches with whom the athlete shares the category read and write comments."""

    tag = "comments"
    queryset = Comment.objects.none()
    serializer_class = CommentSerializer

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (429,) if self.action == "create" else ()

    def get_thread(self) -> CommentThread:
        raise NotImplementedError

    @extend_schema(responses=CommentSerializer(many=True))
    def list(self, request: Request, **address: str) -> Response:
        """The comments, oldest first. Reading the list marks nothing as read."""
        viewer, thread = get_permit(request).viewer, self.get_thread()
        page: Iterable[Comment] = (
            self.paginate_queryset(thread.select().with_state(viewer, timezone.now())) or []
        )
        return self.get_paginated_response([serialize_comment(comment, viewer) for comment in page])

    @extend_schema(request=CommentRequest, responses={201: CommentSerializer})
    def create(self, request: Request, **address: str) -> Response:
        """Write a comment. API keys may not. 429 LIMIT_REACHED: too many comments in a day."""
        permit, thread = get_permit(request), self.get_thread()
        text = CommentRequest.parse(request.data)["text"]
        comment = write_comment(permit, thread, text, timezone.now())
        return success(serialize_comment(comment, permit.viewer), 201)

    def mark_all_read(self) -> Response:
        mark_thread_read(self.get_thread(), get_permit(self.request).person, timezone.now())
        return Response(status=204)


@extend_schema_view(
    list=extend_schema(summary="Comments on an activity"),
    create=extend_schema(summary="Comment on an activity"),
)
class ActivityCommentViewSet(CommentThreadViewSet):
    """Comments on an activity. The athlete shares them with the category `activities`."""

    path_fields: ClassVar = {"activity_id": IdField(Activity.prefix, help_text="The activity, act_….")}

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="activities_comments_mark_read",
        summary="Mark comments on an activity as read",
    )
    def mark_read(self, request: Request, **address: str) -> Response:
        """Mark all comments on this activity as read by you."""
        return self.mark_all_read()

    def get_thread(self) -> CommentThread:
        return find_activity_thread(get_permit(self.request), self.kwargs["activity_id"])


@extend_schema_view(
    list=extend_schema(summary="Comments on a day", parameters=[DATE_PARAMETER]),
    create=extend_schema(summary="Comment on a day", parameters=[DATE_PARAMETER]),
)
class DayCommentViewSet(CommentThreadViewSet):
    """Comments on a day of an athlete. The athlete shares them with the category `health`."""

    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="athletes_days_comments_mark_read",
        summary="Mark comments on a day as read",
        parameters=[DATE_PARAMETER],
    )
    def mark_read(self, request: Request, **address: str) -> Response:
        """Mark all comments on this day as read by you."""
        return self.mark_all_read()

    def get_thread(self) -> CommentThread:
        return find_day_thread(get_permit(self.request), self.kwargs["user_id"], self.kwargs["date"])


@extend_schema_view(
    list=extend_schema(summary="Comments on a planned session"),
    create=extend_schema(summary="Comment on a planned session"),
)
class SessionCommentViewSet(CommentThreadViewSet):
    """Comments on a planned session. The athlete shares them with the category `goals_and_plans`."""

    path_fields: ClassVar = {
        "user_id": IdField(User.prefix, help_text="The athlete, usr_…."),
        "session_id": IdField(CalendarSession.prefix, help_text="The session, ses_…."),
    }

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="athletes_sessions_comments_mark_read",
        summary="Mark comments on a planned session as read",
    )
    def mark_read(self, request: Request, **address: str) -> Response:
        """Mark all comments on this session as read by you."""
        return self.mark_all_read()

    def get_thread(self) -> CommentThread:
        return find_session_thread(
            get_permit(self.request), self.kwargs["user_id"], self.kwargs["session_id"]
        )


class CommentView(ApiView):
    """One comment of your own."""

    tag = "comments"
    path_fields: ClassVar = {"comment_id": IdField(Comment.prefix, help_text="The comment, cmt_….")}

    @extend_schema(
        request=CommentRequest,
        responses=CommentSerializer,
        operation_id="comments_update",
        summary="Edit a comment",
    )
    def patch(self, request: Request, comment_id: str) -> Response:
        """Edit a comment that you wrote."""
        comment = self._get_comment(comment_id)
        text = CommentRequest.parse(request.data)["text"]
        return success(
            serialize_comment(edit_comment(comment, text, timezone.now()), get_permit(request).viewer)
        )

    @extend_schema(responses={204: None}, operation_id="comments_delete", summary="Delete a comment")
    def delete(self, request: Request, comment_id: str) -> Response:
        """Delete a comment that you wrote."""
        delete_comment(self._get_comment(comment_id))
        return Response(status=204)

    def _get_comment(self, text: str) -> Comment:
        return find_own_comment(get_permit(self.request), parse_id(Comment.prefix, text, "comment_id"))
