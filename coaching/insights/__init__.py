"""Insights: an athlete's numbers in two or three sentences, with their evidence. Pure, except `llm`.

Start with `build_insights`. Each module in `rules` writes one kind. `llm.fact_check` checks a model's texts.
"""

from __future__ import annotations

from coaching.insights.insight import (
    Insight,
    InsightEvidence,
    InsightInputs,
    NextRace,
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
    "NextRace",
    "RecentRun",
    "WeekSessions",
    "Units",
    "WeekTraining",
    "build_insights",
]

INSIGHT_RULES = (build_week_insight, build_long_run_insight, build_race_insight, build_signal_insight)


def build_insights(inputs: InsightInputs) -> list[Insight]:
    """At most one insight of each kind. Unknown or withheld data gives none."""
    return [insight for build in INSIGHT_RULES if (insight := build(inputs))]
