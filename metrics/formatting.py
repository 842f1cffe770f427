"""Format distances, paces, durations and readings for pages: rounded half up, in kilometres or miles.

Inputs are metres, seconds, … as stored. `units` is the viewer's choice, `metric` or `imperial`. A missing
number is a dash.
"""

from __future__ import annotations

import math
from typing import Final, TypeGuard

from metrics.science.pace import METRES_PER_MILE, half_up, hms, mmss

NO_VALUE: Final = "–"
METRES_PER_FOOT = 0.3048
KG_PER_POUND = 0.453_592_37
IMPERIAL = "imperial"


def format_distance(metres: float | None, units: str, digits: int = 1) -> str:
    """12.0 km; 7.5 mi."""
    return format_number(convert_distance(metres, units), digits, get_distance_unit(units))


def format_pace(seconds_per_km: float | None, units: str) -> str:
    """5:00 /km; 8:03 /mi."""
    if seconds_per_km is None:
        return NO_VALUE
    text = mmss(seconds_per_km * _unit_m(units) / 1000.0)
    return NO_VALUE if text is None else f"{text} /{get_distance_unit(units)}"


def format_climb(metres: float | None, units: str) -> str:
    """120 m; 394 ft."""
    return format_number(convert_climb(metres, units), 0, get_climb_unit(units))


def format_weight(kilograms: float | None, units: str) -> str:
    """61.5 kg; 135.6 lb."""
    return format_number(convert_weight(kilograms, units), 1, get_weight_unit(units))


def format_duration(seconds: float | None) -> str:
    """1:02:03; 0:41:28."""
    return hms(seconds) or NO_VALUE


def format_hours(seconds: float | None) -> str:
    """5 h 20 min; 45 min: for sums, where seconds do not matter."""
    if not _is_number(seconds):
        return NO_VALUE
    hours, minutes = divmod(int(half_up(seconds / 60.0)), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def format_number(value: float | None, digits: int = 0, unit: str = "") -> str:
    """-7.9; 1,204 kcal. The minus is a hyphen, so it can be pasted into a spreadsheet."""
    if not _is_number(value):
        return NO_VALUE
    rounded = half_up(value, digits)
    text = f"{rounded:,.{digits}f}"
    return f"{text} {unit}" if unit else text


def format_signed_number(value: float | None, digits: int = 0, unit: str = "") -> str:
    """+3.2; -7.9; 0.0: for differences."""
    text = format_number(value, digits, unit)
    return f"+{text}" if _is_number(value) and half_up(value, digits) > 0 else text


def convert_distance(metres: float | None, units: str) -> float | None:
    """Metres as kilometres or miles."""
    return None if metres is None else metres / _unit_m(units)


def convert_pace(seconds_per_km: float | None, units: str) -> float | None:
    """Seconds per kilometre as seconds per kilometre or mile."""
    return None if seconds_per_km is None else seconds_per_km * _unit_m(units) / 1000.0


def convert_climb(metres: float | None, units: str) -> float | None:
    """Metres as metres or feet."""
    return metres / METRES_PER_FOOT if metres is not None and units == IMPERIAL else metres


def convert_weight(kilograms: float | None, units: str) -> float | None:
    """Kilograms as kilograms or pounds."""
    return kilograms / KG_PER_POUND if kilograms is not None and units == IMPERIAL else kilograms


def get_climb_unit(units: str) -> str:
    return "ft" if units == IMPERIAL else "m"


def get_weight_unit(units: str) -> str:
    return "lb" if units == IMPERIAL else "kg"


def get_distance_unit(units: str) -> str:
    return "mi" if units == IMPERIAL else "km"


def get_speed_unit(units: str) -> str:
    return "mph" if units == IMPERIAL else "km/h"


def _unit_m(units: str) -> float:
    return METRES_PER_MILE if units == IMPERIAL else 1000.0


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)
