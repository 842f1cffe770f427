"""Recovery score 0–100 from HRV, resting heart rate, sleep and form (FORMULAS §7.5).

This score is our own [J]. It is monotone in each input, and 70 at the athlete's usual state. It is not a
medical measure. A component without data is left out, and the weights of the others are scaled up. Without
HRV and resting heart rate there is no score.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from metrics.science.load_series import WARM_UP_D, LoadSeries
from metrics.science.rolling import Days, Readings, daily, lag

HRV_WEIGHT = 0.45
RESTING_HR_WEIGHT = 0.20
SLEEP_WEIGHT = 0.20
FORM_WEIGHT = 0.15
USUAL = 70.0
PER_SD = 20.0
SLEEP_NEED_H = 7.5
PER_SLEEP_HOUR = 20.0
FORM_MIN_FITNESS = 20.0
GREEN_FROM = 67  # the published cut-offs of WHOOP's bands
RED_UP_TO = 33

_WEIGHTS = np.array([HRV_WEIGHT, RESTING_HR_WEIGHT, SLEEP_WEIGHT, FORM_WEIGHT])

RecoveryBand = Literal["green", "amber", "red"]


@dataclass(frozen=True, slots=True)
class RecoverySeries:
    """Scores 0–100 per local day, NaN if a component or the score has no data. Columns `(…, days)`."""

    score: Days
    coverage: Days  # Σ weights of the components that have data
    hrv: Days
    resting_hr: Days
    sleep: Days
    form: Days

    def row(self, athlete: int) -> RecoverySeries:
        """One athlete of a matrix."""
        return RecoverySeries(*(getattr(self, field.name)[athlete] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Recovery:
    """The score of one day and its parts. Without HRV and resting HR, `score` is None and has a `reason`."""

    score: int | None
    band: RecoveryBand | None
    coverage: float
    hrv: float | None
    resting_hr: float | None
    sleep: float | None
    form: float | None
    reason: str = ""


def recovery(
    hrv: float | None = None,
    rhr: float | None = None,
    sleep: float | None = None,
    form: float | None = None,
    sleep_score: float | None = None,
) -> int | None:
    """The score: `hrv` and `rhr` in SDs from the baseline, `sleep` in hours, `form` in per cent of fitness.

    `sleep_score`, 0–100 by a device, replaces the hours.
    """
    series = recovery_series(*(daily([value]) for value in (hrv, rhr, sleep, form, sleep_score)))
    return recovery_on(series, 0).score


def recovery_band(score: float) -> RecoveryBand:
    """Green from 67, red up to 33, amber between."""
    if score >= GREEN_FROM:
        return "green"
    return "red" if score <= RED_UP_TO else "amber"


def form_for_recovery(load: LoadSeries) -> Days:
    """Form in per cent of the morning's fitness, `(…, days)`. NaN before 42 days of history.

    Fitness counts as at least 20; otherwise the form of a beginner would change too much.
    """
    morning_fitness = lag(load.fitness, 1, before=0.0)
    percent = 100.0 * load.form / np.maximum(morning_fitness, FORM_MIN_FITNESS)
    return np.where(load.history_d >= WARM_UP_D, percent, np.nan)


def recovery_series(
    hrv_z: Readings,
    resting_hr_z: Readings,
    sleep_h: Readings,
    form_pct: Readings,
    sleep_score: Readings = np.nan,
) -> RecoverySeries:
    """The scores of all days. Arguments are `(…, days)` of one shape, or a single NaN for "not measured".

    `hrv_z` is HrvSeries.acute_z, `resting_hr_z` is RestingHrSeries.day_z, and `form_pct` comes from
    `form_for_recovery`.
    """
    hours, device = daily(sleep_h), daily(sleep_score)
    parts = (
        _score(USUAL + PER_SD * daily(hrv_z)),
        _score(USUAL - PER_SD * daily(resting_hr_z)),
        _score(np.where(np.isnan(device), USUAL + PER_SLEEP_HOUR * (hours - SLEEP_NEED_H), device)),
        _score(USUAL + daily(form_pct)),
    )
    return _weighted(*np.broadcast_arrays(*parts))


def without_form(series: RecoverySeries) -> RecoverySeries:
    """The same days scored without form, for a viewer who may not see the training."""
    return _weighted(series.hrv, series.resting_hr, series.sleep, np.full_like(series.form, np.nan))


def recovery_on(series: RecoverySeries, day: int) -> Recovery:
    """One day of one athlete's series. `day` indexes the last axis (−1 is the last day)."""
    score = _known(series.score, day)
    return Recovery(
        score=None if score is None else int(score),
        band=None if score is None else recovery_band(score),
        coverage=float(series.coverage[day]),
        hrv=_known(series.hrv, day),
        resting_hr=_known(series.resting_hr, day),
        sleep=_known(series.sleep, day),
        form=_known(series.form, day),
        reason="insufficient_physiology" if score is None else "",
    )


def _weighted(hrv: Days, resting_hr: Days, sleep: Days, form: Days) -> RecoverySeries:
    parts = np.stack([hrv, resting_hr, sleep, form])
    weights = _WEIGHTS.reshape(-1, *(1,) * hrv.ndim)
    weighted = (weights * np.nan_to_num(parts)).sum(axis=0)
    coverage = (weights * np.isfinite(parts)).sum(axis=0)
    physiology = np.isfinite(hrv) | np.isfinite(resting_hr)
    mean = weighted / np.where(physiology, coverage, np.nan)
    # The epsilon is for halves: 0.45·50 + … = 48.5 must round up, also if its last bit is a little low.
    return RecoverySeries(np.floor(mean + 0.5 + 1e-9), coverage, hrv, resting_hr, sleep, form)


def _score(raw: Days) -> Days:
    return np.clip(raw, 0.0, 100.0)


def _known(column: Days, day: int) -> float | None:
    value = float(column[day])
    return None if np.isnan(value) else value
