"""{% load local_time %}: dates and times as text. See astral.dates.local_time."""

from __future__ import annotations

from django import template

from astral.dates.local_time import format_date, format_local_datetime, format_local_time

register = template.Library()

register.filter("long_date", format_date)
register.filter("local_datetime", format_local_datetime)
register.filter("clock_time", format_local_time)
