"""What all pages have in common that change a calendar: who acts, the notice with Undo, where to go next."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from astral.dates.local_time import format_local_datetime
from astral.http.pages import safe_redirect_url
from athletes.access.protected_page import OneAthletePage
from athletes.organizations.consent import load_visibilities
from athletes.rights import EVERYTHING, NOTHING, Visibility
from coaching.calendar.changes.change_sentences import describe_change
from coaching.calendar.changes.make_change import MadeChange, make_change
from coaching.calendar.changes.requests import ChangeRequest, build_author
from coaching.calendar.pages.change_texts import build_undo_url, describe_made_change
from coaching.calendar.pages.week_card import build_calendar_url
from coaching.models import CalendarChange


class CalendarWritePage(OneAthletePage):
    """A page about the calendar of one athlete that may change it."""

    def change_calendar(self, request: ChangeRequest) -> MadeChange:
        """Make the change. Raises as `make_change`. The next page says what was done and offers Undo."""
        author = build_author(self.permit, self.athlete)
        made = make_change(self.athlete, request, author, timezone.now())
        self.add_notice(made)
        return made

    def add_notice(self, made: MadeChange) -> None:
        sentence = describe_made_change(made.change, made.warnings)
        messages.success(self.request, sentence, extra_tags=build_undo_url(self.athlete, made.change))

    def redirect_to_next(self, address: str) -> HttpResponse:
        return redirect(safe_redirect_url(self.request, address, self.build_return_url()))

    def build_return_url(self) -> str:
        return build_calendar_url(self.athlete.public_id, own=self.own)

    def load_visibility(self) -> Visibility:
        """What the viewer may see of this athlete. One statement; none for oneself.

        Staff who act as the athlete are asked as others are.
        """
        if self.own and self.person.acting is None:
            return EVERYTHING
        visibility = load_visibilities(self.person, [self.athlete.pk]).get(self.athlete.pk, NOTHING)
        self.permit.note_withheld(self.athlete.pk, visibility)
        return visibility

    def describe_last_change(self, change: CalendarChange) -> str:
        """Ada moved “Tempo” from Thu … to Fri … (10 Jun 2026, 14:05)."""
        author = change.name_author() or "Somebody"
        at = format_local_datetime(change.made_at, self.page_user.zone)
        return f"{author} {describe_change(change)} ({at})."


def add_query(address: str, **query: str) -> str:
    """The address with a query string of the values that are not empty."""
    given = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(given)}" if given else address
