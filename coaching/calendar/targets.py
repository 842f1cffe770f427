"""The target of a planned session in words."""

from __future__ import annotations

from coaching.models import CalendarSession
from coaching.plans.schedule import SessionRow
from metrics.formatting import format_hours, format_number
from metrics.pace_or_speed import format_sport_distance

ZONE_NAMES = {1: "easy"}


def describe_target(session: SessionRow | CalendarSession, units: str) -> str:
    """12.0 km, easy; 45 min; load 80; empty without a target. Steps say their zones themselves."""
    amount = format_amount(session.distance_m, session.duration_s, session.sport, units)
    if not amount and session.load:
        amount = f"load {format_number(session.load)}"
    zone = session.zone if not session.steps else None
    words = (amount, ZONE_NAMES.get(zone, f"zone {zone}") if zone else "")
    return ", ".join(word for word in words if word)


def format_amount(distance_m: float | None, duration_s: float | None, sport: str, units: str) -> str:
    """12.0 km; 45 min; 10.0 km in 45 min; empty without both."""
    words = (
        format_sport_distance(distance_m, sport, units) if distance_m else "",
        format_hours(duration_s) if duration_s else "",
    )
    return " in ".join(word for word in words if word)
