"""Convert typed numbers in the viewer's units to API units: metres, s/km.

Unreadable text is returned unchanged; API validation then rejects it. Does not use Django.
"""

from __future__ import annotations

import re

from metrics.formatting import IMPERIAL
from metrics.science.pace import METRES_PER_MILE

_NUMBER = re.compile(r"[0-9]{1,6}([.,][0-9]{1,4})?", re.ASCII)
_PACE = re.compile(r"([0-9]{1,2}):([0-5][0-9])", re.ASCII)


def number(text: str) -> float | str:
    """Parse `12.5` or `12,5`."""
    return float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else text


def metres(text: str, units: str) -> float | str:
    """Convert kilometres or miles to metres."""
    parsed = number(text)
    return parsed if isinstance(parsed, str) else parsed * unit_m(units)


def seconds_per_km(text: str, units: str) -> float | str:
    """Convert M:SS per kilometre or mile to seconds per km."""
    match = _PACE.fullmatch(text.strip())
    return (60 * int(match[1]) + int(match[2])) * 1000.0 / unit_m(units) if match else text


def unit_m(units: str) -> float:
    return METRES_PER_MILE if units == IMPERIAL else 1000.0
