"""Pace or speed, depending on the sport: pace for runs, speed for rides. Pure."""

from __future__ import annotations

from metrics.formatting import convert_distance, format_number, format_pace, get_speed_unit
from metrics.science.pace import average_pace

SPORTS_BY_SPEED = frozenset({"bike", "workout"})


def name_pace_or_speed(sport: str) -> str:
    return "Speed" if sport in SPORTS_BY_SPEED else "Pace"


def format_pace_or_speed(duration_s: float, distance_m: float | None, sport: str, units: str) -> str:
    """5:00 /km; 31.4 km/h; a dash without a distance."""
    if sport not in SPORTS_BY_SPEED:
        return format_pace(average_pace(duration_s, distance_m), units)
    distance = convert_distance(distance_m, units)
    speed = 3600.0 * distance / duration_s if distance and duration_s > 0 else None
    return format_number(speed, 1, get_speed_unit(units))
