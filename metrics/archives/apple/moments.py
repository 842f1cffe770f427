"""Read the dates of Apple Health: “2018-09-10 02:28:55 -0700”. The offset gives the local day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

DAY_S = 86_400
YEAR_2100_UNIX_S = 4_102_444_800
MAX_CACHED_DAYS = 4_096

_TEXT_LENGTH = len("2018-09-10 02:28:55 -0700")
_TWELVE_HOURS = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})[\s\u202f]*([AP])M ?([-+][0-9]{4})"
)


class Moment(NamedTuple):
    unix_s: float
    offset_min: int

    @property
    def local_day(self) -> int:
        """The number of the local day since 1970-01-01."""
        return int((self.unix_s + 60 * self.offset_min) // DAY_S)


class MomentReader:
    """It remembers the days that it has read: an export has millions of dates, in order."""

    def __init__(self) -> None:
        self._midnights: dict[str, tuple[float, int]] = {}

    def read(self, text: str) -> Moment | None:
        """None if it is no date and time between 1970 and 2100."""
        if len(text) != _TEXT_LENGTH:
            text = _read_twelve_hours(text)
        key = text[:10] + text[19:]
        try:
            midnight = self._midnights.get(key) or self._read_midnight(key)
            seconds = 3_600 * int(text[11:13]) + 60 * int(text[14:16]) + int(text[17:19])
        except ValueError:
            return None
        return Moment(midnight[0] + seconds, midnight[1])

    def _read_midnight(self, key: str) -> tuple[float, int]:
        """Raises ValueError."""
        midnight = datetime.fromisoformat(f"{key[:10]}T00:00:00{key[10:].strip()}")
        offset = midnight.utcoffset()
        unix_s = midnight.timestamp() if offset is not None else -1.0
        if offset is None or not 0 <= unix_s < YEAR_2100_UNIX_S:
            raise ValueError("no date with an offset")
        if len(self._midnights) >= MAX_CACHED_DAYS:
            self._midnights.clear()
        self._midnights[key] = found = (unix_s, int(offset.total_seconds() // 60))
        return found


def convert_day(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


def convert_instant(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)


def _read_twelve_hours(text: str) -> str:
    """“2018-09-10 2:28:55 PM -0700” with 24 hours. "" if it is not that."""
    found = _TWELVE_HOURS.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12:
        return ""
    hour = int(found[2]) % 12 + (12 if found[5] == "P" else 0)
    return f"{found[1]} {hour:02}:{found[3]}:{found[4]} {found[6]}"
