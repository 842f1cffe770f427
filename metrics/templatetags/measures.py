"""{% load measures %}: numbers with their units as the viewer chose (metrics.measures); `units` is in every context."""

from __future__ import annotations

from django import template

from metrics import measures

register = template.Library()


@register.filter
def distance(metres: float | None, units: str) -> str:
    return measures.distance_text(metres, units)


@register.filter
def pace(seconds_per_km: float | None, units: str) -> str:
    return measures.pace_text(seconds_per_km, units)


@register.filter
def climb(metres: float | None, units: str) -> str:
    return measures.climb_text(metres, units)


@register.filter
def duration(seconds: float | None) -> str:
    return measures.duration_text(seconds)


@register.filter
def hours(seconds: float | None) -> str:
    return measures.hours_text(seconds)


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    return measures.number_text(value, digits)


@register.filter
def signed(value: float | None, digits: int = 0) -> str:
    return measures.signed_text(value, digits)
