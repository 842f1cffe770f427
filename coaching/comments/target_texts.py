"""What a comment is about, in words, and the address of the page with its thread."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from astral.dates.local_time import format_date
from astral.ids import encode
from athletes.models import User
from coaching.models import CalendarSession, Comment
from metrics.models import Activity


def describe_activity_target(activity: Activity) -> tuple[str, str]:
    """The name of an activity with its day, and the address of its comments."""
    name = activity.name or activity.get_activity_type_display().capitalize()
    address = reverse("activity-page", args=[activity.public_id])
    return f"{name}, {format_date(activity.local_date)}", f"{address}#comments"


def describe_session(session: CalendarSession) -> str:
    """The name of a planned session with its day."""
    return f"{session.title or session.sport.capitalize()}, {format_date(session.day)}"


def build_target_url(comment: Comment) -> str:
    """The page with the thread of this comment."""
    if comment.activity_id is not None:
        address = reverse("activity-page", args=[encode(Activity.prefix, comment.activity_id)])
        return f"{address}#comments"
    if comment.session_id is not None:
        return build_session_comments_url(comment.athlete_id, comment.session_id)
    assert comment.day is not None
    return build_day_url(encode(User.prefix, comment.athlete_id), comment.day.isoformat())


def build_session_comments_url(athlete_id: UUID, session_id: UUID) -> str:
    """The page of a planned session, at its comments."""
    address = (encode(User.prefix, athlete_id), encode(CalendarSession.prefix, session_id))
    return f"{reverse('session-page', args=address)}#comments"


def build_day_url(user_id: str, day: str) -> str:
    return reverse("day-comments-page", args=[user_id, day])
