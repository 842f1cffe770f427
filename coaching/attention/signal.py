"""The types of signal rules and of their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

from coaching.attention.day import Day

SignalDomain = Literal[
    "recovery", "load", "adherence", "intensity", "performance", "race", "data", "positive"
]
Severity = Literal["info", "warning", "critical", "positive"]
DOMAINS: tuple[SignalDomain, ...] = get_args(SignalDomain)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
ConsentCategory = Literal["activities", "health", "goals_and_plans"]
SignalEvidence = Mapping[str, float | int | str | None]

# The message starts with this if the condition was true yesterday but is not true today.
AS_OF_YESTERDAY = "(as of yesterday) "
DOMAINS_SKIPPED_DURING_ABSENCE: frozenset[SignalDomain] = frozenset({"adherence", "load", "race"})


class Report(NamedTuple):
    """One plain sentence with its numbers, never a diagnosis, and the same numbers as evidence."""

    message: str
    evidence: SignalEvidence
    confidence: float = 1.0


class Finding(NamedTuple):
    """The condition is true on that day. `report` is only called for the day that is shown."""

    severity: Severity
    report: Callable[[], Report]


@dataclass(frozen=True, slots=True)
class Skip:
    """The rule cannot be evaluated on that day because data is missing or does not apply."""

    reason: str


Verdict = Finding | Skip | None


@dataclass(frozen=True, slots=True)
class SignalRule:
    """One row of the table of signals. `uses`: viewers need these consent categories to see the signal."""

    code: str
    domain: SignalDomain
    description: str
    is_not: str
    source: str
    uses: tuple[ConsentCategory, ...]
    evaluate_day: Callable[[Day], Verdict]

    def verdict(self, day: Day) -> Verdict:
        """Evaluate the rule for one day. Skip adherence, load and race rules during an absence."""
        if self.domain in DOMAINS_SKIPPED_DURING_ABSENCE and day.is_absent:
            return Skip("absent")
        return self.evaluate_day(day)


def signal_rule(
    code: str,
    domain: SignalDomain,
    *,
    description: str,
    is_not: str,
    source: str,
    uses: tuple[ConsentCategory, ...] = (),
) -> Callable[[Callable[[Day], Verdict]], SignalRule]:
    """Decorator: turn the function that evaluates a day into a `SignalRule`."""
    return lambda evaluate_day: SignalRule(code, domain, description, is_not, source, uses, evaluate_day)


@dataclass(frozen=True, slots=True)
class ActiveSignal:
    """A signal that is active today.

    `since`: the first day of the current period, at most 27 days ago. `observed_on`: the last day on which
    the condition was true, today or yesterday. `evidence` and `message` have the numbers of that day.
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
    """A rule that was skipped today, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The active signals and the skipped rules of today, in the order of the table."""

    active_signals: tuple[ActiveSignal, ...]
    skipped: tuple[SkippedSignal, ...]
