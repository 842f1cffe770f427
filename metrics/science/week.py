"""Load of the week, the last four weeks, load jump, monotony and strain (FORMULAS §6.2, §6.4).

A load jump describes training. It is not a risk of injury: in 5,205 runners, week-to-week ratios had no
association with injuries (Frandsen 2025). Monotony and strain: Foster 1998, with the population SD as in
Runalyze. Columns are `(…, days)`, oldest day first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import numpy.typing as npt

from metrics.science.rolling import Days, daily, lag, rolling_sum

WEEK_D = 7
FOUR_WEEKS_D = 28
JUMP_HISTORY_D = WEEK_D + FOUR_WEEKS_D
MONOTONY_CAP = 10.0


@dataclass(frozen=True, slots=True)
class WeekSeries:
    """Figures of the days before each local day, NaN if the history is too short. Columns `(…, days)`."""

    rolling_7d: Days  # load of the 7 days ending with the day
    four_week_avg: Days  # weekly load of the 28 days ending the day before
    load_jump: Days
    monotony: Days
    strain: Days

    def row(self, athlete: int) -> WeekSeries:
        """One athlete of a matrix."""
        return WeekSeries(*(getattr(self, field.name)[athlete] for field in fields(self)))


def current_week_load(loads: Sequence[float], today: date) -> float:
    """Σ load from Monday to today. `loads` are daily and end today."""
    return float(sum(loads[-(today.weekday() + 1) :]))


def rolling_7d(loads: Sequence[float]) -> float:
    """Σ load of the last 7 days. `loads` are daily and end today."""
    return float(sum(loads[-WEEK_D:]))


def four_week_avg(loads: Sequence[float]) -> float | None:
    """Weekly load of the last 28 days. `loads` end yesterday, because today is not over.

    A shorter history gives the average of its days (see `is_partial`). Below 7 days there is no average.
    """
    return _latest(week_series([*loads, 0.0]).four_week_avg)


def is_partial(history_d: float) -> bool:
    """Whether a four-week average has fewer than 28 days (history up to yesterday)."""
    return history_d < FOUR_WEEKS_D


def load_jump(loads: npt.ArrayLike) -> float | None:
    """Load of the last 7 days / weekly load of the 28 days before. None below 35 days or without load."""
    return _latest(week_series(loads).load_jump)


def monotony(loads: npt.ArrayLike) -> float | None:
    """Mean / population SD of the last 7 daily loads, at most 10. None below 7 days or if all are 0."""
    return _latest(week_series(loads).monotony)


def strain(loads: npt.ArrayLike) -> float | None:
    """Load of the last 7 days × monotony. None if monotony is None."""
    return _latest(week_series(loads).strain)


def week_series(loads: npt.ArrayLike, history_d: npt.ArrayLike | None = None) -> WeekSeries:
    """All week figures of all days.

    `loads` and `history_d` are `(…, days)`. `history_d` is LoadSeries.history_d. Default: the whole column.
    """
    column = daily(loads)
    history = np.arange(1.0, column.shape[-1] + 1) if history_d is None else daily(history_d)
    week, four_weeks = rolling_sum(column, WEEK_D), rolling_sum(column, FOUR_WEEKS_D)
    monotonies = _monotony(column, week, history)
    return WeekSeries(
        week, _average(four_weeks, history), _jump(week, four_weeks, history), monotonies, week * monotonies
    )


def _average(four_weeks: Days, history: Days) -> Days:
    past_d = np.minimum(history - 1, FOUR_WEEKS_D)
    weekly = lag(four_weeks, 1, before=0.0) * WEEK_D / np.maximum(past_d, 1)
    return np.where(past_d >= WEEK_D, weekly, np.nan)


def _jump(week: Days, four_weeks: Days, history: Days) -> Days:
    before = lag(four_weeks, WEEK_D, before=0.0) / 4
    ratio = np.full_like(week, np.nan)
    return np.divide(week, before, out=ratio, where=(history >= JUMP_HISTORY_D) & (before > 0))


def _monotony(column: Days, week: Days, history: Days) -> Days:
    mean = week / WEEK_D
    variance = np.maximum(rolling_sum(column**2, WEEK_D) / WEEK_D - mean**2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        capped = np.minimum(mean / np.sqrt(variance), MONOTONY_CAP)
    return np.where((history >= WEEK_D) & (mean > 0), capped, np.nan)


def _latest(column: Days) -> float | None:
    value = float(column[-1]) if column.size else np.nan
    return None if np.isnan(value) else value
