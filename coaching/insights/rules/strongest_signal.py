"""The strongest signal that nobody has acknowledged: its reason in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coaching.insights.cited_numbers import CitedNumbers, UnknownNumber
from coaching.insights.insight import Insight, InsightInputs, Units
from coaching.insights.rules.signal_texts import SIGNAL_TEXTS

UNTIL_YESTERDAY = (
    "Until yesterday: "  # how the message of a signal begins whose condition no longer holds today
)


def build_signal_insight(inputs: InsightInputs) -> Insight | None:
    """Praise is told when nothing else stands."""
    loud = (signal for signal in inputs.signals if signal["acknowledged_until"] is None)
    return next((told for signal in loud if (told := _write_insight(signal, inputs.units))), None)


def _write_insight(signal: Mapping[str, Any], units: Units) -> Insight | None:
    """None where a kept signal has no words here, or not the numbers for them."""
    words = SIGNAL_TEXTS.get(signal["code"])
    if words is None:
        return None
    cited = CitedNumbers(units)
    cited.word("signal", signal["code"])
    cited.word("severity", signal["severity"])
    try:
        reason = words.reason(cited, signal["evidence"])
    except (KeyError, UnknownNumber):
        return None
    if signal["message"].startswith(UNTIL_YESTERDAY):
        cited.number("days_ago", 1)
        reason = f"{reason} That was so until yesterday."
    return Insight("strongest_signal", words.title, f"{reason} {words.advice}", cited.evidence)
