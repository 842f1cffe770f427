"""A calendar program that subscribes to somebody's calendar."""

from __future__ import annotations

from typing import Any

import icalendar
from django.test import Client

from athletes.models import User
from coaching.calendar.feed.addresses import make_feed
from tests.support.cast import NOON


class CalendarProgram:
    """It knows the secret address, and nothing else."""

    def __init__(self, owner: User) -> None:
        self.client = Client()
        self.path = f"/calendar/{make_feed(owner.athlete, NOON)[1]}.ics"

    def get(self, **headers: str) -> Any:
        return self.client.get(self.path, headers=headers)

    def read_bytes(self) -> bytes:
        answer = self.get()
        assert answer.status_code == 200, answer.content
        content: bytes = answer.content
        return content

    def read(self) -> dict[str, Any]:
        """The events by UID."""
        calendar: Any = icalendar.Calendar.from_ical(self.read_bytes())
        return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def read_text(event: Any, name: str) -> str:
    return str(event.get(name, ""))
