"""The priority of an athlete, 0–100, from the signals; and the sort order of the roster (FORMULAS §8.1) [J].

The order of the signals does not matter, and one more signal never lowers the priority. Signals of one domain
are correlated, so only the strongest counts fully. Positive signals add nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

BASE_PRIORITY = {"info": 8.0, "warning": 25.0, "critical": 60.0}
SEVERITY_RANK = {"positive": 0, "info": 1, "warning": 2, "critical": 3}
SIGNAL_CAP = 95.0
ACKNOWLEDGED_FACTOR = 0.3
ACKNOWLEDGED_MAX_D = 7
RACE_NEAR_FACTOR = 1.25
RACE_NEAR_D = 14
SAME_DOMAIN_FACTOR = 0.25
TODAY_MIN_PRIORITY = 60.0
THIS_WEEK_MIN_PRIORITY = 25.0
REASONS_SHOWN = 3

PriorityTier = Literal["today", "this week", "keep an eye"]


@dataclass(frozen=True, slots=True)
class AcknowledgementPeriod:
    """A coach has acknowledged a signal of this severity, up to and including the day `until`."""

    severity: str
    since: date
    until: date

    def applies_to(self, severity: str, today: date) -> bool:
        """Whether it applies: not expired, at most 7 days old, and the signal is not more severe now."""
        lasts = today <= self.until and (today - self.since).days <= ACKNOWLEDGED_MAX_D
        return lasts and SEVERITY_RANK[severity] <= SEVERITY_RANK[self.severity]


def compute_priority(flags: Iterable[tuple[str, str, float, bool]], race_near: bool = False) -> float:
    """0–100 from (domain, severity, confidence 0–1, acknowledged) of each signal.

    `race_near`: an A race is at most 14 days away.
    """
    domains: dict[str, list[float]] = {}
    for domain, severity, confidence, acknowledged in flags:
        if severity in BASE_PRIORITY:
            weight = signal_priority(severity, confidence, acknowledged, race_near)
            domains.setdefault(domain, []).append(weight)
    calm = 1.0
    for weights in domains.values():
        strongest, *others = sorted(weights, reverse=True)
        calm *= 1 - strongest / 100
        for weight in others:
            calm *= 1 - SAME_DOMAIN_FACTOR * weight / 100
    return 100 * (1 - calm)


def signal_priority(severity: str, confidence: float, acknowledged: bool, race_near: bool = False) -> float:
    """The priority of one signal alone, at most 95."""
    acknowledged_factor = ACKNOWLEDGED_FACTOR if acknowledged else 1.0
    race_factor = RACE_NEAR_FACTOR if race_near else 1.0
    return min(SIGNAL_CAP, BASE_PRIORITY[severity] * confidence * acknowledged_factor * race_factor)


def priority_tier(value: float) -> PriorityTier:
    """When to look at the athlete. The API's "urgent" and "watch" depend on the severity, not on this."""
    if value >= TODAY_MIN_PRIORITY:
        return "today"
    return "this week" if value >= THIS_WEEK_MIN_PRIORITY else "keep an eye"


def queue_key(
    value: float,
    severities: Iterable[str],
    days_to_a_race: int | None,
    days_since_contact: int | None,
    athlete_id: str,
) -> tuple[float, int, float, float, str]:
    """Sort key, most urgent first: priority, highest severity, nearest A race, longest without contact, id.

    `days_since_contact` None: never, which sorts first.
    """
    highest = max((SEVERITY_RANK[severity] for severity in severities), default=0)
    race = float("inf") if days_to_a_race is None else days_to_a_race
    silence = float("inf") if days_since_contact is None else days_since_contact
    return -value, -highest, race, -silence, athlete_id
