"""Local dates by time zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


class LocalDays(dict[str, date]):
    """The local date of each time zone at one moment, computed when it is first used."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now

    def __missing__(self, zone: str) -> date:
        return self.setdefault(zone, self.now.astimezone(ZoneInfo(zone)).date())
