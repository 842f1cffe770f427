"""Dates and times as text for people, in a given time zone."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

EMPTY_TEXT = "–"


def format_date(day: date | None) -> str:
    """Such as "Wed 10 Jun 2026"; a dash for None."""
    return EMPTY_TEXT if day is None else f"{day:%a} {day.day} {day:%b} {day.year}"


def format_local_datetime(instant: datetime | None, zone: tzinfo) -> str:
    """Such as "10 Jun 2026, 14:05" in `zone`; a dash for None."""
    if instant is None:
        return EMPTY_TEXT
    local = instant.astimezone(zone)
    return f"{local.day} {local:%b} {local.year}, {local:%H:%M}"


def format_local_time(instant: datetime | None, zone: tzinfo) -> str:
    """Such as "14:05" in `zone`; a dash for None."""
    return EMPTY_TEXT if instant is None else f"{instant.astimezone(zone):%H:%M}"
