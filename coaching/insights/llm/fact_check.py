"""Check that a text contains only numbers from its evidence, in whatever form they are written.

The check is strict: a number that was computed from the evidence counts as invented.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from coaching.insights.insight import InsightEvidence
from coaching.insights.llm.prompt import InsightPrompt

MAX_TEXT_LENGTH, MIN_TEXT_LENGTH = 500, 20
StatedNumber = Decimal | str  # "5:12", "11-15" for 15 November, "sunday"

NAMES_WITH_DIGITS = re.compile(r"vo2\s?-?max|vo2", re.IGNORECASE)
HALF_MARATHON = re.compile(r"half[- ]marathon", re.IGNORECASE)
MONTHS = [f"{date(2000, month, 1):%B}" for month in range(1, 13)]
WEEKDAYS = [f"{date(2001, 1, day):%A}".lower() for day in range(1, 8)]
MONTH = rf"(?P<{{}}>{'|'.join(f'{name}|{name[:3]}' for name in MONTHS)})\b\.?"
TOKENS = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    rf"|(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH.format('month1')}"
    rf"|{MONTH.format('month2')} (?P<day2>\d{{1,2}})(?!\d|[.:]\d)"
    r"|(?P<clock>\d+:\d\d(?::\d\d)?)"
    r"|(?P<number>(?<![\w.,:)])[-−]?\d+(?:,\d{3})*(?:\.\d+)?|\d+(?:,\d{3})*(?:\.\d+)?)"
    r"|(?P<word>[^\W\d_]+)"
)
TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
NUMBER_WORDS = {
    "zero": 0, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    **{word: 10 + place for place, word in enumerate(TEENS)},
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1000, "dozen": 12, "couple": 2, "pair": 2, "fortnight": 14,
    "yesterday": 1, "tomorrow": 1,
}  # fmt: skip
SHARE_WORDS = {
    "half",
    "halved",
    "third",
    "thirds",
    "quarter",
    "quarters",
    "twice",
    "thrice",
    "doubled",
    "double",
    "tripled",
}
# The text is shown as plain text, so markup is forbidden. Medical words are forbidden too.
FORBIDDEN_WORDS = re.compile(
    r"injur|diagnos|disease|illness|\bill\b|\bsick|infect|medic|doctor|physician|overtrain|https?:|www\.",
    re.IGNORECASE,
)
MARKUP = re.compile(r"[<>{}\[\]`*_#|\\@\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")
METRIC_UNITS, IMPERIAL_UNITS = (
    re.compile(r"(?:\b|\d)(?:km|kilomet)", re.IGNORECASE),
    re.compile(r"(?:\b|\d)(?:mi\b|miles?\b)", re.IGNORECASE),
)


def extract_numbers(text: str) -> set[StatedNumber]:
    """All numbers of a text: digits, times, dates, weekdays and number words."""
    plain = HALF_MARATHON.sub(" ", NAMES_WITH_DIGITS.sub(" ", unicodedata.normalize("NFKC", text)))
    # Characters such as ½ or 五 have a numeric value, but int() does not read them.
    other = {char for char in plain if not char.isdecimal() and unicodedata.numeric(char, None) is not None}
    return other | {number for found in TOKENS.finditer(plain) for number in _parse_token(found)}


def is_supported(text: str, evidence: InsightEvidence) -> bool:
    """Whether every number of the text is written the same way in the evidence."""
    return extract_numbers(text) <= _evidence_numbers(evidence.values())


def find_rejection_reason(text: str, prompt: InsightPrompt) -> str:
    """Why the text must not replace the draft. Empty if it may."""
    if not MIN_TEXT_LENGTH <= len(text) <= MAX_TEXT_LENGTH:
        return "length"
    if MARKUP.search(text):
        return "markup"
    if FORBIDDEN_WORDS.search(text):
        return "forbidden_word"
    other_units = IMPERIAL_UNITS if prompt.units == "metric" else METRIC_UNITS
    if other_units.search(text) and not other_units.search(prompt.draft):
        return "units"
    return "" if is_supported(text, prompt.evidence) else "invented_number"


def _parse_token(found: re.Match[str]) -> Iterator[StatedNumber]:
    groups = found.groupdict()
    if groups["year"]:
        yield from (f"{groups['month']}-{groups['day']}", Decimal(groups["year"]))
    elif groups["day1"] or groups["day2"]:
        month = (groups["month1"] or groups["month2"])[:3]
        place = next(place for place, name in enumerate(MONTHS, 1) if name.startswith(month))
        yield f"{place:02d}-{int(groups['day1'] or groups['day2']):02d}"
    elif groups["clock"]:
        yield groups["clock"]
    elif groups["number"]:
        yield Decimal(groups["number"].replace(",", "").replace("−", "-"))
    else:
        yield from _parse_word(groups["word"].lower())


def _parse_word(word: str) -> Iterator[StatedNumber]:
    if word in NUMBER_WORDS:
        yield Decimal(NUMBER_WORDS[word])
    elif word in WEEKDAYS or word in SHARE_WORDS:  # a share is never in the evidence, so it is rejected
        yield word


def _evidence_numbers(values: Iterable[float | int | str]) -> set[StatedNumber]:
    numbers: set[StatedNumber] = set()
    for value in values:
        numbers |= (
            extract_numbers(value) | _weekday_of_date(value)
            if isinstance(value, str)
            else {Decimal(str(value))}
        )
    return numbers


def _weekday_of_date(text: str) -> set[StatedNumber]:
    try:
        return {f"{date.fromisoformat(text):%A}".lower()}
    except ValueError:
        return set()
