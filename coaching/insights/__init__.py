"""Insights: what an athlete's numbers say, in two or three sentences each, with their evidence; pure.

Start with `build_insights`; each module knows one kind. `checking` tells whether a text says only what its evidence does.
"""

from __future__ import annotations

from coaching.insights.insight import (
    Insight,
    InsightEvidence,
    InsightInputs,
    RaceAhead,
    RecentRun,
    Units,
    WeekSessions,
    WeekTraining,
)
from coaching.insights.rules.long_run import build_long_run_insight
from coaching.insights.rules.race import build_race_insight
from coaching.insights.rules.strongest_signal import build_signal_insight
from coaching.insights.rules.week import build_week_insight

__all__ = [
    "InsightEvidence",
    "Insight",
    "InsightInputs",
    "RaceAhead",
    "RecentRun",
    "WeekSessions",
    "Units",
    "WeekTraining",
    "build_insights",
]

INSIGHT_RULES = (build_week_insight, build_long_run_insight, build_race_insight, build_signal_insight)


def build_insights(inputs: InsightInputs) -> list[Insight]:
    """At most one of each kind; none of what is unknown or withheld."""
    return [insight for kind in INSIGHT_RULES if (insight := kind(inputs))]
