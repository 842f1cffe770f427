"""The browsers in which a person is signed in: listed with their last use, and ended one by one.

A row of allauth's UserSession describes a session: whose it is, which browser, from which network address.
It is written at the sign-in, and then at most every five minutes of use. Django's row is the session itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from astral.http.middleware.caller import get_client_address
from athletes.models import User

MAX_SHOWN_BROWSERS = 100
NO_ADDRESS = "0.0.0.0"  # the request came through a socket of this machine
# Each browser also names those after it, so the first match counts.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedInBrowser:
    browser_id: int
    name: str
    address: str
    signed_in_at: datetime
    used_at: datetime
    is_current: bool


def record_browser(request: HttpRequest, person: User, now: datetime) -> None:
    """Note the last use of this request's session. One statement, unless the session is new."""
    if request.session.session_key is None:
        request.session.save()
    row = UserSession(
        user=person,
        session_key=request.session.session_key,
        ip=get_client_address(request) or NO_ADDRESS,
        user_agent=request.headers.get("User-Agent", "")[
            : UserSession._meta.get_field("user_agent").max_length
        ],
        created_at=now,
        last_seen_at=now,
    )
    UserSession.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["user", "ip", "user_agent", "last_seen_at"],
    )


def list_browsers(person: User, current_key: str | None, now: datetime) -> list[SignedInBrowser]:
    """The running sessions, the last used first. Two statements."""
    rows = list(UserSession.objects.filter(user=person).order_by("-last_seen_at")[:MAX_SHOWN_BROWSERS])
    running = _find_running_keys(person, rows, now)
    return [
        SignedInBrowser(
            row.pk,
            describe_browser(row.user_agent),
            "" if row.ip == NO_ADDRESS else row.ip,
            row.created_at,
            row.last_seen_at,
            row.session_key == current_key,
        )
        for row in rows
        if row.session_key in running
    ]


def _find_running_keys(person: User, rows: Sequence[UserSession], now: datetime) -> set[str]:
    """A new password or signing out everywhere ends sessions whose rows stay for a while."""
    proof = person.get_session_auth_hash()
    sessions = Session.objects.filter(pk__in=[row.session_key for row in rows], expire_date__gt=now)
    return {
        session.pk
        for session in sessions
        if constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), proof)
    }


@transaction.atomic
def end_browser(person: User, browser_id: int) -> None:
    """End one session of this person. Nothing happens if it has ended."""
    rows = UserSession.objects.filter(user=person, pk=browser_id)
    Session.objects.filter(pk__in=list(rows.values_list("session_key", flat=True))).delete()
    rows.delete()


def delete_ended_browsers() -> None:
    """Delete the descriptions of sessions that no longer exist."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def describe_browser(user_agent: str) -> str:
    """`Firefox on Android`; `Unknown browser` if it does not say."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "Unknown browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
