"""Insights: what an athlete's numbers say, in two or three sentences each, with their evidence; pure.

Start with `insights_of`; each module knows one kind. `checking` tells whether a text says only what its evidence does.
"""

from __future__ import annotations

from coaching.insights.insight import (
    Evidence,
    Insight,
    InsightInputs,
    RaceAhead,
    RunDone,
    Sessions,
    Units,
    Week,
)
from coaching.insights.rules.long_run import last_long_run
from coaching.insights.rules.race import race_ahead
from coaching.insights.rules.strongest_signal import strongest_signal
from coaching.insights.rules.week import week_summary

__all__ = [
    "Evidence",
    "Insight",
    "InsightInputs",
    "RaceAhead",
    "RunDone",
    "Sessions",
    "Units",
    "Week",
    "insights_of",
]

KINDS = (week_summary, last_long_run, race_ahead, strongest_signal)


def insights_of(inputs: InsightInputs) -> list[Insight]:
    """At most one of each kind; none of what is unknown or withheld."""
    return [insight for kind in KINDS if (insight := kind(inputs))]
