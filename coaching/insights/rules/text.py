"""How a signal is put into words.

Words speak of training and readings, never of illness or injury: a signal is a reason to look, not a diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coaching.insights.cited_numbers import Cited

Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """`reason` writes the signal's evidence into a sentence; raises KeyError or Untold where a number is missing."""

    title: str
    reason: Callable[[Cited, Numbers], str]
    advice: str


def window(cited: Cited, days: int) -> str:
    return cited.number("window_days", days)
