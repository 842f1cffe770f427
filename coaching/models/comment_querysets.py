"""QuerySet of comments: who may see them, and which are new to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Value

from astral.precompiled_queries import AnyOf
from athletes.models import Athlete
from athletes.rights import Category, Right, Viewer

if TYPE_CHECKING:
    from coaching.models import Comment  # noqa: F401

# Each column that can name what a comment is about, and the category that its readers need.
TARGET_CATEGORIES: Mapping[str, Category] = {
    "activity_id": Category.ACTIVITIES,
    "day": Category.HEALTH,
    "session_id": Category.GOALS_AND_PLANS,
}
NEW_FOR = timedelta(days=30)  # an older comment is not new to anybody, such as to a coach who joins


class CommentQuerySet(models.QuerySet["Comment"]):
    def of_activity(self, athlete_id: UUID, activity_id: UUID) -> CommentQuerySet:
        return self.filter(athlete=athlete_id, activity=activity_id)

    def of_day(self, athlete_id: UUID, day: date) -> CommentQuerySet:
        return self.filter(athlete=athlete_id, day=day)

    def of_session(self, athlete_id: UUID, session_id: UUID) -> CommentQuerySet:
        return self.filter(athlete=athlete_id, session=session_id)

    def reached_by(self, viewer: Viewer, right: Right) -> CommentQuerySet:
        """Comments on whose athlete the viewer has this right, if the athlete shares their category."""
        reachable = Q()
        for column, category in TARGET_CATEGORIES.items():
            athletes = Athlete.objects.reached_by(viewer, right, category)
            shared = Exists(athletes.filter(pk=OuterRef("athlete_id")))
            reachable |= Q(shared, **{f"{column}__isnull": False})
        return self.filter(reachable)

    def in_shared(self, athlete_ids: Mapping[Category, Sequence[UUID]]) -> CommentQuerySet:
        """Comments about these athletes, by the category that the comment is of."""
        shared = Q()
        for column, category in TARGET_CATEGORIES.items():
            shared |= Q(AnyOf("athlete_id", athlete_ids[category]), **{f"{column}__isnull": False})
        return self.filter(shared)

    def with_state(self, viewer: Viewer, now: datetime) -> CommentQuerySet:
        """With the author, and annotated with `is_unread`: new to the viewer. Nothing is new to a key."""
        rows = self.select_related("author")
        if viewer.pk is None:
            return rows.annotate(is_unread=Value(False, BooleanField()))
        return rows.annotate(is_unread=ExpressionWrapper(_is_unread(viewer.pk, now), BooleanField()))

    def unread_by(self, reader_id: UUID, now: datetime) -> CommentQuerySet:
        """New comments of others that this person has not read yet."""
        return self.filter(_is_unread(reader_id, now))


def _is_unread(reader_id: UUID, now: datetime) -> Q:
    reads = apps.get_model("coaching.CommentRead")._default_manager
    is_read = Exists(reads.filter(comment=OuterRef("pk"), reader=reader_id))
    return Q(~is_read, created_at__gt=now - NEW_FOR) & ~Q(author=reader_id)
