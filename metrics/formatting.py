"""Distances, paces, durations and readings as people read them: rounded half up, in kilometres or miles.

The one place that turns a number into text for a page. Each takes metres, seconds, … as stored; `units` is what the
viewer chose, `metric` or `imperial`. What there is no number for is a dash.
"""

from __future__ import annotations

import math
from typing import Final, TypeGuard

from metrics.science.pace import METRES_PER_MILE, half_up, hms, mmss

NOTHING: Final = "–"
METRES_PER_FOOT = 0.3048
IMPERIAL = "imperial"


def distance_text(metres: float | None, units: str, digits: int = 1) -> str:
    """12.0 km; 7.5 mi."""
    return number_text(per_unit(metres, units), digits, distance_unit(units))


def pace_text(seconds_per_km: float | None, units: str) -> str:
    """5:00 /km; 8:03 /mi."""
    if seconds_per_km is None:
        return NOTHING
    told = mmss(seconds_per_km * _unit_m(units) / 1000.0)
    return NOTHING if told is None else f"{told} /{distance_unit(units)}"


def climb_text(metres: float | None, units: str) -> str:
    """120 m; 394 ft."""
    if metres is not None and units == IMPERIAL:
        return number_text(metres / METRES_PER_FOOT, 0, "ft")
    return number_text(metres, 0, "m")


def duration_text(seconds: float | None) -> str:
    """1:02:03; 0:41:28."""
    return hms(seconds) or NOTHING


def hours_text(seconds: float | None) -> str:
    """5 h 20 min; 45 min: for sums, where seconds do not matter."""
    if not _is_number(seconds):
        return NOTHING
    hours, minutes = divmod(int(half_up(seconds / 60.0)), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def number_text(value: float | None, digits: int = 0, unit: str = "") -> str:
    """-7.9; 1,204 kcal. The minus is a hyphen, so that it can be copied into a sheet."""
    if not _is_number(value):
        return NOTHING
    rounded = half_up(value, digits)
    told = f"{rounded:,.{digits}f}"
    return f"{told} {unit}" if unit else told


def signed_text(value: float | None, digits: int = 0, unit: str = "") -> str:
    """+3.2; -7.9; 0.0: for differences."""
    told = number_text(value, digits, unit)
    return f"+{told}" if _is_number(value) and half_up(value, digits) > 0 else told


def per_unit(metres: float | None, units: str) -> float | None:
    """Metres as kilometres or miles."""
    return None if metres is None else metres / _unit_m(units)


def distance_unit(units: str) -> str:
    return "mi" if units == IMPERIAL else "km"


def _unit_m(units: str) -> float:
    return METRES_PER_MILE if units == IMPERIAL else 1000.0


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)
