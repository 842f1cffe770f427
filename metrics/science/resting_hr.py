"""Resting heart rate: the last three days against the athlete's baseline (FORMULAS §7.4).

Source: Bosquet 2008 (doi:10.1136/bjsm.2007.042200). Overload raises it, but not more than day-to-day noise,
so a small rise alone is never an alarm. All values are bpm, one reading per local day, from one source.
Columns are `(…, days)`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from metrics.science.hrv import BASELINE_D, PROVISIONAL_READINGS, WEEK_D, Baseline
from metrics.science.rolling import Days, Readings, daily, lag, rolling_spread

VALID_BPM = (25.0, 120.0)
RECENT_D = 3
RECENT_MIN_READINGS = 2
SD_FLOOR_BPM = 1.0


@dataclass(frozen=True, slots=True)
class RestingHrSeries:
    """Values per local day, NaN with too few readings. Columns `(…, days)`, in bpm or (z) in SDs."""

    reading: Days
    recent: Days  # mean of the last 3 days
    recent_n: Days
    mean: Days  # baseline: the 60 days ending 7 days before
    sd: Days
    baseline_n: Days
    delta: Days  # recent − mean
    z: Days  # delta in SDs
    day_z: Days  # today's reading, else yesterday's, in SDs from the mean

    def row(self, athlete: int) -> RestingHrSeries:
        """One athlete of a matrix."""
        return RestingHrSeries(*(getattr(self, field.name)[athlete] for field in fields(self)))


def valid_bpm(resting_hr_bpm: Readings) -> Days:
    """The readings. NaN if a reading is missing or outside 25–120 bpm."""
    column = daily(resting_hr_bpm)
    low, high = VALID_BPM
    return np.where((column >= low) & (column <= high), column, np.nan)


def rhr_base(values_bpm: Readings) -> Baseline | None:
    """Mean and sample SD (at least 1 bpm). None with fewer than 14 readings."""
    values = valid_bpm(values_bpm)
    values = values[np.isfinite(values)]
    if values.size < PROVISIONAL_READINGS:
        return None
    return Baseline(float(values.mean()), max(SD_FLOOR_BPM, float(values.std(ddof=1))))


def rhr_delta(recent_bpm: Readings, base: Baseline | None) -> float | None:
    """Mean of the last 3 days − baseline mean, in bpm. None with fewer than 2 readings."""
    recent = valid_bpm(recent_bpm)[-RECENT_D:]
    recent = recent[np.isfinite(recent)]
    return None if base is None or recent.size < RECENT_MIN_READINGS else float(recent.mean()) - base[0]


def rhr_z(recent_bpm: Readings, base: Baseline | None) -> float | None:
    """`rhr_delta` in SDs of the baseline."""
    delta = rhr_delta(recent_bpm, base)
    return None if delta is None or base is None else delta / base[1]


def resting_hr_series(resting_hr_bpm: Readings) -> RestingHrSeries:
    """All values of all days. `resting_hr_bpm` is `(…, days)` from one source, NaN for no reading."""
    reading = valid_bpm(resting_hr_bpm)
    recent_n, recent, _ = rolling_spread(reading, RECENT_D)
    recent = np.where(recent_n >= RECENT_MIN_READINGS, recent, np.nan)
    baseline_n, mean, sd = (lag(part, WEEK_D) for part in rolling_spread(reading, BASELINE_D))
    known = baseline_n >= PROVISIONAL_READINGS
    mean, sd = np.where(known, mean, np.nan), np.where(known, np.maximum(sd, SD_FLOOR_BPM), np.nan)
    newest = np.where(np.isnan(reading), lag(reading, 1), reading)
    return RestingHrSeries(
        reading=reading,
        recent=recent,
        recent_n=recent_n,
        mean=mean,
        sd=sd,
        baseline_n=np.nan_to_num(baseline_n),
        delta=recent - mean,
        z=(recent - mean) / sd,
        day_z=(newest - mean) / sd,
    )
