"""Browser sessions, with a limit for the time without a request and one for the time since the sign-in.

A session stores both times. Its row is written when it changes and otherwise once in five minutes of use.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from astral.logs import log_event
from athletes.accounts.acting.periods import ACTING_KEY, find_acted_person
from athletes.accounts.browsers import record_browser
from athletes.models import User

STARTED_AT, USED_AT = "started_at", "used_at"  # keys of the session: Unix seconds
FACTOR_MISSING = "factor_missing"  # key of a session that can only add the second factor that its owner needs
SETUP_ADDRESSES = ("/settings/security", "/sign-out")
STAMP_INTERVAL = timedelta(minutes=5)


class SessionStore(db.SessionStore):
    """Django's sessions in PostgreSQL, with the times of the sign-in and of the last use."""

    def save(self, must_create: bool = False) -> None:
        if SESSION_KEY in self:
            now = timezone.now().timestamp()
            self.setdefault(STARTED_AT, now)
            self[USED_AT] = now
        super().save(must_create)

    def __setitem__(self, key: str, value: Any) -> None:
        """A sign-in names its user, also in a running session: its time begins again."""
        if key == SESSION_KEY:
            self.pop(STARTED_AT, None)
        super().__setitem__(key, value)


class LimitedSessionMiddleware(AuthenticationMiddleware):
    """Sets `request.user`; nobody if the session has ended. No SQL statement before the first use of it."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_load_session_user, request))  # type: ignore[assignment]


def _load_session_user(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """The user of the session. Keeps it as Django does, for the log line of the request."""
    user = get_user(request)
    now = timezone.now()
    opens_page = _may_open(request) and _check_times(request, user, now)
    found = user if opens_page else AnonymousUser()
    if isinstance(found, User) and ACTING_KEY in request.session:
        found = _load_acted_person(request, found, now)
    request._cached_user = found  # type: ignore[attr-defined]
    return found


def _load_acted_person(request: HttpRequest, staff: User, now: datetime) -> User:
    """The person as whom staff act. Once the time is over, the staff member is told."""
    person = find_acted_person(request.session, staff, now)
    if person is None:
        messages.warning(
            request, "You act as yourself again: the time is over, or it is not allowed any more."
        )
    return person or staff


def _may_open(request: HttpRequest) -> bool:
    """Whether this session opens this address."""
    return not request.session.get(FACTOR_MISSING) or request.path.startswith(SETUP_ADDRESSES)


def _check_times(request: HttpRequest, user: AbstractBaseUser | AnonymousUser, now: datetime) -> bool:
    """Whether the session still runs. One that has ended is deleted; one in use is stamped now and then."""
    if not isinstance(user, User):
        return True
    reason = find_end_reason(request.session, user, now)
    if reason:
        log_event("session_expired", person=user.pk)
        request.session.flush()
        messages.warning(request, f"{reason} Sign in again.")
        return False
    if _read_time(request.session, USED_AT, now - STAMP_INTERVAL) <= now - STAMP_INTERVAL:
        request.session.modified = True  # so that its row is written after the answer
        record_browser(request, user, now)
    return True


def find_end_reason(session: SessionBase, user: User, now: datetime) -> str:
    """Why this session has ended, as a sentence for its owner; empty if it has not.

    A session without times was made by an older version: its time begins now.
    """
    idle_time, lifetime = settings.SESSION_IDLE_TIME, settings.SESSION_LIFETIME
    if user.is_staff:
        idle_time, lifetime = settings.STAFF_SESSION_IDLE_TIME, settings.STAFF_SESSION_LIFETIME
    if now - _read_time(session, STARTED_AT, now) >= lifetime:
        return f"You were signed out because you signed in more than {_format_limit(lifetime)} ago."
    if now - _read_time(session, USED_AT, now) >= idle_time:
        return f"You were signed out because you did nothing here for {_format_limit(idle_time)}."
    return ""


def _read_time(session: SessionBase, name: str, missing: datetime) -> datetime:
    seconds = session.get(name)
    return missing if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _format_limit(limit: timedelta) -> str:
    """In days if it is two days or more, else in hours, else in minutes."""
    seconds = limit.total_seconds()
    for unit, size, least in (("days", 86_400, 2), ("hours", 3_600, 2), ("minutes", 60, 1)):
        if seconds >= least * size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
