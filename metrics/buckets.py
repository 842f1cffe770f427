"""Calendar periods of a range in a time zone, and their boundaries in UTC. Pure.

PostgreSQL never sees a time zone: it only sorts instants between these boundaries (`width_bucket`). Zone
names and skipped midnights are handled here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal

Bucket = Literal["day", "week", "month"]
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
NO_PERIOD = date.min


@dataclass(frozen=True, slots=True)
class Window:
    """A range of instants [start, end) cut into pieces at the boundaries of local periods.

    periods: the first day of each requested period, ascending, without gaps. edges:   the start of each
    piece, aware UTC, strictly ascending; all before `end`. owners:  the period of each piece; NO_PERIOD for
    days outside the request. If clocks go back over midnight, the evening before comes a second time: a
    period then owns several pieces.
    """

    bucket: Bucket
    zone: tzinfo
    start: datetime
    end: datetime
    periods: tuple[date, ...]
    edges: tuple[datetime, ...]
    owners: tuple[date, ...]

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """Start and end of each piece that has a period."""
        pieces = zip(self.edges, (*self.edges[1:], self.end), self.owners, strict=True)
        return [(start, end) for start, end, owner in pieces if owner != NO_PERIOD]


def build_fixed_zone(offset_minutes: int) -> timezone:
    """The zone of a legacy offset, in minutes east of UTC."""
    return timezone(timedelta(minutes=offset_minutes))


def format_zone(zone: tzinfo) -> str:
    """The zone's name; `UTC+09:00` style for an offset."""
    if not isinstance(zone, timezone):
        return str(zone)
    minutes = round(zone.utcoffset(None).total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def to_local_date(instant: datetime, zone: tzinfo) -> date:
    return instant.astimezone(zone).date()


def get_period_start(bucket: Bucket, day: date) -> date:
    """The first day of the period of `day`: the day, the Monday of its week, or the first of its month."""
    if bucket == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if bucket == "month" else day


def get_next_period_start(bucket: Bucket, first: date) -> date:
    """The first day of the next period."""
    if bucket == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + (ONE_DAY if bucket == "day" else 7 * ONE_DAY)


def iterate_periods(bucket: Bucket, first: date, last: date) -> Iterator[date]:
    """The first day of every period from the one that holds `first` to the one that holds `last`."""
    period = get_period_start(bucket, first)
    while period <= last:
        yield period
        period = get_next_period_start(bucket, period)


@lru_cache(maxsize=10_000)
def find_day_changes(day: date, zone: tzinfo) -> tuple[tuple[datetime, bool], ...]:
    """The instants at which local time enters `day` (True) or falls back before it (False), ascending.

    Nearly always one: midnight. If midnight is skipped, it is the clock shift. If clocks go back over
    midnight, there are three, because the evening before comes a second time.
    """
    midnight = datetime.combine(day, time(), zone)
    early, late = midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC)
    if early == late:
        return ((early, True),)
    shift = _find_clock_shift(min(early, late) - ONE_SECOND, max(early, late) + ONE_SECOND, zone)
    under_old, under_new = early, late  # midnight with the offset before the shift, and after it
    if under_old < shift < under_new:
        return ((under_old, True), (shift, False), (under_new, True))
    return ((under_old if under_old < shift else max(shift, under_new), True),)


def _find_clock_shift(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The first instant, to the second, with another offset than at `low`."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > ONE_SECOND:
        middle = low + timedelta(seconds=(high - low) // ONE_SECOND // 2)
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return high


@lru_cache(maxsize=500)
def _list_day_starts(year: int, zone: tzinfo) -> tuple[list[datetime], list[date]]:
    """The instants at which a local day of this year begins or comes back, ascending, and these days."""
    begun: dict[datetime, date] = {}  # if days begin at the same instant, only the last one has a length
    for day in iterate_periods("day", date(year, 1, 1), date(year, 12, 31)):
        begun.update(
            (instant, day if entered else day - ONE_DAY) for instant, entered in find_day_changes(day, zone)
        )
    return list(begun), list(begun.values())


def find_day_start(day: date, zone: tzinfo) -> datetime:
    """The first instant of the local day."""
    return find_day_changes(day, zone)[0][0]


def build_window(bucket: Bucket, start: datetime, end: datetime, zone: tzinfo) -> Window:
    """[start, end) cut at every local period it touches."""
    shown = _find_local_days(start, end, zone)
    return _cut_into_periods(bucket, start, end, zone, min(shown.values()), max(shown.values()))


def build_last_days_window(count: int, start: datetime, end: datetime, zone: tzinfo) -> Window:
    """The last `count` local days of [start, end); days before `start` are included and stay empty."""
    last = to_local_date(end - ONE_SECOND, zone)
    first = last - ONE_DAY * (count - 1)
    return _cut_into_periods("day", max(start, find_day_start(first, zone)), end, zone, first, last)


def build_days_window(bucket: Bucket, first: date, last: date, zone: tzinfo) -> Window:
    """The local days first … last, both inclusive, cut into periods."""
    start, end = find_day_start(first, zone), find_day_changes(last + ONE_DAY, zone)[-1][0]
    return _cut_into_periods(bucket, start, end, zone, first, last)


def _find_local_days(start: datetime, end: datetime, zone: tzinfo) -> dict[datetime, date]:
    """The local day at `start`, and at every instant of [start, end) when it changes."""
    at_start, at_end = to_local_date(start, zone), to_local_date(end - ONE_SECOND, zone)
    shown = {start: at_start}
    for year in range(min(at_start, at_end).year, (max(at_start, at_end) + ONE_DAY).year + 1):
        instants, days = _list_day_starts(year, zone)
        within = slice(bisect_right(instants, start), bisect_left(instants, end))
        shown.update(zip(instants[within], days[within], strict=True))
    return shown


def _cut_into_periods(
    bucket: Bucket, start: datetime, end: datetime, zone: tzinfo, first: date, last: date
) -> Window:
    pieces: dict[datetime, date] = {}
    before = None
    for instant, day in _find_local_days(start, end, zone).items():
        owner = get_period_start(bucket, day) if first <= day <= last else NO_PERIOD
        if owner != before:
            pieces[instant] = before = owner
    periods = tuple(iterate_periods(bucket, first, last))
    return Window(bucket, zone, start, end, periods, tuple(pieces), tuple(pieces.values()))
