"""Five pace zones and five heart-rate zones (FORMULAS §3.2, §3.3). Zones are [lower, upper)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.recording import Column
from metrics.science.graded_speed import trailing_mean
from metrics.science.heart_rate import HeartRateStream
from metrics.science.thresholds import Thresholds, hr_max_from_age

PACE_FR = (0.88, 0.97, 1.04, 1.14)  # of threshold speed, between Daniels' intensities E M T I R
LTHR_FR = (0.85, 0.90, 0.95, 1.00)  # Friel's running zones
RESERVE_FR = (0.60, 0.70, 0.80, 0.90)  # of heart-rate reserve, Karvonen 1957
HR_MAX_FR = (0.60, 0.70, 0.80, 0.90)  # Edwards
ZONE_WINDOW_S = 10
_EPSILON = 1e-9


def zone_of(x: float, bounds: Sequence[float] = PACE_FR) -> int:
    """The zone of `x`: 1 + the number of ascending `bounds` ≤ x. A bound belongs to the faster zone."""
    return 1 + bisect_right(bounds, x + _EPSILON)


def pace_zone_bounds(threshold_mps: float) -> tuple[float, ...]:
    """Lower bounds of Z2 to Z5 in m/s of graded speed."""
    return tuple(fraction * threshold_mps for fraction in PACE_FR)


def time_in_zones(
    graded_mps: Sequence[float] | Column, threshold_mps: float | None, window_s: int = ZONE_WINDOW_S
) -> list[int] | None:
    """Seconds in Z1 … Z5 of a 1 Hz series, by its trailing mean of `window_s`. None without threshold.

    Their sum is the length of the series. Stopped, paused and missing time is not in the series.
    """
    if threshold_mps is None or not threshold_mps > 0:
        return None
    relative = trailing_mean(graded_mps, window_s) / threshold_mps
    zone = np.searchsorted(PACE_FR, relative + _EPSILON, "right")
    return [int(seconds) for seconds in np.bincount(zone, minlength=5)]


@dataclass(frozen=True, slots=True)
class HeartRateZones:
    """Lower bounds of Z2 to Z5 in bpm, not rounded. `method` says what they are fractions of."""

    bounds_bpm: tuple[float, ...]
    method: str
    quality: str = "measured"


def hr_zone_bounds(thresholds: Thresholds) -> HeartRateZones | None:
    """Zones by LTHR, else by the reserve from HRrest to HRmax, else by HRmax, else by HRmax of the age."""
    if thresholds.lthr_bpm is not None:
        return HeartRateZones(tuple(thresholds.lthr_bpm * f for f in LTHR_FR), "lthr")
    if thresholds.hr_max_bpm is not None and thresholds.hr_rest_bpm is not None:
        rest, reserve = thresholds.hr_rest_bpm, thresholds.hr_max_bpm - thresholds.hr_rest_bpm
        return HeartRateZones(tuple(rest + reserve * f for f in RESERVE_FR), "hr_reserve")
    if thresholds.hr_max_bpm is not None:
        return HeartRateZones(tuple(thresholds.hr_max_bpm * f for f in HR_MAX_FR), "hr_max")
    if thresholds.age_years is not None:
        highest = hr_max_from_age(thresholds.age_years)
        return HeartRateZones(tuple(highest * f for f in HR_MAX_FR), "age", "estimated")
    return None


def time_in_hr_zones(heart_rate: HeartRateStream, zones: HeartRateZones | None) -> list[float] | None:
    """Seconds in heart-rate zones Z1 … Z5. None without zones or with less than 80 % coverage."""
    if zones is None or not heart_rate.usable:
        return None
    zone = np.searchsorted(zones.bounds_bpm, heart_rate.bpm + _EPSILON, "right")
    zone = np.where(heart_rate.credited_s > 0, zone, 0)
    return [float(seconds) for seconds in np.bincount(zone, heart_rate.credited_s, minlength=5)]


def limit_seconds(zones: Sequence[float], duration_s: float) -> list[float]:
    """Seconds in zones, scaled down if their sum is above the duration."""
    total = sum(zones)
    factor = duration_s / total if total > duration_s else 1.0
    return [seconds * factor for seconds in zones]


def intensity_shares(zone_s: Sequence[float]) -> tuple[float, float, float] | None:
    """Shares of easy (Z1), moderate (Z2 and Z3) and hard (Z4 and Z5) time. None without time in zones."""
    total = sum(zone_s)
    if not total > 0:
        return None
    easy, hard = zone_s[0] / total, (zone_s[3] + zone_s[4]) / total
    return easy, (zone_s[1] + zone_s[2]) / total, hard
