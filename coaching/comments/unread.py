"""How many comments are new to a person, by athlete.

Only an athlete and the coaches have new comments. Staff see every comment, but follow nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from athletes.access.viewer_queries import ViewerQuery
from athletes.models import Membership, User
from athletes.rights import READ, Category, Viewer
from coaching.models import Comment

SharedAthletes = Mapping[Category, Sequence[UUID]]


def count_unread_by_athlete(viewer: Viewer, now: datetime) -> dict[UUID, int]:
    """Numbers of new comments about the viewer and the coached athletes, without zeros.

    Two statements for any number of athletes; none for an API key, which reads nothing as a person.
    """
    if viewer.pk is None:
        return {}
    unread = Comment.objects.in_shared(load_shared_athletes(viewer)).unread_by(viewer.pk, now)
    counted = unread.order_by().values("athlete_id").annotate(number=Count("pk"))
    return dict(counted.values_list("athlete_id", "number"))


def count_unread(person: User, now: datetime) -> int:
    """The number of comments that are new to this person. Two statements."""
    return sum(count_unread_by_athlete(person, now).values())


def load_shared_athletes(viewer: Viewer) -> SharedAthletes:
    """By category: the viewer, and the athletes whom the viewer coaches and who share it. One statement.

    Nobody for staff who act as the viewer: comments are words between people.
    """
    if viewer.acting:
        return {category: [] for category in Category}
    rows = _SHARED_QUERY.rows(viewer)
    return {
        category: sorted({viewer.pk, *(pk for pk, *shares in rows if shares[place])})
        for place, category in enumerate(Category)
    }


def _select_shared(viewer: Viewer) -> QuerySet[Any, Any]:
    members = Membership.objects.supervised_by(viewer, READ, None)
    shares = {f"shares_{category.value}": _shares(category) for category in Category}
    return members.order_by().annotate(**shares).values_list("user_id", *shares)


def _shares(category: Category) -> Exists:
    return Exists(Membership.objects.sharing(category).filter(pk=OuterRef("pk")))


_SHARED_QUERY = ViewerQuery(_select_shared)
