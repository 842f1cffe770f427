"""Fitness, fatigue and form: exponentially weighted averages of daily load (FORMULAS §6.1).

Sources: Banister 1975/1991, Morton 1990, Allen & Coggan. The exponential factor is the one of GoldenCheetah
and intervals.icu. These are averages of load, not measured fitness. Load is Astral load (100 = one hour at
threshold).

Columns are `(…, days)`, oldest day first. One athlete is a plain list, a roster is a matrix.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.science.rolling import Days, daily, lag

FITNESS_TAU_D = 42.0
FATIGUE_TAU_D = 7.0
WARM_UP_D = 42  # with less history, form and ramp say little: 63 % of the steady state
FORM_PCT_MIN_FITNESS = 10.0
BLOCK_D = 64  # days in one matrix product; the loop goes from block to block

EwmaKind = Literal["exp", "lin", "span"]


class Projection(NamedTuple):
    """Fitness and fatigue after the last projected day, and form on the next morning."""

    fitness: float
    fatigue: float
    form: float


@dataclass(frozen=True, slots=True)
class LoadSeries:
    """Load and its averages per local day. Columns `(…, days)`."""

    load: Days
    history_d: Days  # days since the first activity, including its day; 0 before it
    fitness: Days
    fatigue: Days
    form: Days  # in the morning: yesterday's fitness − yesterday's fatigue
    form_pct: Days  # NaN below FORM_PCT_MIN_FITNESS
    ramp: Days  # fitness − fitness 7 days before

    def row(self, athlete: int) -> LoadSeries:
        """One athlete of a matrix."""
        return LoadSeries(*(getattr(self, field.name)[athlete] for field in fields(self)))


def daily_loads(loads: Iterable[tuple[date, float]], first: date, last: date) -> Days:
    """Sum of load per local day from `first` to `last` inclusive. Days without activity are 0.

    A load belongs to the local date on which its activity started. Loads outside the range are left out.
    """
    days = np.zeros(max(0, (last - first).days + 1))
    for day, load in loads:
        if first <= day <= last:
            days[(day - first).days] += load
    return days


def alpha(tau: float, kind: EwmaKind = "exp") -> float:
    """Weight of the newest day for a time constant in days.

    Astral uses `exp`, 1−e^(−1/τ). `lin`, 1/τ (TrainingPeaks), and `span`, 2/(τ+1) (Runalyze), are only for
    comparisons with those tools.
    """
    if kind == "exp":
        return -math.expm1(-1.0 / tau)
    return 1.0 / tau if kind == "lin" else 2.0 / (tau + 1.0)


def ewma(loads: npt.ArrayLike, tau: float, kind: EwmaKind = "exp") -> Days:
    """X_d = X_(d−1) + (L_d − X_(d−1))·alpha, 0 before the first day. Takes and returns `(…, days)`."""
    column = daily(loads)
    athletes, days = column.shape[:-1], column.shape[-1]
    blocks = -(-days // BLOCK_D)
    padded = np.zeros((*athletes, blocks * BLOCK_D))
    padded[..., :days] = column
    response, decay = _block(alpha(tau, kind))
    averages = (padded.reshape(-1, BLOCK_D) @ response).reshape(*athletes, blocks, BLOCK_D)
    for block in range(1, blocks):
        averages[..., block, :] += averages[..., block - 1, -1:] * decay
    return averages.reshape(*athletes, blocks * BLOCK_D)[..., :days]


def fitness(loads: npt.ArrayLike) -> Days:
    """The 42-day average of load."""
    return ewma(loads, FITNESS_TAU_D)


def fatigue(loads: npt.ArrayLike) -> Days:
    """The 7-day average of load."""
    return ewma(loads, FATIGUE_TAU_D)


def form(loads: npt.ArrayLike) -> Days:
    """Form in the morning: yesterday's fitness − yesterday's fatigue. 0 on the first morning."""
    return lag(fitness(loads) - fatigue(loads), 1, before=0.0)


def form_next(loads: npt.ArrayLike) -> float:
    """Form tomorrow morning. 0 without history."""
    balance = fitness(loads) - fatigue(loads)
    return float(balance[-1]) if balance.size else 0.0


def ramp(loads: npt.ArrayLike) -> float:
    """Fitness today − fitness 7 days ago (0 before the history): load units per week."""
    series = fitness(loads)
    return float((series - lag(series, 7, before=0.0))[-1]) if series.size else 0.0


def project(fitness_now: float, fatigue_now: float, loads: Sequence[float]) -> Projection:
    """Fitness and fatigue after the given daily loads, and form on the next morning."""
    for load in loads:
        fitness_now += (load - fitness_now) * _FITNESS_ALPHA
        fatigue_now += (load - fatigue_now) * _FATIGUE_ALPHA
    return Projection(fitness_now, fatigue_now, fitness_now - fatigue_now)


def is_warming_up(history_d: float) -> bool:
    """Whether the history is too short for form and ramp to say much."""
    return history_d < WARM_UP_D


def load_series(loads: npt.ArrayLike, history_d: npt.ArrayLike | None = None) -> LoadSeries:
    """All load averages of all days.

    `loads` is `(…, days)`; rows of a matrix are padded with zeros in front. `history_d` is `(…)`: the days
    from each athlete's first activity to the last day, both included. Default: the whole column.
    """
    column = daily(loads)
    days = column.shape[-1]
    last = daily(days if history_d is None else history_d)
    history = np.maximum(last[..., np.newaxis] - np.arange(days - 1, -1, -1.0), 0.0)
    fitnesses, fatigues = fitness(column), fatigue(column)
    morning_fitness = lag(fitnesses, 1, before=0.0)
    morning_form = lag(fitnesses - fatigues, 1, before=0.0)
    known = morning_fitness >= FORM_PCT_MIN_FITNESS
    percent = np.full_like(column, np.nan)
    np.divide(100.0 * morning_form, morning_fitness, out=percent, where=known)
    ramps = fitnesses - lag(fitnesses, 7, before=0.0)
    return LoadSeries(column, history, fitnesses, fatigues, morning_form, percent, ramps)


@cache
def _block(weight: float) -> tuple[Days, Days]:
    """(response, decay): how the averages of a block depend on its loads, and on the average before it."""
    age = np.subtract.outer(np.arange(BLOCK_D), np.arange(BLOCK_D))
    response = np.tril(weight * (1.0 - weight) ** np.maximum(age, 0))
    decay = np.power(1.0 - weight, np.arange(1.0, BLOCK_D + 1))
    return np.ascontiguousarray(response.T), decay


_FITNESS_ALPHA = alpha(FITNESS_TAU_D)
_FATIGUE_ALPHA = alpha(FATIGUE_TAU_D)
