"""The distance to a date in words. Without Django."""

from __future__ import annotations

from datetime import date

MIN_DAYS_FOR_WEEKS = 21
MIN_DAYS_FOR_MONTHS = 90
MIN_DAYS_FOR_DATE = 365


def format_past_date(day: date, today: date) -> str:
    """today; yesterday; 3 days ago; 5 weeks ago; 4 months ago; Mar 2014.

    For a future date see `format_future_date`.
    """
    days = (today - day).days
    if days < 0:
        return format_future_date(day, today)
    if days >= MIN_DAYS_FOR_DATE:
        return f"{day:%b %Y}"
    return {0: "today", 1: "yesterday"}.get(days) or f"{_format_span(days)} ago"


def format_future_date(day: date, today: date) -> str:
    """today; tomorrow; in 12 days. Always in days, because people count the days to a race."""
    days = (day - today).days
    if days < 0:
        return format_past_date(day, today)
    return {0: "today", 1: "tomorrow"}.get(days) or f"in {days} days"


def format_since_date(day: date, today: date) -> str:
    """since today; since Fri 20 Nov.

    It is always a date, because the sentence before it often has a number of days.
    """
    return "since today" if day == today else f"since {day:%a} {day.day} {day:%b}"


def _format_span(days: int) -> str:
    if days < MIN_DAYS_FOR_WEEKS:
        return f"{days} days"
    return f"{days // 7} weeks" if days < MIN_DAYS_FOR_MONTHS else f"{round(days / 30.4)} months"
