"""Instants and days as people read them, in the zone of whoever looks."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

NOTHING = "–"


def day_text(day: date | None) -> str:
    """Wed 10 Jun 2026."""
    return NOTHING if day is None else f"{day:%a} {day.day} {day:%b} {day.year}"


def time_text(instant: datetime | None, zone: tzinfo) -> str:
    """10 Jun 2026, 14:05, on the clocks of `zone`."""
    if instant is None:
        return NOTHING
    local = instant.astimezone(zone)
    return f"{local.day} {local:%b} {local.year}, {local:%H:%M}"


def clock_text(instant: datetime | None, zone: tzinfo) -> str:
    """14:05, on the clocks of `zone`."""
    return NOTHING if instant is None else f"{instant.astimezone(zone):%H:%M}"
