"""{% load measures %}: numbers in the viewer's units (metrics.formatting).

`units` is in every page context.
"""

from __future__ import annotations

from django import template

from metrics import formatting

register = template.Library()


@register.filter
def distance(metres: float | None, units: str) -> str:
    return formatting.format_distance(metres, units)


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
