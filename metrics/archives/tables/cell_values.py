"""Read numbers, durations and yes or no as people of many languages write them."""

from __future__ import annotations

import re
from math import isfinite

YES = frozenset({"true", "1", "1.0", "yes", "ja", "oui", "sí", "si", "sì", "sim", "tak", "はい", "是"})

_NUMBER = re.compile(r"-?\d[\d.,\u00a0\u202f'’ ]*|-?[.,]\d+")
_THOUSANDS_BY_COMMA = re.compile(r"-?\d{1,3}(,\d{3})+")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,](\d+))?")


def parse_cell_number(text: str) -> float | None:
    """`12.5`, `12,5`, `1,234.5`, `1.234,5`. A comma before three last digits groups thousands.

    None for anything else, also for `--`.
    """
    cleaned = re.sub(r"[\u00a0\u202f'’ ]", "", text.strip())
    if not _NUMBER.fullmatch(cleaned):
        return None
    if "," in cleaned and "." in cleaned:
        decimal = max(",.", key=cleaned.rfind)
        cleaned = cleaned.replace(",."[decimal == ","], "").replace(decimal, ".")
    elif _THOUSANDS_BY_COMMA.fullmatch(cleaned):
        cleaned = cleaned.replace(",", "")
    else:
        cleaned = cleaned.replace(",", ".")
    try:
        number = float(cleaned)
    except ValueError:
        return None
    return number if isfinite(number) else None


def parse_positive(text: str) -> float | None:
    """A number above 0. Services write 0 for what they do not know."""
    number = parse_cell_number(text)
    return number if number is not None and number > 0 else None


def parse_duration_s(text: str) -> float | None:
    """`1:05:11`, `12:03`, `6:03,5` or a number of seconds."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return parse_positive(text)
    hours, minutes, seconds, fraction = found.groups()
    duration_s = int(hours or 0) * 3_600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")
    return duration_s or None


def parse_yes(text: str) -> bool:
    return text.strip().casefold() in YES
