"""The text of a signal.

Texts are about training and readings, never about illness or injury: a signal is not a diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coaching.insights.cited_numbers import CitedNumbers

EvidenceNumbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignalText:
    """`reason` writes the evidence as a sentence. Raises KeyError or UnknownNumber if a number is missing."""

    title: str
    reason: Callable[[CitedNumbers, EvidenceNumbers], str]
    advice: str


def cite_window(cited: CitedNumbers, days: int) -> str:
    return cited.number("window_days", days)
