"""The secret address of a feed: make, find and end it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from rest_framework.request import Request

from astral.logs import log_event
from athletes.models import Athlete
from athletes.secret_tokens import generate_secret, hash_secret
from coaching.models import CalendarFeed

READ_INTERVAL = timedelta(hours=1)


def make_feed(athlete: Athlete, now: datetime, secret: str = "") -> tuple[CalendarFeed, str]:
    """Make a feed, or give it a new secret; the old one stops. Returns the feed and its secret.

    Without `secret` it gets a new one.
    """
    secret = secret or generate_secret()
    values = {"digest": hash_secret(secret), "made_at": now, "last_read_at": None}
    feed, _ = CalendarFeed.objects.update_or_create(athlete=athlete, defaults=values)
    log_event("calendar_feed_made", person=athlete.pk)
    return feed, secret


def end_feed(athlete: Athlete) -> None:
    """The address stops. Without a feed nothing happens."""
    deleted, _ = CalendarFeed.objects.filter(athlete=athlete).delete()
    if deleted:
        log_event("calendar_feed_ended", person=athlete.pk)


def find_feed(athlete: Athlete) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(athlete=athlete).first()


def find_feed_of_secret(secret: str) -> CalendarFeed | None:
    """The feed with its athlete. One statement."""
    return CalendarFeed.objects.with_active_athlete().filter(digest=hash_secret(secret)).first()


def record_reading(feed: CalendarFeed, now: datetime) -> None:
    """Store that the feed was read. At most one statement an hour."""
    before = now - READ_INTERVAL
    if feed.last_read_at is None or feed.last_read_at < before:
        CalendarFeed.objects.read_before(before).filter(digest=feed.digest).update(last_read_at=now)


def build_feed_url(request: HttpRequest | Request, secret: str) -> str:
    return request.build_absolute_uri(reverse("calendar-file-page", args=[secret]))
