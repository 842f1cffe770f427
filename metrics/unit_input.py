"""Convert typed numbers in the viewer's units to API units: metres, s/km.

Unreadable text is returned unchanged; API validation then rejects it. Does not use Django.
"""

from __future__ import annotations

import re

from metrics.formatting import IMPERIAL
from metrics.science.pace import METRES_PER_MILE

_NUMBER_PATTERN = re.compile(r"[0-9]{1,6}([.,][0-9]{1,4})?", re.ASCII)
_PACE_PATTERN = re.compile(r"([0-9]{1,2}):([0-5][0-9])", re.ASCII)


def parse_number(text: str) -> float | str:
    """12.5 and 12,5."""
    return float(text.strip().replace(",", ".")) if _NUMBER_PATTERN.fullmatch(text.strip()) else text


def parse_distance(text: str, units: str) -> float | str:
    """Of kilometres or miles."""
    number = parse_number(text)
    return number if isinstance(number, str) else number * get_unit_length_m(units)


def parse_pace(text: str, units: str) -> float | str:
    """Of M:SS for a kilometre or a mile."""
    found = _PACE_PATTERN.fullmatch(text.strip())
    return (60 * int(found[1]) + int(found[2])) * 1000.0 / get_unit_length_m(units) if found else text


def get_unit_length_m(units: str) -> float:
    return METRES_PER_MILE if units == IMPERIAL else 1000.0
