"""{% load moments %}: instants and days in words (astral.local_time)."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from django import template

from astral import local_time as moments

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    return moments.day_text(value)


@register.filter
def local_time(value: datetime | None, zone: tzinfo) -> str:
    return moments.time_text(value, zone)


@register.filter
def local_clock(value: datetime | None, zone: tzinfo) -> str:
    return moments.clock_text(value, zone)
