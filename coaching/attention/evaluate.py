"""From inputs to flags: what stands today, since when, and what could not be judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coaching.attention.day import Day
from coaching.attention.day_index import Calendar
from coaching.attention.inputs import Inputs
from coaching.attention.registry import SIGNALS
from coaching.attention.signal import Evaluation, Finding, Flag, Signal, Skip, Skipped
from coaching.attention.thresholds import CLEARS_AFTER_D, LOOK_BACK_D


def evaluate_flags(inputs: Inputs, as_of: datetime) -> Evaluation:
    """Judge every signal for the local day of `as_of`, an aware instant in the athlete's own zone.

    A flag stands while its condition was true on one of the last two days; a guard that is not met today
    ends it at once. `since` is the first day of the stretch without two false days in a row, at most 27
    days back. Pure: no stored history, the earlier days are judged again from the same inputs.
    """
    return evaluate(Calendar(inputs, as_of))


def evaluate(calendar: Calendar) -> Evaluation:
    """As `evaluate_flags`, of inputs that are in order already."""
    days = [Day(calendar, ago) for ago in range(LOOK_BACK_D)]
    flags: list[Flag] = []
    skipped: list[Skipped] = []
    for signal in SIGNALS:
        match standing(signal, days):
            case Flag() as flag:
                flags.append(flag)
            case Skip(reason):
                skipped.append(Skipped(signal.code, reason))
    return Evaluation(tuple(flags), tuple(skipped))


def standing(signal: Signal, days: Sequence[Day]) -> Flag | Skip | None:
    """The flag of one signal, judged on `days`, today first."""
    verdict, observed = signal.verdict(days[0]), 0
    while verdict is None and observed + 1 < CLEARS_AFTER_D:
        observed += 1
        verdict = signal.verdict(days[observed])
    if not isinstance(verdict, Finding):
        return verdict if observed == 0 else None
    report = verdict.report()
    return Flag(
        code=signal.code,
        domain=signal.domain,
        severity=verdict.severity,
        since=days[_first(signal, days, observed)].local_date,
        observed_on=days[observed].local_date,
        message=f"Until yesterday: {report.message}" if observed else report.message,
        evidence=report.evidence,
        confidence=report.confidence,
        source=signal.source,
    )


def _first(signal: Signal, days: Sequence[Day], observed: int) -> int:
    """How many days ago the stretch began that still held `observed` days ago."""
    first = observed
    for day in days[observed + 1 :]:
        if isinstance(signal.verdict(day), Finding):
            first = day.ago
        elif day.ago - first >= CLEARS_AFTER_D:
            break
    return first
