"""Dates and times as text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.template import Context, Template

from astral.dates.local_time import format_date, format_local_datetime, format_local_time

INSTANT = datetime(2026, 6, 9, 22, 5, tzinfo=UTC)


def test_instant_is_formatted_in_the_given_zone():
    assert format_local_datetime(INSTANT, UTC) == "9 Jun 2026, 22:05"
    assert format_local_datetime(INSTANT, ZoneInfo("Europe/Madrid")) == "10 Jun 2026, 00:05"
    assert format_local_time(INSTANT, ZoneInfo("Asia/Tokyo")) == "07:05"


def test_date_is_formatted_with_its_weekday():
    assert format_date(date(2026, 6, 9)) == "Tue 9 Jun 2026"


def test_missing_value_is_a_dash():
    assert {format_local_datetime(None, UTC), format_local_time(None, UTC), format_date(None)} == {"–"}


def test_template_filters_format_like_the_functions():
    page = Template(
        "{% load local_time %}{{ at|local_datetime:zone }} {{ at|clock_time:zone }} {{ day|long_date }}"
    )
    text = page.render(Context({"at": INSTANT, "zone": UTC, "day": date(2026, 6, 9)}))
    assert text == "9 Jun 2026, 22:05 22:05 Tue 9 Jun 2026"
