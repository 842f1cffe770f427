"""Pages: the calendar file behind its secret address, and the page in Settings that makes the address."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from astral.http.fields import StrictSerializer
from astral.http.forms import SerializerForm
from astral.http.pages import ActionPage, FormPage
from astral.ids import encode
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, User
from athletes.secret_tokens import derive_secret, hash_secret
from coaching.calendar.feed.addresses import (
    build_feed_url,
    end_feed,
    find_feed,
    find_feed_of_secret,
    make_feed,
    record_reading,
)
from coaching.calendar.feed.calendar_file import build_calendar_file
from coaching.calendar.feed.rows import load_feed_races, load_feed_sessions
from coaching.models import CalendarSession

FORMAT = 1  # raise it when the same rows give another file
CONTENT_TYPE = "text/calendar; charset=utf-8"
NOT_FOUND = "There is no calendar at this address.\n"


class CalendarFilePage(ProtectedPage):
    """The calendar as a file, for who knows the secret. An unknown and an ended secret get the same 404."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponseBase:
        """Three statements, and once an hour one that stores the reading. One if nothing has changed."""
        now = timezone.now()
        feed = find_feed_of_secret(secret)
        if feed is None:
            return HttpResponse(NOT_FOUND, status=404, content_type="text/plain; charset=utf-8")
        record_reading(feed, now)
        athlete, today = feed.athlete, feed.athlete.local_date(now)
        home = request.build_absolute_uri("/")
        state = (FORMAT, athlete.pk, athlete.data_version, athlete.unit_system, today, home)
        etag = f'"{sha256(repr(state).encode()).hexdigest()[:32]}"'
        answer = get_conditional_response(request, etag=etag)
        if answer is None:
            answer = HttpResponse(_build_content(athlete, today, request), content_type=CONTENT_TYPE)
        answer.headers["ETag"], answer.headers["Cache-Control"] = etag, "private, no-cache"
        return answer


def _build_content(athlete: Athlete, today: date, request: HttpRequest) -> bytes:
    def find_url(session: CalendarSession) -> str:
        address = reverse("session-page", args=[encode(User.prefix, athlete.pk), session.public_id])
        return request.build_absolute_uri(address)

    sessions, races = load_feed_sessions(athlete, today), load_feed_races(athlete, today)
    return build_calendar_file(sessions, races, athlete.unit_system, find_url)


class CalendarFeedForm(SerializerForm):
    """A button. Sent twice, it makes one address."""

    serializer_class = StrictSerializer


class CalendarFeedPage(ProtectedPage, FormPage):
    """Whether there is an address. A new one is shown once, right after it is made."""

    template_name = "coaching/calendar/feed.html"
    form_class = CalendarFeedForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        secret = derive_secret(self.form_token, self.person.pk) if self.form_token else ""
        _, secret = make_feed(self.person.athlete, timezone.now(), secret)
        return self._show(CalendarFeedForm(), url=build_feed_url(self.request, secret))

    def answer_repeat(self, location: str) -> HttpResponse:
        """Show the address of the first sending again, if it still works."""
        secret, feed = derive_secret(self.form_token, self.person.pk), find_feed(self.person.athlete)
        if feed is None or feed.digest != hash_secret(secret):
            return super().answer_repeat(location)
        return self._show(CalendarFeedForm(), url=build_feed_url(self.request, secret))

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self._show(form)

    def _show(self, form: SerializerForm, url: str = "") -> HttpResponse:
        return self.page(form=form, feed=find_feed(self.person.athlete), url=url)


class CalendarFeedEndPage(ProtectedPage, ActionPage):
    return_page = "calendar-feed-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        end_feed(self.person.athlete)
        return "The address no longer works."
