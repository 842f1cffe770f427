"""{% load moments %}: instants and days in words (astral.local_time)."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from django import template

from astral import local_time as moments

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    return moments.format_date(value)


@register.filter
def local_time(value: datetime | None, zone: tzinfo) -> str:
    return moments.format_local_datetime(value, zone)


@register.filter
def local_clock(value: datetime | None, zone: tzinfo) -> str:
    return moments.format_local_time(value, zone)
