"""Read the dates and times of health exports: any order, 12-hour clocks, names of months.

Apps write dates for their owner's country. So the order of day and month comes from all dates of a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from metrics.files.errors import UNREADABLE_FILE, FileError
from metrics.health.imports.days import UnexpectedCellError, shorten_for_message

ReadDate = Callable[[str], date]

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan",
            "feb",
            "mar mär mrz",
            "apr",
            "may mai",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct okt",
            "nov",
            "dec dez",
        ),
        start=1,
    )
    for name in names.split()
}
"""By the first three letters, in English and German."""

_NUMBERS = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})", re.ASCII)
_MONTH_FIRST = re.compile(r"(?P<month>[^\W\d_]{3,9})\.? (?P<day>[0-9]{1,2})(?:,? (?P<year>[0-9]{4}))?")
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})\.? (?P<month>[^\W\d_]{3,9})\.?,?(?: (?P<year>[0-9]{4}))?")
_MOMENT = re.compile(
    r"(?P<day>.*?[^\s,T])(?:,?\s+|T)"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?\s*(?P<zone>z|utc|gmt|[-+][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE | re.ASCII,
)
YEARS_TO_A_LEAP_DAY = 8


def parse_ordered_day(text: str, order: str) -> date:
    """A day of three numbers. `order` is “ymd”, “ydm”, “mdy” or “dmy”; a year of two digits is after 2000."""
    found = _NUMBERS.fullmatch(text)
    parts = dict(zip(order, (found[1], found[3], found[4]), strict=True)) if found else {}
    if len(parts.get("y", "")) not in (2, 4) or max(len(parts["d"]), len(parts["m"])) > 2:
        raise _create_day_error(text)
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    try:
        return date(year, int(parts["m"]), int(parts["d"]))
    except ValueError:
        raise _create_day_error(text) from None


def detect_date_order(texts: Iterable[str], orders: Sequence[str]) -> str:
    """The order that makes most dates valid; on a tie, the one with the shorter time span.

    Measurements are daily: 2017-09-08, 2017-10-08, 2017-11-08 are three days of August, not three months.
    Raises FileError if days and months are ambiguous.
    """
    dates = list(texts)
    found = {order: _parse_valid_days(dates, order) for order in orders}
    most = max(len(days) for days in found.values())
    best = {order: days for order, days in found.items() if len(days) == most}
    spans = {order: max(days, default=date.min) - min(days, default=date.min) for order, days in best.items()}
    shortest = [order for order in best if spans[order] == min(spans.values())]
    if any(best[order] != best[shortest[0]] for order in shortest):
        message = "The order of day and month in its dates is unclear. Export a longer time."
        raise FileError(UNREADABLE_FILE, message)
    return shortest[0]


def build_date_reader(texts: Iterable[str], today: date | None = None) -> ReadDate:
    """Return the reader for the days of one file; `texts` are all of them.

    A day such as “Nov 11” has no year: it is the latest such day that is not after `today`.
    Raises FileError if days and months are ambiguous.
    """
    numeric = [text for text in texts if _NUMBERS.fullmatch(text)]
    order = detect_date_order(numeric, _list_possible_orders(numeric[0])) if numeric else "ymd"

    def read_date(text: str) -> date:
        return parse_ordered_day(text, order) if _NUMBERS.fullmatch(text) else _parse_named_day(text, today)

    return read_date


def split_day(text: str) -> str:
    """The day of a day and time."""
    found = _MOMENT.fullmatch(_replace_blanks(text))
    return found["day"] if found else text


def parse_local_day(text: str, read_day: ReadDate, zone: tzinfo) -> date:
    """The local day of an instant such as “2026-06-01 07:11:05 AM +0000”. Without an offset it is local time.

    `zone` is the athlete's. A text without a time is a day.
    """
    found = _MOMENT.fullmatch(_replace_blanks(text))
    if found is None:
        return _parse_day_alone(text, read_day)
    day = read_day(found["day"])
    try:
        hour = _parse_hour(int(found["hour"]), (found["half"] or "").lower())
        clock = time(hour, int(found["minute"]), int(found["second"] or 0))
        moment = datetime.combine(day, clock, _parse_offset(found["zone"]))
        return moment.astimezone(zone).date() if moment.tzinfo else day
    except (ValueError, OverflowError):
        raise _create_moment_error(text) from None


def _list_possible_orders(text: str) -> Sequence[str]:
    first, separator, *_ = re.split(r"([-/.])", text)
    if len(first) == 4:
        return ("ymd",)
    return ("dmy",) if separator == "." else ("mdy", "dmy")


def _parse_valid_days(texts: Iterable[str], order: str) -> list[date]:
    days = []
    for text in texts:
        try:
            days.append(parse_ordered_day(text, order))
        except UnexpectedCellError:
            continue
    return days


def _parse_named_day(text: str, today: date | None) -> date:
    plain = " ".join(text.split())
    found = _MONTH_FIRST.fullmatch(plain) or _DAY_FIRST.fullmatch(plain)
    month = MONTHS.get(found["month"][:3].lower(), 0) if found else 0
    if found is None or not month:
        raise _create_day_error(text)
    if found["year"] is None and today is None:
        raise UnexpectedCellError(f"“{shorten_for_message(text)}” has no year")
    try:
        if found["year"] is None and today is not None:
            return _find_latest_day(month, int(found["day"]), today)
        return date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        raise _create_day_error(text) from None


def _find_latest_day(month: int, day: int, today: date) -> date:
    for year in range(today.year, today.year - YEARS_TO_A_LEAP_DAY - 1, -1):
        if (month, day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)):
            continue
        found = date(year, month, day)
        if found <= today:
            return found
    raise ValueError("no such day")


def _parse_day_alone(text: str, read_day: ReadDate) -> date:
    try:
        return read_day(text)
    except UnexpectedCellError:
        if " " in text:
            raise _create_moment_error(text) from None
        raise


def _parse_hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("a 12-hour clock goes from 1 to 12")
    return hour % 12 + (12 if half == "p" else 0)


def _parse_offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    digits = re.sub(r"[^0-9]", "", text) or "0000"
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text.startswith("-") else offset)


def _replace_blanks(text: str) -> str:
    """iOS writes a narrow no-break space before AM and PM."""
    return text.replace("\u202f", " ").replace("\xa0", " ").strip()


def _create_day_error(text: str) -> UnexpectedCellError:
    return UnexpectedCellError(f"“{shorten_for_message(text)}” is not a date")


def _create_moment_error(text: str) -> UnexpectedCellError:
    return UnexpectedCellError(f"“{shorten_for_message(text)}” is not a date and time")
