"""{% load measures %}: numbers with their units as the viewer chose (metrics.formatting); `units` is in every context."""

from __future__ import annotations

from django import template

from metrics import formatting

register = template.Library()


@register.filter
def distance(metres: float | None, units: str) -> str:
    return formatting.distance_text(metres, units)


@register.filter
def pace(seconds_per_km: float | None, units: str) -> str:
    return formatting.pace_text(seconds_per_km, units)


@register.filter
def climb(metres: float | None, units: str) -> str:
    return formatting.climb_text(metres, units)


@register.filter
def duration(seconds: float | None) -> str:
    return formatting.duration_text(seconds)


@register.filter
def hours(seconds: float | None) -> str:
    return formatting.hours_text(seconds)


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    return formatting.number_text(value, digits)


@register.filter
def signed(value: float | None, digits: int = 0) -> str:
    return formatting.signed_text(value, digits)
