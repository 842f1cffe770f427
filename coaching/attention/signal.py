"""What a signal is, and what judging one for one day can give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from coaching.attention.day import Day

SignalDomain = Literal[
    "recovery", "load", "adherence", "intensity", "performance", "race", "data", "positive"
]
Severity = Literal["info", "warning", "critical", "positive"]
ConsentCategory = Literal["activities", "health", "goals_and_plans"]
SignalEvidence = Mapping[str, float | int | str | None]

DOMAINS_SKIPPED_DURING_ABSENCE: frozenset[SignalDomain] = frozenset({"adherence", "load", "race"})


class Report(NamedTuple):
    """What to tell: one plain sentence with the numbers, never a diagnosis, and the numbers themselves."""

    message: str
    evidence: SignalEvidence
    confidence: float = 1.0


class Finding(NamedTuple):
    """The condition holds on the judged day. The report is written only for the day that is shown."""

    severity: Severity
    report: Callable[[], Report]


@dataclass(frozen=True, slots=True)
class Skip:
    """The condition cannot be judged on that day: a guard is not met."""

    reason: str


Verdict = Finding | Skip | None


@dataclass(frozen=True, slots=True)
class SignalRule:
    """One row of the table: what is judged, what it is not, who says so, and the consent without which it is
    never told (`uses`)."""

    code: str
    domain: SignalDomain
    description: str
    is_not: str
    source: str
    uses: tuple[ConsentCategory, ...]
    judge: Callable[[Day], Verdict]

    def verdict(self, day: Day) -> Verdict:
        """The judgement of one day; absences silence what only a training athlete can be told."""
        if self.domain in DOMAINS_SKIPPED_DURING_ABSENCE and day.is_absent:
            return Skip("absent")
        return self.judge(day)


def signal_rule(
    code: str,
    domain: SignalDomain,
    *,
    description: str,
    is_not: str,
    source: str,
    uses: tuple[ConsentCategory, ...] = (),
) -> Callable[[Callable[[Day], Verdict]], SignalRule]:
    """Make a signal of the function that judges it."""
    return lambda judge: SignalRule(code, domain, description, is_not, source, uses, judge)


@dataclass(frozen=True, slots=True)
class ActiveSignal:
    """A signal that stands today.

    `since`: the first day of the current stretch, at most 27 days ago. `observed_on`: the last day on
    which the condition held, whose numbers `evidence` and `message` give: today, or yesterday while the
    flag is clearing.
    """

    code: str
    domain: SignalDomain
    severity: Severity
    since: date
    observed_on: date
    message: str
    evidence: SignalEvidence
    confidence: float
    source: str


@dataclass(frozen=True, slots=True)
class SkippedSignal:
    """A signal that could not be judged today, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that stands today and everything that could not be judged, in the order of the table."""

    active_signals: tuple[ActiveSignal, ...]
    skipped: tuple[SkippedSignal, ...]
