"""Serializers of comments."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField, StrictSerializer, TextField
from athletes.models import User
from athletes.rights import Viewer
from coaching.models import Comment
from coaching.models.comments import MAX_COMMENT_LENGTH


class CommentRequest(StrictSerializer):
    text = TextField(
        multiline=True, max_length=MAX_COMMENT_LENGTH, help_text="Plain text; may have several lines."
    )


class CommentAuthorSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The person, usr_….")
    display_name = serializers.CharField(help_text="The name as shown; never empty.")


class CommentSerializer(serializers.Serializer[Any]):
    comment_id = IdField(Comment.prefix, help_text="The comment, cmt_….")
    author = CommentAuthorSerializer(help_text="Who wrote it.")
    text = serializers.CharField(help_text="Plain text; may have several lines.")
    created_at = serializers.DateTimeField(help_text="When it was written, ISO 8601 with Z.")
    edited_at = serializers.DateTimeField(allow_null=True, help_text="When it was last edited; null: never.")
    is_own = serializers.BooleanField(help_text="Whether you wrote it, so that you may edit and delete it.")
    is_unread = serializers.BooleanField(
        help_text="Whether it is new to you: by somebody else, of the last 30 days, and not marked as read."
    )


def serialize_comment(comment: Comment, viewer: Viewer) -> dict[str, Any]:
    """Needs `author`. A comment without the state of its queryset is one's own."""
    author = comment.author
    return {
        "comment_id": comment.public_id,
        "author": {"user_id": author.public_id, "display_name": author.display_name or author.username},
        "text": comment.text,
        "created_at": comment.created_at,
        "edited_at": comment.edited_at,
        "is_own": comment.author_id == viewer.pk,
        "is_unread": getattr(comment, "is_unread", False),
    }
