"""How fast somebody went, in the words of the sport: runners by their pace, riders by their speed. Pure."""

from __future__ import annotations

from metrics.formatting import distance_unit, number_text, pace_text, per_unit
from metrics.science.pace import average_pace

BY_SPEED = frozenset({"bike", "workout"})


def going_name(sport: str) -> str:
    return "Speed" if sport in BY_SPEED else "Pace"


def going_text(duration_s: float, distance_m: float | None, sport: str, units: str) -> str:
    """5:00 /km; 31.4 km/h; a dash without a distance."""
    if sport not in BY_SPEED:
        return pace_text(average_pace(duration_s, distance_m), units)
    way = per_unit(distance_m, units)
    speed = 3600.0 * way / duration_s if way and duration_s > 0 else None
    return number_text(speed, 1, f"{distance_unit(units)}/h")
