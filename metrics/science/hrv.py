"""Heart-rate variability: rMSSD, its 7-day average and the athlete's own baseline (FORMULAS §7.1–7.3).

All values are ln rMSSD. The caller gives one reading per local day, from one source. Baselines are per
source, so a new source starts a new column. SDNN is a different measure and is not used here. Sources: Plews
2012/2013/2014 (7-day mean of ≥ 3 readings, mean ± 0.5 SD as smallest worthwhile change), Vesterinen 2016,
Javaloyes 2019. Columns are `(…, days)`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, NamedTuple

import numpy as np

from metrics.science.rolling import Days, Readings, daily, lag, rolling_spread

VALID_MS = (5.0, 250.0)
BEAT_TOLERANCE = 0.25
WEEK_D = 7
WEEK_MIN_READINGS = 3
BASELINE_D = 60
PROVISIONAL_READINGS = 14
MATURE_READINGS = 30
SD_FLOOR = 0.05
DISPLAY_BAND_SD = 0.75  # [J]
STATUS_BAND_SD = 0.5

BaselineState = Literal["none", "provisional", "mature"]
HrvStatus = Literal["below", "normal", "above"]


class Baseline(NamedTuple):
    """The usual values of an athlete: mean and sample SD of the daily values. The SD has a lower limit."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class HrvSeries:
    """Values per local day, NaN with too few readings. Columns `(…, days)`, in ln ms unless noted."""

    reading: Days  # of the day itself
    week: Days  # mean of the 7 days ending with the day
    week_n: Days
    mean: Days  # baseline: the 60 days ending 7 days before
    sd: Days
    baseline_n: Days
    z: Days  # the week against the baseline
    acute_z: Days  # of 0.5 · newest reading (today's or yesterday's) + 0.5 · week
    trend_pct: Days  # the week against the week before, in per cent of ms
    trend_sd: Days  # the same change in baseline SDs

    def row(self, athlete: int) -> HrvSeries:
        """One athlete of a matrix."""
        return HrvSeries(*(getattr(self, field.name)[athlete] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Hrv:
    """One day as people read it. In ms unless noted; None with too few readings."""

    avg: float | None  # of 7 days
    avg_7d_ago: float | None
    trend_pct: float | None
    baseline: float | None
    low: float | None
    high: float | None
    state: BaselineState
    z: float | None
    status: HrvStatus | None


def rmssd(rr_ms: Sequence[float]) -> float | None:
    """Root mean square of successive differences of RR intervals, in ms.

    A beat is dropped if it differs by more than 25 % from the last beat kept. None with fewer than two beats.
    """
    kept: list[float] = []
    for beat in rr_ms:
        if not kept or abs(beat - kept[-1]) <= BEAT_TOLERANCE * kept[-1]:
            kept.append(beat)
    if len(kept) < 2:
        return None
    return math.sqrt(sum((b - a) ** 2 for a, b in zip(kept, kept[1:], strict=False)) / (len(kept) - 1))


def ln_rmssd(rmssd_ms: Readings) -> Days:
    """ln of the readings. NaN if a reading is missing or outside 5–250 ms."""
    column = daily(rmssd_ms)
    low, high = VALID_MS
    valid = (column >= low) & (column <= high)
    return np.log(column, out=np.full_like(column, np.nan), where=valid)


def hrv_avg(week_ms: Readings) -> float | None:
    """Geometric mean (ms) of the last 7 days; None with fewer than 3 readings."""
    mean = _week_mean(week_ms)
    return None if mean is None else math.exp(mean)


def hrv_cv7(week_ms: Readings) -> float | None:
    """100 · sample SD / mean of ln rMSSD over the last 7 days. None with fewer than 3 readings.

    It is only reported; no signal uses it.
    """
    spread = rolling_spread(ln_rmssd(week_ms)[-WEEK_D:], WEEK_D)
    return float(100 * spread.sd[-1] / spread.mean[-1]) if _enough(spread.n, WEEK_MIN_READINGS) else None


def hrv_base(values_ms: Readings) -> Baseline | None:
    """Mean and SD (at least 0.05) of ln rMSSD. None with fewer than 14 readings.

    The caller gives the 60 days that end 7 days before the judged day, so the judged week is not part of its
    baseline.
    """
    values = ln_rmssd(values_ms)
    spread = rolling_spread(values, max(1, values.size))
    if not _enough(spread.n, PROVISIONAL_READINGS):
        return None
    return Baseline(float(spread.mean[-1]), max(SD_FLOOR, float(spread.sd[-1])))


def baseline_state(readings: float) -> BaselineState:
    """The state of a baseline with this number of readings."""
    if readings >= MATURE_READINGS:
        return "mature"
    return "provisional" if readings >= PROVISIONAL_READINGS else "none"


def hrv_band(base: Baseline, k: float = DISPLAY_BAND_SD) -> tuple[float, float]:
    """The usual range in ms: exp(mean ± k·SD)."""
    mean, sd = base
    return math.exp(mean - k * sd), math.exp(mean + k * sd)


def hrv_z(week_ms: Readings, base: Baseline | None) -> float | None:
    """The distance of the 7-day mean from the baseline, in SDs."""
    week = _week_mean(week_ms)
    return None if week is None or base is None else (week - base[0]) / base[1]


def hrv_acute_z(today_ms: float, week_ms: Readings, base: Baseline | None) -> float | None:
    """As `hrv_z`, but for 0.5 · today's reading + 0.5 · 7-day mean."""
    today, week = ln_rmssd([today_ms])[0], _week_mean(week_ms)
    if week is None or base is None or np.isnan(today):
        return None
    return float((0.5 * today + 0.5 * week - base[0]) / base[1])


def hrv_trend_pct(week_ms: Readings, week_before_ms: Readings) -> float | None:
    """Change of the 7-day average against the 7 days before, in per cent of ms."""
    week, before = _week_mean(week_ms), _week_mean(week_before_ms)
    return None if week is None or before is None else 100 * math.expm1(week - before)


def hrv_status(z: float) -> HrvStatus:
    """Normal within ±0.5 SD, otherwise below or above."""
    if z < -STATUS_BAND_SD:
        return "below"
    return "above" if z > STATUS_BAND_SD else "normal"


def phi(x: float) -> float:
    """Normal distribution function."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def hrv_series(rmssd_ms: Readings) -> HrvSeries:
    """All values of all days. `rmssd_ms` is `(…, days)` in ms from one source, NaN for no reading."""
    reading = ln_rmssd(rmssd_ms)
    week_n, week, _ = rolling_spread(reading, WEEK_D)
    week = np.where(week_n >= WEEK_MIN_READINGS, week, np.nan)
    baseline_n, mean, sd = (lag(part, WEEK_D) for part in rolling_spread(reading, BASELINE_D))
    known = baseline_n >= PROVISIONAL_READINGS
    mean, sd = np.where(known, mean, np.nan), np.where(known, np.maximum(sd, SD_FLOOR), np.nan)
    newest = np.where(np.isnan(reading), lag(reading, 1), reading)
    step = week - lag(week, WEEK_D)
    return HrvSeries(
        reading=reading,
        week=week,
        week_n=week_n,
        mean=mean,
        sd=sd,
        baseline_n=np.nan_to_num(baseline_n),
        z=(week - mean) / sd,
        acute_z=(0.5 * newest + 0.5 * week - mean) / sd,
        trend_pct=100 * np.expm1(step),
        trend_sd=step / sd,
    )


def hrv_on(series: HrvSeries, day: int) -> Hrv:
    """One day of one athlete's series. `day` counts from the end; −1 is the last day."""
    mean, sd, z = _known(series.mean, day), _known(series.sd, day), _known(series.z, day)
    low, high = (None, None) if mean is None or sd is None else hrv_band(Baseline(mean, sd))
    return Hrv(
        avg=_in_ms(_known(series.week, day)),
        avg_7d_ago=_in_ms(_known(series.week, day - WEEK_D)),
        trend_pct=_known(series.trend_pct, day),
        baseline=_in_ms(mean),
        low=low,
        high=high,
        state=baseline_state(_known(series.baseline_n, day) or 0),
        z=z,
        status=None if z is None else hrv_status(z),
    )


def _known(column: Days, day: int) -> float | None:
    value = float(column[day]) if -day <= len(column) else np.nan
    return None if np.isnan(value) else value


def _in_ms(logarithm: float | None) -> float | None:
    return None if logarithm is None else math.exp(logarithm)


def _week_mean(week_ms: Readings) -> float | None:
    spread = rolling_spread(ln_rmssd(week_ms)[-WEEK_D:], WEEK_D)
    return float(spread.mean[-1]) if _enough(spread.n, WEEK_MIN_READINGS) else None


def _enough(n: Days, required: int) -> bool:
    return bool(n.size and n[-1] >= required)
