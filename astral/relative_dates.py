"""How far a day is away, in words. Knows no Django."""

from __future__ import annotations

from datetime import date

WEEKS_FROM_D = 21
MONTHS_FROM_D = 90


def ago(day: date, today: date) -> str:
    """today; yesterday; 3 days ago; 5 weeks ago; 4 months ago; a day ahead is as in `ahead`."""
    days = (today - day).days
    if days < 0:
        return ahead(day, today)
    return {0: "today", 1: "yesterday"}.get(days) or f"{_span(days)} ago"


def ahead(day: date, today: date) -> str:
    """today; tomorrow; in 12 days, which is exact, because people count the days to a race."""
    days = (day - today).days
    if days < 0:
        return ago(day, today)
    return {0: "today", 1: "tomorrow"}.get(days) or f"in {days} days"


def since(day: date, today: date) -> str:
    """since today; since Fri 20 Nov: the day, because what stands often counts days of its own."""
    return "since today" if day == today else f"since {day:%a} {day.day} {day:%b}"


def _span(days: int) -> str:
    if days < WEEKS_FROM_D:
        return f"{days} days"
    return f"{days // 7} weeks" if days < MONTHS_FROM_D else f"{round(days / 30.4)} months"
