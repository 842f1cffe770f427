"""Typed numbers in the viewer's units become the units of the API. Unreadable text stays as it is."""

from __future__ import annotations

import pytest

from metrics.unit_input import parse_climb, parse_time_parts, parse_weight


def test_climbs_and_weights_are_in_the_viewers_units():
    assert (parse_climb("100", "metric"), parse_climb("100", "imperial")) == (100.0, 30.48)
    assert parse_weight("61,5", "metric") == 61.5
    assert parse_weight("100", "imperial") == pytest.approx(45.36, abs=0.01)
    assert (parse_climb("high", "imperial"), parse_weight("fat", "imperial")) == ("high", "fat")


@pytest.mark.parametrize(
    ("parts", "seconds"),
    [
        (("1", "5", "30"), 3_930.0),
        (("", "52", ""), 3_120.0),
        (("", "90", ""), 5_400.0),
        (("7", "45", ""), 27_900.0),
        (("", "5.5", ""), ":5.5:"),
        (("-1", "", ""), "-1::"),
        (("", "１２", ""), ":１２:"),
    ],
)
def test_hours_minutes_and_seconds_become_seconds(parts: tuple[str, str, str], seconds: float | str):
    assert parse_time_parts(*parts) == seconds
