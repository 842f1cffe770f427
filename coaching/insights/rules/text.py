"""How a signal is put into words.

Words speak of training and readings, never of illness or injury: a signal is a reason to look, not a diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coaching.insights.cited_numbers import CitedNumbers

EvidenceNumbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignalText:
    """`reason` writes the signal's evidence into a sentence; raises KeyError or Untold where a number is missing."""

    title: str
    reason: Callable[[CitedNumbers, EvidenceNumbers], str]
    advice: str


def cite_window(cited: CitedNumbers, days: int) -> str:
    return cited.number("window_days", days)
