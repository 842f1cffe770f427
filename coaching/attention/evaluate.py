"""From inputs to flags: what stands today, since when, and what could not be judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coaching.attention.day import Day
from coaching.attention.day_index import DayIndex
from coaching.attention.inputs import SignalInputs
from coaching.attention.registry import SIGNAL_RULES
from coaching.attention.signal import ActiveSignal, Evaluation, Finding, SignalRule, Skip, SkippedSignal
from coaching.attention.thresholds import CLEARS_AFTER_D, LOOK_BACK_D


def evaluate_signals(inputs: SignalInputs, as_of: datetime) -> Evaluation:
    """Judge every signal for the local day of `as_of`, an aware instant in the athlete's own zone.

    A flag stands while its condition was true on one of the last two days; a guard that is not met today
    ends it at once. `since` is the first day of the stretch without two false days in a row, at most 27
    days back. Pure: no stored history, the earlier days are judged again from the same inputs.
    """
    return evaluate_day_index(DayIndex(inputs, as_of))


def evaluate_day_index(calendar: DayIndex) -> Evaluation:
    """As `evaluate_signals`, of inputs that are in order already."""
    days = [Day(calendar, ago) for ago in range(LOOK_BACK_D)]
    flags: list[ActiveSignal] = []
    skipped: list[SkippedSignal] = []
    for signal in SIGNAL_RULES:
        match evaluate_signal(signal, days):
            case ActiveSignal() as flag:
                flags.append(flag)
            case Skip(reason):
                skipped.append(SkippedSignal(signal.code, reason))
    return Evaluation(tuple(flags), tuple(skipped))


def evaluate_signal(signal: SignalRule, days: Sequence[Day]) -> ActiveSignal | Skip | None:
    """The flag of one signal, judged on `days`, today first."""
    verdict, observed = signal.verdict(days[0]), 0
    while verdict is None and observed + 1 < CLEARS_AFTER_D:
        observed += 1
        verdict = signal.verdict(days[observed])
    if not isinstance(verdict, Finding):
        return verdict if observed == 0 else None
    report = verdict.report()
    return ActiveSignal(
        code=signal.code,
        domain=signal.domain,
        severity=verdict.severity,
        since=days[_first_day_ago(signal, days, observed)].local_date,
        observed_on=days[observed].local_date,
        message=f"Until yesterday: {report.message}" if observed else report.message,
        evidence=report.evidence,
        confidence=report.confidence,
        source=signal.source,
    )


def _first_day_ago(signal: SignalRule, days: Sequence[Day], observed: int) -> int:
    """How many days ago the stretch began that still held `observed` days ago."""
    first = observed
    for day in days[observed + 1 :]:
        if isinstance(signal.verdict(day), Finding):
            first = day.ago
        elif day.ago - first >= CLEARS_AFTER_D:
            break
    return first
