"""Reference cases of FORMULAS §3."""

import pytest

from metrics.science.pace import METRES_PER_MILE, mmss, pace
from metrics.science.thresholds import Thresholds, hr_reference, threshold_cascade
from metrics.science.vdot import threshold_speed, vdot_from_threshold
from metrics.science.zones import LTHR_FR, PACE_FR, hr_zone_bounds, pace_zone_bounds, time_in_zones, zone_of


def test_threshold_speed_of_vdot_50():
    assert threshold_speed(50) == pytest.approx(3.9185, abs=0.0005)


@pytest.mark.parametrize(("vdot", "text"), [(30, "6:24"), (50, "4:15"), (60, "3:40"), (70, "3:14")])
def test_threshold_pace_per_km_equals_the_book(vdot, text):
    assert mmss(pace(threshold_speed(vdot))) == text


@pytest.mark.parametrize(("vdot", "text"), [(40, "8:12"), (80, "4:41")])
def test_threshold_pace_per_mile_equals_the_book(vdot, text):
    assert mmss(METRES_PER_MILE / threshold_speed(vdot)) == text


def test_pace_zone_bounds_of_a_threshold_of_4_15():
    assert [mmss(255 / x) for x in PACE_FR] == ["4:50", "4:23", "4:05", "3:44"]
    assert [mmss(pace(v)) for v in pace_zone_bounds(1000 / 255)] == ["4:50", "4:23", "4:05", "3:44"]


@pytest.mark.parametrize(
    ("x", "bounds", "zone"),
    [
        (0.8799, PACE_FR, 1),
        (0.88, PACE_FR, 2),
        (1.0, PACE_FR, 3),
        (1.14, PACE_FR, 5),
        (145 / 160, LTHR_FR, 3),
    ],
)
def test_a_bound_belongs_to_the_faster_zone(x, bounds, zone):
    assert zone_of(x, bounds) == zone


def test_time_in_zones_by_the_ten_second_mean():
    series = [3.0] * 600 + [3.7] * 300 + [4.0] * 300 + [4.3] * 240 + [5.0] * 60
    assert time_in_zones(series, 4.0, 10) == [607, 298, 300, 238, 57]


def test_zone_seconds_sum_to_the_moving_time():
    zones = time_in_zones(([5.0] * 60 + [2.5] * 60) * 10, 4.0)
    assert zones is not None
    assert sum(zones) == 1200


def test_without_threshold_there_are_no_zones():
    assert time_in_zones([3.0] * 60, None) is None


def test_heart_rate_zones_of_a_threshold_heart_rate():
    assert [round(160 * f) for f in LTHR_FR] == [136, 144, 152, 160]
    zones = hr_zone_bounds(Thresholds(lthr_bpm=160, hr_max_bpm=190, hr_rest_bpm=50))
    assert zones is not None
    assert zones.method == "lthr"
    assert zones.bounds_bpm == pytest.approx((136, 144, 152, 160))


@pytest.mark.parametrize(
    ("known", "method", "bounds"),
    [
        ({"hr_max_bpm": 190, "hr_rest_bpm": 50}, "hr_reserve", (134, 148, 162, 176)),
        ({"hr_max_bpm": 190}, "hr_max", (114, 133, 152, 171)),
        ({"age_years": 40}, "age", (108, 126, 144, 162)),
    ],
)
def test_heart_rate_zones_without_lthr_use_reserve_then_maximum_then_age(known, method, bounds):
    zones = hr_zone_bounds(Thresholds(**known))
    assert zones is not None
    assert zones.method == method
    assert zones.bounds_bpm == pytest.approx(bounds)


def test_without_any_heart_rate_threshold_there_are_no_zones():
    assert hr_zone_bounds(Thresholds()) is None


@pytest.mark.parametrize(
    ("known", "speed", "source"),
    [
        ({"threshold_mps": 4.2, "vdot": 50, "vo2max_ml_kg_min": 48}, 4.2, "manual"),
        ({"vdot": 50, "vdot_age_days": 120, "vo2max_ml_kg_min": 48}, 3.9185, "race"),
        ({"vdot": 50, "vdot_age_days": 121, "vo2max_ml_kg_min": 48}, threshold_speed(48), "estimated"),
    ],
)
def test_the_first_available_threshold_wins(known, speed, source):
    threshold = threshold_cascade(Thresholds(**known))
    assert threshold.value == pytest.approx(speed, abs=5e-4)
    assert threshold.method == source


def test_an_unknown_threshold_has_a_reason():
    assert threshold_cascade(Thresholds()).reason == "no_threshold"


def test_vdot_from_threshold_is_the_inverse_of_threshold_speed():
    assert vdot_from_threshold(threshold_speed(52.5)) == pytest.approx(52.5, abs=1e-9)


def test_defaults_of_the_heart_rate_reference_give_warnings():
    reference = hr_reference(Thresholds(hr_max_bpm=190))
    assert reference is not None
    assert (reference.lthr_bpm, reference.hr_rest_bpm) == pytest.approx((171, 60))
    assert reference.warnings == ("lthr_from_hr_max", "hr_rest_default")
    assert not reference.measured
