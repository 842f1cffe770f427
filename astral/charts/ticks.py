"""Ticks of axes: numbers in steps of 1, 2 or 5, clock times, and dates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count

CLOCK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MAX_SPAN_FOR_DAY_TICKS, MAX_SPAN_FOR_WEEK_TICKS = 10, 130
_EPSILON = 1e-9


def covering_multiples(low: float, high: float, step: float) -> list[float]:
    """Multiples of `step` from the last one ≤ low to the first one ≥ high."""
    first, last = math.floor(low / step + _EPSILON), math.ceil(high / step - _EPSILON)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]


def number_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` + 1 multiples of 1, 2 or 5 · 10ⁿ that cover [low, high]."""
    return _first_fitting(low, high, most, _number_steps((high - low) / most))


def clock_ticks(low_s: float, high_s: float, most: int) -> list[float]:
    """At most `most` + 1 multiples of a clock step (1 s to days) that cover [low, high] seconds."""
    days = (86_400.0 * number for number in _number_steps((high_s - low_s) / most / 86_400))
    return _first_fitting(low_s, high_s, most, (*CLOCK_STEPS_S, *(next(days) for _ in range(6))))


def _number_steps(rough: float) -> Iterator[float]:
    magnitude = math.floor(math.log10(rough)) if rough > 0 else 0
    return (lead * 10.0**power for power in count(magnitude) for lead in (1, 2, 5))


def _first_fitting(low: float, high: float, most: int, steps: Iterable[float]) -> list[float]:
    for step in steps:
        if (high - low) / step <= most + 1:  # do not build the long lists of too fine steps
            ticks = covering_multiples(low, high, step)
            if len(ticks) <= most + 1:
                return ticks
    raise ValueError(f"No step marks {low} to {high} with {most} ticks.")


def date_ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Days, Mondays, months or years within [first, last], with their texts. January is shown as its year."""
    span = (last - first).days
    if span <= MAX_SPAN_FOR_DAY_TICKS:
        return [(day, _day_text(day)) for day in _every_nth_day(first, last, 1)]
    if span <= MAX_SPAN_FOR_WEEK_TICKS:
        monday = first + timedelta(days=-first.weekday() % 7)
        return [(day, _day_text(day)) for day in _every_nth_day(monday, last, 7)]
    months = _month_step(span)
    starts = [
        date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13, months)
    ]
    return [
        (day, str(day.year) if day.month == 1 else MONTHS[day.month - 1])
        for day in starts
        if first <= day <= last
    ]


def _month_step(span_days: int) -> int:
    return 1 if span_days <= 460 else 3 if span_days <= 1_400 else 12


def _every_nth_day(first: date, last: date, days: int) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(0, (last - first).days + 1, days))


def _day_text(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"
