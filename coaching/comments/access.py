"""Finds what a comment is about, and one's own comment, among the rows that the viewer may reach."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from rest_framework.exceptions import ValidationError

from astral.http.fields import DayField
from athletes.access.permissions import Permit, parse_id
from athletes.models import User
from coaching.comments.threads import CommentThread
from coaching.models import CalendarSession, Comment
from metrics.models import Activity


def find_activity_thread(permit: Permit, activity_id: str) -> CommentThread:
    """Raises 400 for a malformed id, and 403 or 404."""
    identifier = parse_id(Activity.prefix, activity_id, "activity_id")
    activity = permit.get_object(Activity, identifier)
    return CommentThread(activity.athlete_id, activity_id=activity.pk)


def find_day_thread(permit: Permit, user_id: str, day: str) -> CommentThread:
    """Raises 400 for a malformed id or date, and 403 or 404."""
    athlete = permit.athlete(parse_id(User.prefix, user_id, "user_id"))
    return CommentThread(athlete.pk, day=parse_comment_day(day))


def find_session_thread(permit: Permit, user_id: str, session_id: str) -> CommentThread:
    """Raises 400 for a malformed id, and 403 or 404."""
    athlete = permit.athlete(parse_id(User.prefix, user_id, "user_id"))
    session = find_commented_session(permit, athlete.pk, session_id)
    return CommentThread(athlete.pk, session_id=session.pk)


def find_commented_session(permit: Permit, athlete_id: UUID, session_id: str) -> CalendarSession:
    """A session that stands in the calendar. A deleted one is as good as missing. Raises 400, 403 or 404."""
    identifier = parse_id(CalendarSession.prefix, session_id, "session_id")
    expected = CalendarSession.objects.expected().filter(athlete=athlete_id, pk=identifier)
    return permit.get_or_forbidden(expected.first())


def parse_comment_day(text: str) -> date:
    """A date in the address. Raises 400."""
    try:
        day: date = DayField().run_validation(text)
    except ValidationError as error:
        raise ValidationError({"date": error.detail}) from None
    return day


def find_own_comment(permit: Permit, identifier: UUID) -> Comment:
    """A comment that the viewer wrote, and whose athlete still shares its category. Raises 403 or 404."""
    reachable = Comment.objects.reached_by(permit.viewer, permit.row.right)
    own = reachable.filter(pk=identifier, author=permit.person.pk)
    return permit.note_row(own.select_related("athlete__user", "author").first(), Comment, identifier)
