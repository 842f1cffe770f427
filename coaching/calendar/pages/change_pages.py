"""Buttons: undo a change, accept or decline a proposal, make tomorrow easy, move the next hard session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import DayField
from astral.http.pages import ActionPage, NextUrlFields
from athletes.access.permissions import parse_id
from coaching.calendar.changes.change_sentences import describe_change
from coaching.calendar.changes.make_change import MadeChange, accept_proposal, decline_proposal, make_change
from coaching.calendar.changes.requests import ChangeRequest, build_author
from coaching.calendar.changes.selection import StaleSessionError
from coaching.calendar.pages.change_texts import build_undo_url, describe_made_change
from coaching.calendar.pages.hard_sessions import make_tomorrow_easy, move_hard_session
from coaching.calendar.pages.write_page import CalendarWritePage
from coaching.models import CalendarChange


class CalendarActionPage(CalendarWritePage, ActionPage):
    """A button about the calendar. The notice offers Undo."""

    serializer_class = NextUrlFields

    def describe_made(self, made: MadeChange) -> str:
        """The notice; its Undo button takes `made` back."""
        self.undo_url = build_undo_url(self.athlete, made.change)
        return describe_made_change(made.change, made.warnings)

    def make(self, request: ChangeRequest) -> str:
        author = build_author(self.permit, self.athlete)
        return self.describe_made(make_change(self.athlete, request, author, timezone.now()))

    def parse_change_id(self) -> UUID:
        return parse_id(CalendarChange.prefix, self.kwargs["change_id"], "change_id")


class UndoChangePage(CalendarActionPage):
    """Undoes a change. That is a change too, so its notice offers Undo again."""

    def apply_change(self, values: dict[str, Any]) -> str:
        return self.make(ChangeRequest(CalendarChange.Kind.UNDO, {"change_id": str(self.parse_change_id())}))


class AcceptProposalPage(CalendarActionPage):
    def apply_change(self, values: dict[str, Any]) -> str:
        try:
            made = accept_proposal(self.athlete, self.parse_change_id(), self.permit, timezone.now())
        except StaleSessionError:
            sentence = "A session changed after this was proposed, so it cannot be accepted any more."
            raise ApiError("STALE_VERSION", sentence, 409) from None
        return self.describe_made(made)


class DeclineProposalPage(CalendarActionPage):
    def apply_change(self, values: dict[str, Any]) -> str:
        change = decline_proposal(self.athlete, self.parse_change_id(), self.permit, timezone.now())
        return f"Declined to {describe_change(change, is_wish=True)}. The calendar stays as it is."


class MakeTomorrowEasyPage(CalendarActionPage):
    """Makes tomorrow's hard session easy."""

    def apply_change(self, values: dict[str, Any]) -> str:
        author = build_author(self.permit, self.athlete)
        return self.describe_made(make_tomorrow_easy(self.athlete, author, timezone.now()))


class MoveHardSessionRequest(NextUrlFields):
    date = DayField(source="day", help_text="The new local date.")


class MoveHardSessionPage(CalendarActionPage):
    """Moves the next hard session, from tomorrow on, to the day of the field `date`."""

    serializer_class = MoveHardSessionRequest

    def apply_change(self, values: dict[str, Any]) -> str:
        author = build_author(self.permit, self.athlete)
        made = move_hard_session(self.athlete, values["day"], author, timezone.now())
        return self.describe_made(made)
