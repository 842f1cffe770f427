"""Answers about a calendar feed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from coaching.models import CalendarFeed


class CalendarFeedSerializer(serializers.Serializer[Any]):
    is_on = serializers.BooleanField(help_text="Whether there is an address.")
    made_at = serializers.DateTimeField(
        allow_null=True, help_text="When the address was made; null without one."
    )
    last_read_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When a program last read the calendar, accurate to one hour; null: not yet.",
    )


class NewCalendarFeedSerializer(CalendarFeedSerializer):
    url = serializers.URLField(
        help_text="Subscribe to it in a calendar program. Who has it reads the calendar. Never shown again."
    )


def serialize_feed(feed: CalendarFeed | None) -> dict[str, Any]:
    return {
        "is_on": feed is not None,
        "made_at": feed.made_at if feed else None,
        "last_read_at": feed.last_read_at if feed else None,
    }
