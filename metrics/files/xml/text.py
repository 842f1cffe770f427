"""Read the numbers and times of XML files. Where the meaning of a text is not certain, it is not read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite, nan

YEAR_2100_UNIX_S = 4_102_444_800

NO_READING = frozenset({"", "-", "--", "na", "n/a", "nan", "none", "null", "nil", "unknown", "inf", "-inf"})
"""Texts by which writers say that there is no reading."""

_COMMA_DECIMAL = re.compile(r"[-+]?[0-9]+,[0-9]+([eE][-+]?[0-9]+)?")
_TIME = re.compile(
    r"(?P<year>[0-9]{4})(?P<separator>[-/.])(?P<month>[0-9]{1,2})(?P=separator)(?P<day>[0-9]{1,2})"
    r"(?:[Tt]\s*|\s+)"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>[.,][0-9]+)?)?"
    r"\s*(?:[Zz]+|UTC|GMT|utc|gmt)?\s*"
    r"(?:(?P<sign>[-+\u2212])(?P<zone_hour>[0-9]{1,2}):?(?P<zone_minute>[0-9]{2})?(?P<utc>[Zz]+)?)?"
)
MAX_ZONE_MIN = 14 * 60


def is_reading(text: str) -> bool:
    """Whether a text should be a reading. Writers have words for a missing one."""
    return text.strip().lower() not in NO_READING


def parse_decimal(text: str) -> float:
    """A finite number, also with a decimal comma, else NaN. (float() alone accepts 1_000.)"""
    if not text.isascii() or "_" in text:
        return nan
    try:
        value = float(text)
    except ValueError:
        stripped = text.strip()
        value = float(stripped.replace(",", ".")) if _COMMA_DECIMAL.fullmatch(stripped) else nan
    return value if isfinite(value) else nan


def parse_instant(text: str) -> float:
    """Unix seconds of an ISO 8601 time, also loosely written. Without a zone it is UTC.

    NaN if the meaning is not certain, or outside 1970–2099. The written UTC offset is not used further: both
    known writers of offsets ignore daylight saving time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _parse_loose_instant(text.strip())
    return _to_unix_s(moment)


def _parse_loose_instant(text: str) -> float:
    """As 2026/6/9 7:05:00 utc or 2026-06-09t06:00:00,5ZZ. The year must come first."""
    found = _TIME.fullmatch(text)
    if found is None:
        return nan
    parts = found.groupdict()
    zone_min = 60 * int(parts["zone_hour"] or 0) + int(parts["zone_minute"] or 0)
    if zone_min > MAX_ZONE_MIN or (zone_min and parts["utc"]):
        return nan
    zone = timezone(timedelta(minutes=zone_min if parts["sign"] == "+" else -zone_min))
    year, month, day, hour, minute = (int(parts[name]) for name in ("year", "month", "day", "hour", "minute"))
    second, fraction = int(parts["second"] or 0), (parts["fraction"] or ".0").replace(",", ".")
    if second > 60:  # 60 is a leap second
        return nan
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        return nan
    return _to_unix_s(moment) + second + float(fraction)


def _to_unix_s(moment: datetime) -> float:
    try:
        unix_s = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return nan
    return unix_s if 0 <= unix_s < YEAR_2100_UNIX_S else nan
