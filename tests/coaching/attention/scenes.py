"""Small inputs for the signal tests: one athlete, evaluated on a Sunday morning in November 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from coaching.attention import RULES_BY_CODE, Run, SignalInputs, evaluate_signals
from coaching.attention.day import Day
from coaching.attention.day_index import DayIndex
from coaching.attention.signal import Skip
from coaching.science.compliance import DoneActivity, Outcome, PlannedSession, build_outcomes
from metrics.science.hrv import hrv_series
from metrics.science.load_series import LoadSeries, load_series
from metrics.science.recovery import RecoverySeries, recovery_series
from metrics.science.resting_hr import resting_hr_series
from metrics.science.week import week_series

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = AS_OF.date()
USUAL_HRV = [50, 72] * 30  # mean ln 60, SD 0.18386: the baseline of the reference cases
USUAL_RHR = [48, 52] * 30


def get_date_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def evaluate_severity(code: str, inputs: SignalInputs, days_ago: int = 0) -> str | None:
    """Return the verdict of one day: the severity, None, or "skip: reason"."""
    verdict = RULES_BY_CODE[code].verdict(Day(DayIndex(inputs, AS_OF), days_ago))
    if isinstance(verdict, Skip):
        return f"skip: {verdict.reason}"
    return verdict and verdict.severity


def find_active_signal(code, inputs, as_of=AS_OF):
    """Return the active signal with this code, or None."""
    return next(
        (found for found in evaluate_signals(inputs, as_of).active_signals if found.code == code), None
    )


def build_hrv_inputs(*days: float | None, usual=USUAL_HRV) -> SignalInputs:
    """Return the usual readings followed by `days`; the last one is today's."""
    return SignalInputs(hrv=hrv_series([*usual, *days]))


def build_resting_hr_inputs(*days: float | None, usual=USUAL_RHR) -> SignalInputs:
    """Return the usual readings, four ordinary days and `days`; the last one is today's."""
    return SignalInputs(resting_hr=resting_hr_series([*usual, 50, 50, 50, 50, *days]))


def build_recovery_scores(*days: float | None) -> RecoverySeries:
    """Return these recovery scores; the last one is today's."""
    z = [np.nan if score is None else (score - 70) / 20 for score in days]
    return recovery_series(z, np.full(len(z), np.nan), np.full(len(z), np.nan), np.full(len(z), np.nan))


def build_load_inputs(*days: float, **more) -> SignalInputs:
    """Return daily loads since the first activity; the last one is today's."""
    return SignalInputs(load=load_series(days), weeks=week_series(days), **more)


def build_load_balance(fitness: float, fatigue: float, load_today: float = 0.0, days: int = 50) -> LoadSeries:
    """Return a history with constant fitness and fatigue."""
    flat = load_series([1.0] * days)
    today = np.append(np.zeros(days - 1), load_today)
    return replace(
        flat,
        load=today,
        fitness=np.full(days, float(fitness)),
        fatigue=np.full(days, float(fatigue)),
        form=np.full(days, float(fitness - fatigue)),
    )


def build_runs(*days_and_km: tuple[int, float], **more) -> tuple[Run, ...]:
    """Return runs from pairs of (days ago, km) in any order."""
    return tuple(Run(get_date_ago(days), 1000 * km, **more) for days, km in sorted(days_and_km, reverse=True))


def build_regular_runs(
    km: float = 10, first: int = 40, last: int = 1, step: int = 2, **more
) -> tuple[Run, ...]:
    """Return a run every `step` days from `first` to `last` days ago."""
    return build_runs(*((days, km) for days in range(last, first + 1, step)), **more)


def build_plan_outcomes(
    *sessions: tuple[int, float], minutes: float = 60, load: float = 60, **more
) -> tuple[Outcome, ...]:
    """Return outcomes of one-hour sessions from pairs of (days ago, share that was done)."""
    planned = [
        PlannedSession(f"s{days}", get_date_ago(days), duration_s=60 * minutes, load=load, **more)
        for days, _ in sessions
    ]
    done = [
        DoneActivity(f"a{days}", get_date_ago(days), duration_s=60 * minutes * share, load=load * share)
        for days, share in sessions
        if share
    ]
    return build_outcomes(planned, done, {f"s{days}": f"a{days}" for days, share in sessions if share})
