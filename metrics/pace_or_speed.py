"""Distance and pace of runs, speed of rides, lengths of swims: each sport has its own. Pure."""

from __future__ import annotations

from metrics.formatting import (
    IMPERIAL,
    NO_VALUE,
    convert_distance,
    format_distance,
    format_number,
    format_pace,
    get_speed_unit,
)
from metrics.science.pace import average_pace, mmss

SPORTS_BY_SPEED = frozenset({"bike", "workout"})
SPORTS_BY_LENGTH = frozenset({"swim"})  # in metres or yards, with the pace of 100 of them
METRES_PER_YARD = 0.9144
PACE_LENGTHS = 100


def name_pace_or_speed(sport: str) -> str:
    return "Speed" if sport in SPORTS_BY_SPEED else "Pace"


def format_sport_distance(metres: float | None, sport: str, units: str, digits: int = 1) -> str:
    """12.0 km; of a swim 1,500 m or 1,640 yd."""
    if sport not in SPORTS_BY_LENGTH:
        return format_distance(metres, units, digits)
    lengths = None if metres is None else metres / get_length_m(units)
    return format_number(lengths, 0, get_length_unit(units))


def format_pace_or_speed(duration_s: float, distance_m: float | None, sport: str, units: str) -> str:
    """5:00 /km; 31.4 km/h; of a swim 1:45 /100 m; a dash without a distance."""
    if sport in SPORTS_BY_SPEED:
        distance = convert_distance(distance_m, units)
        speed = 3600.0 * distance / duration_s if distance and duration_s > 0 else None
        return format_number(speed, 1, get_speed_unit(units))
    pace = average_pace(duration_s, distance_m)
    if sport not in SPORTS_BY_LENGTH or pace is None:
        return format_pace(pace, units)
    text = mmss(pace * PACE_LENGTHS * get_length_m(units) / 1000.0)
    return NO_VALUE if text is None else f"{text} /{PACE_LENGTHS} {get_length_unit(units)}"


def get_length_m(units: str) -> float:
    return METRES_PER_YARD if units == IMPERIAL else 1.0


def get_length_unit(units: str) -> str:
    return "yd" if units == IMPERIAL else "m"
