"""Instants and days as people read them, in the zone of whoever looks."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

EMPTY_TEXT = "–"


def format_date(day: date | None) -> str:
    """Wed 10 Jun 2026."""
    return EMPTY_TEXT if day is None else f"{day:%a} {day.day} {day:%b} {day.year}"


def format_local_datetime(instant: datetime | None, zone: tzinfo) -> str:
    """10 Jun 2026, 14:05, on the clocks of `zone`."""
    if instant is None:
        return EMPTY_TEXT
    local = instant.astimezone(zone)
    return f"{local.day} {local:%b} {local.year}, {local:%H:%M}"


def format_local_time(instant: datetime | None, zone: tzinfo) -> str:
    """14:05, on the clocks of `zone`."""
    return EMPTY_TEXT if instant is None else f"{instant.astimezone(zone):%H:%M}"
