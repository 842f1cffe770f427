"""Numbers as people read them: their units, half up, a dash for what there is none of."""

from __future__ import annotations

import math

import pytest
from django.template import Context, Template

from metrics.formatting import (
    climb_text,
    distance_text,
    duration_text,
    hours_text,
    number_text,
    pace_text,
    per_unit,
    signed_text,
)


def test_distances_are_in_the_units_of_whoever_looks():
    assert distance_text(12_010, "metric") == "12.0 km"
    assert distance_text(42_195, "imperial") == "26.2 mi"
    assert distance_text(12_050, "metric", 2) == "12.05 km"
    assert per_unit(1_609.344, "imperial") == 1.0


def test_halves_are_rounded_up():
    assert distance_text(250, "metric") == "0.3 km"
    assert number_text(2.5) == "3"
    assert number_text(-2.5) == "-2"
    assert number_text(-0.04, 1) == "0.0"


def test_paces_carry_their_seconds():
    assert pace_text(299.6, "metric") == "5:00 /km"
    assert pace_text(300, "imperial") == "8:03 /mi"


def test_climbs_are_in_metres_or_feet():
    assert climb_text(120.4, "metric") == "120 m"
    assert climb_text(120, "imperial") == "394 ft"


def test_durations_are_exact_and_sums_are_in_hours():
    assert duration_text(3_605) == "1:00:05"
    assert hours_text(19_230) == "5 h 21 min"
    assert hours_text(3_570) == "1 h 00 min"
    assert hours_text(44.9) == "1 min"


def test_large_numbers_are_grouped_and_differences_have_a_sign():
    assert number_text(1204.4, 0, "kcal") == "1,204 kcal"
    assert [signed_text(value, 1) for value in (3.25, -7.94, 0.04)] == ["+3.3", "-7.9", "0.0"]


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_what_there_is_no_number_for_is_a_dash(nothing: float | None):
    plain = {number_text(nothing), signed_text(nothing), hours_text(nothing), duration_text(nothing)}
    in_units = {write(nothing, "metric") for write in (distance_text, pace_text, climb_text)}
    assert plain | in_units == {"–"}


def test_templates_write_them_the_same_way():
    page = Template(
        "{% load measures %}{{ m|distance:units }} {{ p|pace:units }} {{ m|climb:units }} {{ s|duration }}"
        " {{ s|hours }} {{ p|number:1 }} {{ p|signed }}"
    )
    told = page.render(Context({"m": 1_000.0, "p": 300.0, "s": 3_600.0, "units": "metric"}))
    assert told == "1.0 km 5:00 /km 1,000 m 1:00:00 1 h 00 min 300.0 +300"
