"""Reference cases of FORMULAS §11 and the rounding rules of §0."""

import pytest

from metrics.science.calories import estimated_calories, net_energy_kcal
from metrics.science.pace import average_pace, half_up, hms, mmss, pace


@pytest.mark.parametrize(
    ("seconds", "text"), [(299.6, "5:00"), (359.5, "6:00"), (59.49, "0:59"), (3605, "60:05"), (None, None)]
)
def test_pace_text_carries_60_seconds_to_the_minute(seconds, text):
    assert mmss(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(11449, "3:10:49"), (3599.5, "1:00:00"), (None, None)])
def test_duration_text_has_hours_minutes_and_seconds(seconds, text):
    assert hms(seconds) == text


@pytest.mark.parametrize("invalid", [float("nan"), float("inf"), -1.0])
def test_an_invalid_duration_has_no_text(invalid):
    assert mmss(invalid) is None
    assert hms(invalid) is None


@pytest.mark.parametrize(
    ("value", "digits", "rounded"), [(0.5, 0, 1), (1.5, 0, 2), (2.5, 0, 3), (0.25, 1, 0.3)]
)
def test_a_half_is_always_rounded_up(value, digits, rounded):
    assert half_up(value, digits) == rounded


def test_the_pace_of_a_period_is_total_time_by_total_distance():
    assert mmss(average_pace(300 + 800, 1000 + 2000)) == "6:07"
    assert average_pace(300, 0) is None
    assert average_pace(300, None) is None


def test_standing_has_no_pace():
    assert pace(0.0) is None
    assert pace(None) is None


def test_ten_flat_kilometres_cost_602_kcal_for_70_kg():
    assert net_energy_kcal(70, 10000) == pytest.approx(602.294, abs=0.01)
    estimate = estimated_calories(70, 10000)
    assert estimate.value == pytest.approx(602.294, abs=0.01)
    assert estimate.quality == "estimated"


def test_calories_need_a_mass_and_a_distance():
    assert estimated_calories(None, 10000).reason == "no_mass"
    assert estimated_calories(70, None).reason == "no_distance"
