"""What all calls have in common that change a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import ApiKey, Athlete, User
from athletes.organizations.consent import load_visibilities
from athletes.rights import EVERYTHING, NOTHING, Visibility
from coaching.calendar.change_serializers import serialize_made_change
from coaching.calendar.changes.make_change import MadeChange, make_change, propose_change
from coaching.calendar.changes.requests import ChangeAuthor, ChangeRequest, build_author
from coaching.calendar.changes.selection import StaleSessionError
from coaching.calendar.reader import load_entries
from coaching.calendar.request_serializers import ProposeQuery
from coaching.calendar.serializers import serialize_entry
from coaching.models import CalendarChange, CalendarSession


class CalendarWriteViewSet(ApiViewSet):
    """Changes of one athlete's calendar. API keys propose them; so does everybody with `propose=1`."""

    tag = "calendar"
    further_statuses: ClassVar = (409,)
    query_serializer_class = ProposeQuery
    path_fields: ClassVar = {
        "user_id": IdField(User.prefix, help_text="The athlete, usr_…."),
        "session_id": IdField(CalendarSession.prefix, help_text="The session, ses_…."),
        "change_id": IdField(CalendarChange.prefix, help_text="The change, chg_…."),
    }

    def parameters(self) -> Iterable[str]:
        is_read = self.request.method in ("GET", "HEAD") and self.action != "list"
        return () if is_read else super().parameters()

    def get_athlete(self) -> Athlete:
        return get_permit(self.request).athlete(parse_id(User.prefix, self.kwargs["user_id"], "user_id"))

    def load_visibility(self, athlete: Athlete) -> Visibility:
        """What the caller may see of this athlete. One statement; none for oneself."""
        permit = get_permit(self.request)
        if permit.viewer.pk == athlete.pk:
            return EVERYTHING
        visibility = load_visibilities(permit.viewer, [athlete.pk]).get(athlete.pk, NOTHING)
        permit.note_withheld(athlete.pk, visibility)
        return visibility

    def build_author(self, athlete: Athlete) -> ChangeAuthor:
        credential = self.request.auth
        name = credential.name if isinstance(credential, ApiKey) else ""
        return build_author(get_permit(self.request), athlete, name)

    def change_calendar(self, athlete: Athlete, request: ChangeRequest, status: int = 200) -> Response:
        """Make or propose a change; the answer has the sessions as they are now."""
        author, now, query = self.build_author(athlete), timezone.now(), self.parse_query()
        is_proposal = query["propose"] or author.user is None
        change = propose_change if is_proposal else make_change
        try:
            made = change(athlete, request, author, now)
        except StaleSessionError as error:
            raise self.complete_error(athlete, error, now) from None
        return self.answer(athlete, made, now, 202 if is_proposal else status)

    def complete_error(self, athlete: Athlete, error: StaleSessionError, now: datetime) -> StaleSessionError:
        """Add the session as it is now."""
        ids = [error.session_id] if error.session_id else []
        entries = load_entries(athlete, ids, now, self.load_visibility(athlete))
        error.details["session"] = serialize_entry(entries[0]) if entries else None
        return error

    def answer(self, athlete: Athlete, made: MadeChange, now: datetime, status: int = 200) -> Response:
        entries = load_entries(athlete, made.session_ids, now, self.load_visibility(athlete))
        content: dict[str, Any] = serialize_made_change(made, entries)
        return success(content, status)
