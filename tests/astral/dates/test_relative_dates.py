"""Relative dates in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from astral.dates.relative_dates import format_future_date, format_past_date, format_since_date

TODAY = date(2026, 6, 10)


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "yesterday"), (2, "2 days ago"), (20, "20 days ago"), (21, "3 weeks ago"),
     (90, "3 months ago"), (364, "12 months ago"), (365, "Jun 2025"),
     (1_520, "Apr 2022"), (-1, "tomorrow"), (-30, "in 30 days")],
)  # fmt: skip
def test_past_and_future_dates_are_formatted_by_distance(days: int, words: str):
    assert format_past_date(TODAY - timedelta(days=days), TODAY) == words
    assert format_future_date(TODAY - timedelta(days=days), TODAY) == words


@pytest.mark.parametrize(
    ("days", "words"), [(0, "since today"), (1, "since Tue 9 Jun"), (27, "since Thu 14 May")]
)
def test_since_date_names_the_day(days: int, words: str):
    assert format_since_date(TODAY - timedelta(days=days), TODAY) == words
