"""{% load measures %}: numbers in the viewer's units (metrics.formatting).

`units` is in every page context.
"""

from __future__ import annotations

from typing import Protocol

from django import template

from metrics import formatting
from metrics.pace_or_speed import format_sport_distance

register = template.Library()


class RecordedDistance(Protocol):
    """An activity of any kind: a row or a summary."""

    @property
    def activity_type(self) -> str: ...

    @property
    def distance_m(self) -> float | None: ...


@register.filter
def distance(metres: float | None, units: str) -> str:
    return formatting.format_distance(metres, units)


@register.filter
def activity_distance(activity: RecordedDistance, units: str) -> str:
    """The distance of an activity, as its sport has it."""
    return format_sport_distance(activity.distance_m, activity.activity_type, units)


@register.filter
def pace(seconds_per_km: float | None, units: str) -> str:
    return formatting.format_pace(seconds_per_km, units)


@register.filter
def climb(metres: float | None, units: str) -> str:
    return formatting.format_climb(metres, units)


@register.filter
def duration(seconds: float | None) -> str:
    return formatting.format_duration(seconds)


@register.filter
def hours(seconds: float | None) -> str:
    return formatting.format_hours(seconds)


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    return formatting.format_number(value, digits)


@register.filter
def signed(value: float | None, digits: int = 0) -> str:
    return formatting.format_signed_number(value, digits)
