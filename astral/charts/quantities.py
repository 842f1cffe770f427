"""What an axis measures: how its values are written and where it is marked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from astral.charts.ticks import clock_ticks, date_ticks, number_ticks

Position = float | date


@dataclass(frozen=True, slots=True)
class Quantity:
    """How values are written, where an axis of them is marked, and whether the smallest stands on top."""

    text: Callable[[float], str]
    ticks: Callable[[float, float, int], list[float]]
    inverted: bool = False


def number_text(value: float) -> str:
    """1234.5 → "1,234.5"; at most two decimals, a typographic minus."""
    return f"{round(value, 2) + 0.0:,.15g}".replace("-", "−")


def clock_text(seconds: float) -> str:
    """Whole minutes as "45 min", "2 h" or "1:30 h", else "4:05" and "1:02:30"."""
    whole = math.floor(seconds + 0.5)
    hours, minutes, rest = whole // 3_600, whole // 60 % 60, whole % 60
    if rest:
        return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    if not hours:
        return f"{minutes} min" if minutes else "0"
    return f"{hours}:{minutes:02d} h" if minutes else f"{hours} h"


def pace_text(seconds: float) -> str:
    """Seconds per kilometre or mile as M:SS."""
    whole = math.floor(seconds + 0.5)
    return f"{whole // 60}:{whole % 60:02d}"


def day_text(ordinal: float) -> str:
    """The ISO date of a day number."""
    return date.fromordinal(math.floor(ordinal)).isoformat()


NUMBER = Quantity(number_text, number_ticks)
DURATION = Quantity(clock_text, clock_ticks)
PACE = Quantity(pace_text, clock_ticks, inverted=True)  # faster is up
DAYS = Quantity(day_text, clock_ticks)  # along only; `along_ticks` marks it by the calendar


def number_of(position: Position) -> float:
    return float(position.toordinal()) if isinstance(position, date) else float(position)


def along_ticks(quantity: Quantity, low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Marks within [low, high] of an axis that things run along, with their texts."""
    if quantity is DAYS:
        dates = date_ticks(date.fromordinal(math.ceil(low)), date.fromordinal(math.floor(high)))
        return [(float(day.toordinal()), text) for day, text in dates]
    ticks = quantity.ticks(low, high, most)
    return [(tick, quantity.text(tick)) for tick in ticks if low <= tick <= high]
