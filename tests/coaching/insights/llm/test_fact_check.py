"""The fact check finds numbers in any notation and rejects unsupported texts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from coaching.insights.llm.fact_check import (
    MAX_TEXT_LENGTH,
    StatedNumber,
    extract_numbers,
    find_rejection_reason,
    is_supported,
)
from coaching.insights.llm.prompt import InsightPrompt

RUN = InsightPrompt(
    "last_long_run",
    "metric",
    {
        "run_date": "2026-11-15",
        "distance_km": 24.1,
        "duration": "2:12:58",
        "form": -8,
        "load": 1240,
        "sessions": 3,
    },
    "The last long run, on Sunday 15 November, covered 24.1 km in 2:12:58.",
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("62.4 km at 5:12 per km", {Decimal("62.4"), "5:12"}),
        ("in 3:08:40, not 3:08", {"3:08:40", "3:08"}),
        ("1,240 of 2,000.5", {Decimal(1240), Decimal("2000.5")}),
        ("form is -8 or −9, 5-8 days", {Decimal(-8), Decimal(-9), Decimal(5), Decimal(8)}),
        ("three sessions, twenty days, twice", {Decimal(3), Decimal(20), "twice"}),
        ("on Sunday, 15 November", {"sunday", "11-15"}),
        ("November 15th and 2026-11-16", {"11-15", "11-16", Decimal(2026)}),
        ("1st of May; session 5 may wait", {"05-01", Decimal(5)}),
        ("VO2max and VO2 max in a half marathon", set()),
        ("half of it, a third", {"half", "third"}),
        ("full-width １２, ٣, ½ and 五", {Decimal(12), Decimal(3), Decimal(1), Decimal(2), "五"}),
        ("x5 and 10k", {Decimal(5), Decimal(10)}),
        ("one of those days", set()),
    ],
)
def test_extract_numbers_finds_all_notations(text: str, numbers: set[StatedNumber]):
    assert extract_numbers(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Sunday's 24.1 km took 2:12:58.",
        "On the 15 November run, 24.10 km; form is -8.",
        "A load of 1,240 in three sessions.",
        "2026-11-15 was a good day.",
    ],
)
def test_is_supported_accepts_numbers_of_the_evidence(text: str):
    assert is_supported(text, RUN.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Nearly 24 km.",
        "Form is 8.",
        "Saturday's run.",
        "The run of 16 November.",
        "Four sessions are done.",
        "It took 2:12.",
        "Half the load.",
        "That is 12 % more.",
    ],
)
def test_is_supported_rejects_other_numbers(text: str):
    assert not is_supported(text, RUN.evidence)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The long run of Sunday covered 24.1 km.", ""),
        ("", "length"),
        ("Well done.", "length"),
        ("word " * MAX_TEXT_LENGTH, "length"),
        ("<p>The long run covered 24.1 km.</p>", "markup"),
        ("**The long run** covered 24.1 km.", "markup"),
        ("The long run\ncovered 24.1 km.", "markup"),
        ("The long run covered \u202e24.1 km.", "markup"),
        ("The long run of 24.1 km raises the injury risk.", "forbidden_word"),
        ("The long run of 24.1 km, ask a doctor about it.", "forbidden_word"),
        ("The long run: see https://example.test for more.", "forbidden_word"),
        ("The long run covered 24.1 miles.", "units"),
        ("The long run covered 25 km.", "invented_number"),
        ("The long run covered 24.1 km, twice as far as usual.", "invented_number"),
    ],
)
def test_find_rejection_reason_names_the_fault(text: str, fault: str):
    assert find_rejection_reason(text, RUN) == fault
