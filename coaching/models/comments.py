"""Comment: what people write about an activity, a day or a session. CommentRead: who has read it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from astral.ids import PublicIdModel, new_id
from athletes.models import Athlete, User
from athletes.models.people import validate_free_text
from athletes.rights import Category
from coaching.models.calendar import CalendarSession
from coaching.models.comment_querysets import TARGET_CATEGORIES, CommentQuerySet
from metrics.models import Activity

MAX_COMMENT_LENGTH = 4_000


class Comment(PublicIdModel):
    """Words about exactly one target of the athlete: an activity, a local day or a planned session.

    The target decides which category the reader needs. Deleting the author deletes the comment.
    """

    prefix: ClassVar[str] = "cmt"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="comments", db_index=False)
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="comments", db_index=False
    )
    day = models.DateField(null=True, blank=True, help_text="The athlete's local date.")
    session = models.ForeignKey(
        CalendarSession, models.CASCADE, null=True, blank=True, related_name="comments", db_index=False
    )
    author = models.ForeignKey(User, models.CASCADE, related_name="written_comments")
    text = models.TextField(validators=[MaxLengthValidator(MAX_COMMENT_LENGTH), validate_free_text])
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never edited.")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False, day__isnull=True, session__isnull=True)
                | Q(activity__isnull=True, day__isnull=False, session__isnull=True)
                | Q(activity__isnull=True, day__isnull=True, session__isnull=False),
                name="comment_has_one_target",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["activity", "created_at"], name="comments_of_activity"),
            models.Index(fields=["athlete", "day", "created_at"], name="comments_of_day"),
            models.Index(fields=["session", "created_at"], name="comments_of_session"),
            # The unread comments of an athlete are new ones.
            models.Index(fields=["athlete", "created_at"], name="comments_of_athlete"),
        ]

    def __str__(self) -> str:
        return f"comment of {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def category(self) -> Category:
        """What the athlete must share with the reader."""
        return next(
            category for name, category in TARGET_CATEGORIES.items() if getattr(self, name) is not None
        )


class CommentRead(models.Model):
    """One person has read one comment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reads", db_index=False)
    reader = models.ForeignKey(User, models.CASCADE, related_name="read_comments")
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "reader"], name="comment_is_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} read"
