"""Numbers for people: their units, rounding half up, and a dash for missing numbers."""

from __future__ import annotations

import math

import pytest
from django.template import Context, Template

from metrics.formatting import (
    convert_distance,
    format_climb,
    format_distance,
    format_duration,
    format_hours,
    format_number,
    format_pace,
    format_signed_number,
    format_weight,
)


def test_distances_are_in_km_or_miles():
    assert format_distance(12_010, "metric") == "12.0 km"
    assert format_distance(42_195, "imperial") == "26.2 mi"
    assert format_distance(12_050, "metric", 2) == "12.05 km"
    assert convert_distance(1_609.344, "imperial") == 1.0


def test_weights_are_in_kg_or_lb():
    assert format_weight(61.5, "metric") == "61.5 kg"
    assert format_weight(61.5, "imperial") == "135.6 lb"
    assert format_weight(None, "imperial") == "–"


def test_halves_are_rounded_up():
    assert format_distance(250, "metric") == "0.3 km"
    assert format_number(2.5) == "3"
    assert format_number(-2.5) == "-2"
    assert format_number(-0.04, 1) == "0.0"


def test_paces_round_60_seconds_to_the_next_minute():
    assert format_pace(299.6, "metric") == "5:00 /km"
    assert format_pace(300, "imperial") == "8:03 /mi"


def test_climbs_are_in_metres_or_feet():
    assert format_climb(120.4, "metric") == "120 m"
    assert format_climb(120, "imperial") == "394 ft"


def test_durations_are_exact_and_sums_are_in_hours():
    assert format_duration(3_605) == "1:00:05"
    assert format_hours(19_230) == "5 h 21 min"
    assert format_hours(3_570) == "1 h 00 min"
    assert format_hours(44.9) == "1 min"


def test_large_numbers_are_grouped_and_differences_have_a_sign():
    assert format_number(1204.4, 0, "kcal") == "1,204 kcal"
    assert [format_signed_number(value, 1) for value in (3.25, -7.94, 0.04)] == ["+3.3", "-7.9", "0.0"]


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_a_missing_number_is_a_dash(missing: float | None):
    plain = {
        format_number(missing),
        format_signed_number(missing),
        format_hours(missing),
        format_duration(missing),
    }
    in_units = {write(missing, "metric") for write in (format_distance, format_pace, format_climb)}
    assert plain | in_units == {"–"}


def test_template_filters_give_the_same_texts():
    page = Template(
        "{% load measures %}{{ m|distance:units }} {{ p|pace:units }} {{ m|climb:units }} {{ s|duration }}"
        " {{ s|hours }} {{ p|number:1 }} {{ p|signed }}"
    )
    text = page.render(Context({"m": 1_000.0, "p": 300.0, "s": 3_600.0, "units": "metric"}))
    assert text == "1.0 km 5:00 /km 1,000 m 1:00:00 1 h 00 min 300.0 +300"
