"""Evaluate all signal rules: which signals are active today, since when, and which rules were skipped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coaching.attention.day import Day
from coaching.attention.day_index import DayIndex
from coaching.attention.inputs import SignalInputs
from coaching.attention.registry import SIGNAL_RULES
from coaching.attention.signal import (
    AS_OF_YESTERDAY,
    ActiveSignal,
    Evaluation,
    Finding,
    SignalRule,
    Skip,
    SkippedSignal,
)
from coaching.attention.thresholds import CLEARS_AFTER_D, LOOK_BACK_D


def evaluate_signals(inputs: SignalInputs, as_of: datetime) -> Evaluation:
    """Evaluate every rule for the local day of `as_of`, an aware datetime in the athlete's time zone.

    A signal is active if its condition was true today or yesterday. A rule that is skipped today ends its
    signal at once. `since` is the first day of the period without two false days in a row, at most 27 days
    ago. Pure: no history is stored; earlier days are evaluated again from the same inputs.
    """
    return evaluate_day_index(DayIndex(inputs, as_of))


def evaluate_day_index(calendar: DayIndex) -> Evaluation:
    """Like `evaluate_signals`, from a prepared index."""
    days = [Day(calendar, ago) for ago in range(LOOK_BACK_D)]
    active: list[ActiveSignal] = []
    skipped: list[SkippedSignal] = []
    for rule in SIGNAL_RULES:
        match evaluate_signal(rule, days):
            case ActiveSignal() as signal:
                active.append(signal)
            case Skip(reason):
                skipped.append(SkippedSignal(rule.code, reason))
    return Evaluation(tuple(active), tuple(skipped))


def evaluate_signal(rule: SignalRule, days: Sequence[Day]) -> ActiveSignal | Skip | None:
    """Evaluate one rule on `days`, today first. Returns None if its signal is not active."""
    verdict, observed = rule.verdict(days[0]), 0
    while verdict is None and observed + 1 < CLEARS_AFTER_D:
        observed += 1
        verdict = rule.verdict(days[observed])
    if not isinstance(verdict, Finding):
        return verdict if observed == 0 else None
    report = verdict.report()
    return ActiveSignal(
        code=rule.code,
        domain=rule.domain,
        severity=verdict.severity,
        since=days[_first_day_ago(rule, days, observed)].local_date,
        observed_on=days[observed].local_date,
        message=f"{AS_OF_YESTERDAY}{report.message}" if observed else report.message,
        evidence=report.evidence,
        confidence=report.confidence,
        source=rule.source,
    )


def _first_day_ago(rule: SignalRule, days: Sequence[Day], observed: int) -> int:
    """How many days ago the signal began. Its condition last held `observed` days ago."""
    first = observed
    for day in days[observed + 1 :]:
        if isinstance(rule.verdict(day), Finding):
            first = day.ago
        elif day.ago - first >= CLEARS_AFTER_D:
            break
    return first
