"""The words and numbers of a session in one line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from metrics.science.pace import METRES_PER_MILE

NUMBER = r"(\d{1,6}(?:[.,]\d{1,4})?)"
END = r"(?![^\W\d_])"  # no letter follows
TOKEN_PATTERNS = {
    "times": r"(\d{1,3})\s*[x×*]",
    "pace": r"@?\s*(\d{1,2}):([0-5]\d)(?:\s*[-–]\s*(\d{1,2}):([0-5]\d))?\s*(?:min)?\s*/\s*(km|mi)" + END,
    "heart_rate": rf"@?\s*(\d{{2,3}})(?:\s*[-–]\s*(\d{{2,3}}))?\s*bpm{END}",
    "clock": r"(\d{1,2}):([0-5]\d):([0-5]\d)",
    "hours": rf"{NUMBER}\s*(?:hours?|hrs?|h){END}"
    rf"(?:\s*(\d{{1,2}})\s*(?:minutes?|mins?|['′’]|m{END}|(?![\d.,:])))?",
    "minutes": rf"{NUMBER}\s*(?:minutes?{END}|mins?(?![a-z])|['′’](?!['′’]))"
    rf"(?:(\d{{1,2}})(?:s(?:ec)?{END}|\"|″|['′’]{{2}})?(?![\w.,:×*]))?",
    "seconds": rf"{NUMBER}\s*(?:seconds?{END}|secs?{END}|s{END}|\"|″|['′’]{{2}})",
    "kilometres": rf"{NUMBER}\s*(?:kilomet(?:er|re)s?|kms?|k){END}",
    "miles": rf"{NUMBER}\s*(?:miles?|mi){END}",
    "metres": rf"{NUMBER}\s*(?:met(?:er|re)s?|m){END}",
    "zone": r"z(?:one)?\s*([1-5])(?!\d)",
    "effort": r"(?:rpe|effort)\s*(10|[1-9])(?!\d)",
    "load": r"load\s*(\d{1,4})(?!\d)",
    "plus": r"\+",
    "open": r"\(",
    "close": r"\)",
    "mark": r"!",
    "word": r"[^\W\d_][^\W\d_\-’']*",
}
PATTERN = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in TOKEN_PATTERNS.items()), re.ASCII | re.IGNORECASE
)
GROUP_COUNTS = {name: re.compile(pattern).groups for name, pattern in TOKEN_PATTERNS.items()}
IGNORED = re.compile(r"[\s·,]+")


class LineError(ValueError):
    """The line is no session. `place`: from which character on, from 0."""

    def __init__(self, sentence: str, place: int) -> None:
        super().__init__(sentence)
        self.place = place


class Token(NamedTuple):
    """`value`: seconds, metres, a number, (slow, fast) or a word in lower case."""

    kind: str
    value: Any
    place: int
    text: str


def split_into_tokens(text: str, place: int) -> Iterator[Token]:
    """The tokens from `place` on. Raises LineError at a sign or a number that means nothing."""
    while place < len(text):
        if blank := IGNORED.match(text, place):
            place = blank.end()
            continue
        found = PATTERN.match(text, place)
        if found is None or found.lastgroup is None:
            raise _explain_unreadable(text, place)
        yield Token(*_read_token(found), found.start(), found.group())
        place = found.end()


def _explain_unreadable(text: str, place: int) -> LineError:
    rest = text[place:].split()[0]
    if re.match(r"\d{1,3}:\d\d", rest, re.ASCII):
        return LineError(f"Is “{rest}” hours or minutes? Write 1h30, 90 min or 4:30/km.", place)
    if rest[0].isdigit():
        return LineError(f"“{rest}” needs a unit, such as min, km or s.", place)
    return LineError(f"“{rest}” means nothing here.", place)


def _read_token(found: re.Match[str]) -> tuple[str, Any]:
    kind = next(name for name in TOKEN_PATTERNS if found[name] is not None)
    first = found.re.groupindex[kind]
    parts = [found[first + 1 + number] for number in range(GROUP_COUNTS[kind])]
    numbers = [_read_number(part) for part in parts if part and part[0].isdigit()]
    return _KINDS.get(kind, kind), _read_value(kind, numbers, parts, found.group())


_KINDS = {
    **dict.fromkeys(("clock", "hours", "minutes", "seconds"), "duration"),
    **dict.fromkeys(("kilometres", "miles", "metres"), "distance"),
}
FACTORS = {
    "clock": (3_600, 60, 1),
    "hours": (3_600, 60),
    "minutes": (60, 1),
    "seconds": (1,),
    "kilometres": (1_000,),
    "miles": (METRES_PER_MILE,),
    "metres": (1,),
}


def _read_value(kind: str, numbers: list[float], parts: list[str | None], text: str) -> Any:
    if kind in FACTORS:
        pairs = zip(numbers, FACTORS[kind], strict=False)
        return round(float(sum(number * factor for number, factor in pairs)), 3)
    if kind == "pace":
        per_km = 1.0 if (parts[-1] or "").lower() == "km" else 1_000.0 / METRES_PER_MILE
        paces = [60 * numbers[at] + numbers[at + 1] for at in range(0, len(numbers), 2)]
        return tuple(round(pace * per_km, 1) for pace in (max(paces), min(paces)))
    if kind == "heart_rate":
        return int(min(numbers)), int(max(numbers))
    return int(numbers[0]) if numbers else text.lower()


def _read_number(text: str) -> float:
    return float(text.replace(",", "."))
