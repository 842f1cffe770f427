"""Forms to write and to edit a comment."""

from __future__ import annotations

from astral.http.forms import SerializerForm, TextAreaField
from coaching.comments.serializers import CommentRequest
from coaching.models.comments import MAX_COMMENT_LENGTH


class CommentForm(SerializerForm):
    serializer_class = CommentRequest
    id_prefix = "comment-"
    text = TextAreaField("Write a comment", required=True, max_length=MAX_COMMENT_LENGTH, rows=3)

    def to_request_data(self, fields: dict[str, str]) -> dict[str, str]:
        return {name: text.replace("\r\n", "\n") for name, text in fields.items()}


class CommentEditForm(CommentForm):
    is_saved_once = False  # sent twice, it changes the comment once
    text = TextAreaField("Comment", required=True, max_length=MAX_COMMENT_LENGTH, rows=5)
