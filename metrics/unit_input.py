"""Convert typed numbers in the viewer's units to API units: metres, s/km, kg, seconds.

Unreadable text is returned unchanged; API validation then rejects it. Does not use Django.
"""

from __future__ import annotations

import re

from metrics.formatting import IMPERIAL, KG_PER_POUND, METRES_PER_FOOT
from metrics.science.pace import METRES_PER_MILE

_NUMBER_PATTERN = re.compile(r"[0-9]{1,6}([.,][0-9]{1,4})?", re.ASCII)
_WHOLE_PATTERN = re.compile(r"[0-9]{1,4}", re.ASCII)
_PACE_PATTERN = re.compile(r"([0-9]{1,2}):([0-5][0-9])", re.ASCII)


def parse_number(text: str) -> float | str:
    """Parse a number such as 12.5 or 12,5."""
    return float(text.strip().replace(",", ".")) if _NUMBER_PATTERN.fullmatch(text.strip()) else text


def parse_distance(text: str, units: str) -> float | str:
    """Convert kilometres or miles to metres."""
    distance = parse_number(text)
    return distance if isinstance(distance, str) else distance * get_unit_length_m(units)


def parse_pace(text: str, units: str) -> float | str:
    """Convert M:SS per kilometre or mile to seconds per kilometre."""
    found = _PACE_PATTERN.fullmatch(text.strip())
    return (60 * int(found[1]) + int(found[2])) * 1000.0 / get_unit_length_m(units) if found else text


def parse_climb(text: str, units: str) -> float | str:
    """Convert metres or feet to metres."""
    climb = parse_number(text)
    return climb if isinstance(climb, str) or units != IMPERIAL else climb * METRES_PER_FOOT


def parse_weight(text: str, units: str) -> float | str:
    """Convert kilograms or pounds to kilograms."""
    weight = parse_number(text)
    return weight if isinstance(weight, str) or units != IMPERIAL else weight * KG_PER_POUND


def parse_time_parts(hours: str, minutes: str, seconds: str = "") -> float | str:
    """Convert hours, minutes and seconds, of which some may be empty, to seconds.

    Parts that are no whole numbers are returned as one text.
    """
    parts = [part.strip() for part in (hours, minutes, seconds)]
    if any(part and not _WHOLE_PATTERN.fullmatch(part) for part in parts):
        return ":".join(parts)
    hours_n, minutes_n, seconds_n = (int(part or 0) for part in parts)
    return float(3600 * hours_n + 60 * minutes_n + seconds_n)


def get_unit_length_m(units: str) -> float:
    return METRES_PER_MILE if units == IMPERIAL else 1000.0
