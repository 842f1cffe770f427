"""Quantities of axes: the text of a value and the positions of the ticks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from astral.charts.ticks import clock_ticks, date_ticks, number_ticks
from astral.dates.local_time import format_date

Position = float | date
LOG_DURATIONS_S = (1, 5, 15, 60, 180, 600, 1_200, 3_600, 7_200, 18_000)


@dataclass(frozen=True, slots=True)
class Quantity:
    """The text of a value, the ticks of an axis, and whether the smallest value is on top.

    `name` tells `charts.js` how to write a value.
    """

    name: str
    text: Callable[[float], str]
    ticks: Callable[[float, float, int], list[float]]
    inverted: bool = False


def format_tick_number(value: float) -> str:
    """1234.5 → "1,234.5"; at most two decimals, a typographic minus sign."""
    return f"{round(value, 2) + 0.0:,.15g}".replace("-", "−")


def format_tick_clock(seconds: float) -> str:
    """Whole minutes as "45 min", "2 h" or "1:30 h"; others as "4:05" or "1:02:30"."""
    rounded_s = math.floor(seconds + 0.5)
    hours, minutes, rest_s = rounded_s // 3_600, rounded_s // 60 % 60, rounded_s % 60
    if rest_s:
        return f"{hours}:{minutes:02d}:{rest_s:02d}" if hours else f"{minutes}:{rest_s:02d}"
    if not hours:
        return f"{minutes} min" if minutes else "0"
    return f"{hours}:{minutes:02d} h" if minutes else f"{hours} h"


def format_tick_pace(seconds: float) -> str:
    """Seconds per kilometre or mile as M:SS."""
    rounded_s = math.floor(seconds + 0.5)
    return f"{rounded_s // 60}:{rounded_s % 60:02d}"


def format_tick_date(ordinal: float) -> str:
    """The date of a day number, such as "Wed 10 Jun 2026"."""
    return format_date(date.fromordinal(math.floor(ordinal)))


NUMBER = Quantity("number", format_tick_number, number_ticks)
DURATION = Quantity("duration", format_tick_clock, clock_ticks)
PACE = Quantity("pace", format_tick_pace, clock_ticks, inverted=True)  # faster is up


def format_log_duration(power: float) -> str:
    """The text of a position that is the power of ten of seconds: "8 s", "45 min", "1:30 h"."""
    seconds = round(10**power)
    return f"{seconds} s" if seconds < 60 else format_tick_clock(seconds)


def log_duration_ticks(low: float, high: float, max_steps: int) -> list[float]:
    """Usual times inside of [low, high], which are powers of ten; at most `max_steps` + 1."""
    inside = [math.log10(seconds) for seconds in LOG_DURATIONS_S if low <= math.log10(seconds) <= high]
    return inside[:: 1 + len(inside) // (max_steps + 2)]


def count_ticks(low: float, high: float, max_steps: int) -> list[float]:
    """Ticks of whole numbers, such as weeks."""
    return [tick for tick in number_ticks(low, high, max_steps) if tick.is_integer()]


# Of an x axis only: whole numbers. `charts.js` writes them as numbers.
COUNT = Quantity("number", format_tick_number, count_ticks)
# Of an x axis only: log10 of seconds.
LOG_DURATION = Quantity("log-duration", format_log_duration, log_duration_ticks)
# Of an x axis only. Its ticks come from `build_position_ticks`.
DAYS = Quantity("day", format_tick_date, clock_ticks)


def position_to_number(position: Position) -> float:
    return float(position.toordinal()) if isinstance(position, date) else float(position)


def build_position_ticks(
    quantity: Quantity, low: float, high: float, max_steps: int
) -> list[tuple[float, str]]:
    """Ticks of an x axis within [low, high], with their texts."""
    if quantity is DAYS:
        dates = date_ticks(date.fromordinal(math.ceil(low)), date.fromordinal(math.floor(high)))
        return [(float(day.toordinal()), text) for day, text in dates]
    ticks = quantity.ticks(low, high, max_steps)
    return [(tick, quantity.text(tick)) for tick in ticks if low <= tick <= high]
