"""Instants and days in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.template import Context, Template

from astral.local_time import format_date, format_local_datetime, format_local_time

INSTANT = datetime(2026, 6, 9, 22, 5, tzinfo=UTC)


def test_an_instant_is_told_on_the_clocks_of_whoever_looks():
    assert format_local_datetime(INSTANT, UTC) == "9 Jun 2026, 22:05"
    assert format_local_datetime(INSTANT, ZoneInfo("Europe/Madrid")) == "10 Jun 2026, 00:05"
    assert format_local_time(INSTANT, ZoneInfo("Asia/Tokyo")) == "07:05"


def test_a_day_is_a_day_everywhere():
    assert format_date(date(2026, 6, 9)) == "Tue 9 Jun 2026"


def test_what_never_was_is_a_dash():
    assert {format_local_datetime(None, UTC), format_local_time(None, UTC), format_date(None)} == {"–"}


def test_templates_write_them_the_same_way():
    page = Template("{% load moments %}{{ at|local_time:zone }} {{ at|local_clock:zone }} {{ on|day }}")
    told = page.render(Context({"at": INSTANT, "zone": UTC, "on": date(2026, 6, 9)}))
    assert told == "9 Jun 2026, 22:05 22:05 Tue 9 Jun 2026"
