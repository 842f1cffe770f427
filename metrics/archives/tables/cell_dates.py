"""Read dates with a time as services write them in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

MONTH_BEGINNINGS = (
    (1, ("jan", "ene", "gen", "sty", "tammi", "led", "oca")),
    (2, ("feb", "fév", "fev", "lut", "helmi", "úno", "şub")),
    (3, ("mar", "mär", "mrt", "maa", "maalis", "bře")),
    (4, ("apr", "avr", "abr", "kwi", "huhti", "dub", "nis")),
    (5, ("mai", "may", "maj", "mei", "mag", "touko", "kvě")),
    (6, ("jun", "juin", "giu", "cze", "kesä", "čvn", "haz")),
    (7, ("jul", "juil", "lug", "lip", "heinä", "čvc", "tem")),
    (8, ("aug", "ago", "aoû", "aou", "sie", "elo", "srp", "ağu")),
    (9, ("sep", "set", "wrz", "syys", "zář", "eyl")),
    (10, ("oct", "okt", "ott", "out", "paź", "loka", "říj", "eki")),
    (11, ("nov", "lis", "marras", "kas")),
    (12, ("dec", "dez", "dic", "déc", "des", "gru", "joulu", "pro", "ara")),
)
"""The beginnings of the names of months in the languages of the services."""

AFTERNOON = re.compile(r"\bp\.?\s?m\b|下午|午後|오후", re.IGNORECASE)
MORNING = re.compile(r"\ba\.?\s?m\b|上午|午前|오전", re.IGNORECASE)

_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?:[:.m](\d{2}))?(?:[.,]\d+)?(?!\d)(?![./-]\d)")
_YEAR_FIRST = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")


def detect_day_first(texts: Iterable[str]) -> bool:
    """Whether `9/12/2018` is a day in December. All dates of a table decide it together."""
    found = [match for match in map(_YEAR_LAST.search, texts) if match]
    if any(int(match[1]) > 12 for match in found):
        return True
    if any(int(match[2]) > 12 for match in found):
        return False
    return not any(
        "/" in match[0] and (AFTERNOON.search(match.string) or MORNING.search(match.string))
        for match in found
    )


def parse_time(text: str, zone: tzinfo, *, is_day_first: bool = True) -> datetime | None:
    """The instant that a clock in `zone` showed. None if the text has no date or no time."""
    date = _find_date(text, is_day_first)
    if date is None:
        return None
    year, month, day, rest = date
    clock = _CLOCK.search(rest)
    if clock is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if AFTERNOON.search(text) and hour < 12:
        hour += 12
    elif MORNING.search(text) and hour == 12:
        hour = 0
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def convert_to_utc(local: datetime) -> datetime | None:
    """The instant in UTC. None if that is outside of the calendar, as for the last hour of the year 9999."""
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return None


def _find_date(text: str, is_day_first: bool) -> tuple[int, int, int, str] | None:
    """Year, month, day, and the rest of the text, which has the time."""
    if found := _YEAR_FIRST.match(text.strip()):
        year, month, day = map(int, found.groups())
        return year, month, day, text.strip()[found.end() :]
    if found := _YEAR_LAST.search(text):
        first, second, year = map(int, found.groups())
        day, month = (first, second) if is_day_first else (second, first)
        return year, month, day, text[found.end() :]
    return _find_named_month(text)


def _find_named_month(text: str) -> tuple[int, int, int, str] | None:
    """`Sep 12, 2018, 3:02:23 PM`, `12 sept. 2018 à 15:02:23`, `12 de set. de 2018 15:02`.

    A weekday may look like a month (“mar.” is Tuesday in French), but it comes first.
    """
    numbers = list(_NUMBER.finditer(text))
    year = next((number for number in numbers if len(number[0]) == 4), None)
    day = next((number for number in numbers if len(number[0]) <= 2), None)
    if year is None or day is None or day.start() > year.start():
        return None
    months = [found for word in _WORD.findall(text[: year.start()]) if (found := _parse_month(word))]
    return (int(year[0]), months[-1], int(day[0]), text[year.end() :]) if months else None


def _parse_month(word: str) -> int | None:
    """The month whose longest beginning the word has."""
    lowered = word.casefold()
    matches = [
        (len(beginning), number)
        for number, beginnings in MONTH_BEGINNINGS
        for beginning in beginnings
        if lowered.startswith(beginning)
    ]
    return max(matches)[1] if matches else None
