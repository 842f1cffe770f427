"""Pace and duration for people (FORMULAS §0, §11). Rounding is half up; 60 seconds become a minute."""

from __future__ import annotations

import math

METRES_PER_MILE = 1609.344


def half_up(value: float, digits: int = 0) -> float:
    """`value` rounded to `digits` decimals. A half goes up: floor(x + 0.5), never banker's rounding."""
    scale = 10.0**digits
    return math.floor(value * scale + 0.5) / scale


def pace(speed_mps: float | None) -> float | None:
    """Seconds per kilometre of a speed in m/s: 1000 / v. None for no speed or 0."""
    if speed_mps is None or not speed_mps > 0:
        return None
    return 1000.0 / speed_mps


def average_pace(duration_s: float, distance_m: float | None) -> float | None:
    """Seconds per kilometre of a period: Σ time / Σ distance, not the mean of paces. None at 0 m."""
    if not distance_m or distance_m <= 0:
        return None
    return 1000.0 * duration_s / distance_m


def mmss(seconds: float | None) -> str | None:
    """M:SS; minutes can be above 59: 299.6 → "5:00". None if it is not a duration."""
    total_s = _whole_seconds(seconds)
    return None if total_s is None else f"{total_s // 60}:{total_s % 60:02d}"


def hms(seconds: float | None) -> str | None:
    """H:MM:SS: 11449 → "3:10:49", 2488 → "0:41:28". None if it is not a duration."""
    total_s = _whole_seconds(seconds)
    return None if total_s is None else f"{total_s // 3600}:{total_s // 60 % 60:02d}:{total_s % 60:02d}"


def _whole_seconds(seconds: float | None) -> int | None:
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return None
    return int(half_up(seconds))
