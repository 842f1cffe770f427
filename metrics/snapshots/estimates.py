"""VO2max and VDOT on each of the last days; today is last. Pure.

The last entry equals today's number in `metrics.snapshots.compute`. All days use today's method, so a trend
never compares device readings with our own estimates.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from metrics.science.rolling import Days
from metrics.science.vdot import CURRENT_FOR_DAYS, VDOT_RANGE
from metrics.science.vo2max import CURRENT_WINDOWS_D, MIN_ESTIMATES
from metrics.snapshots.compute import VO2MAX_READING_D, History, to_local_ordinals
from metrics.snapshots.daily_readings import Dates, preferred_source


def compute_vo2max_days(history: History, method: str, days: int, readings_d: int) -> tuple[Days, Days]:
    """The value of each of the last `days`, and the reading or estimate of each of `readings_d` days.

    NaN if unknown; `method` as in CurrentNumbers: device, estimate or empty.
    """
    back, values = _device_readings(history) if method == "device" else _own_estimates(history)
    read = np.full(readings_d, np.nan)
    inside = (back >= 0) & (back < readings_d)
    read[readings_d - 1 - back[inside]] = values[inside]
    if not len(back):
        return np.full(days, np.nan), read
    shown = _newest_on_each_day if method == "device" else _median_on_each_day
    return shown(back - np.arange(days - 1, -1, -1)[:, np.newaxis], values), read


def _device_readings(history: History) -> tuple[Dates, Days]:
    """Days back and value of each reading of the preferred source, oldest first."""
    preferred = preferred_source(history.readings, history.today, ("vo2max",))
    order = np.argsort(-preferred.back_d)
    return preferred.back_d[order], preferred.values[order]


def _own_estimates(history: History) -> tuple[Dates, Days]:
    known = np.isfinite(history.recent.vo2max)
    days = to_local_ordinals(history.recent.started_s[known], history.zone)
    return history.today.toordinal() - days, history.recent.vo2max[known]


def _newest_on_each_day(ages: Dates, values: Days) -> Days:
    """`ages` (days × readings, oldest first): the age of each reading, negative before it was made."""
    past = ages >= 0
    newest = np.maximum(past.sum(axis=1), 1) - 1
    held = past[:, 0] & (ages[np.arange(len(ages)), newest] < VO2MAX_READING_D)
    return np.where(held, values[newest], np.nan)


def _median_on_each_day(ages: Dates, values: Days) -> Days:
    """The same as `vo2max_current` on each day; sorting one matrix is faster than a median per day."""
    shown, rows = np.full(len(ages), np.nan), np.arange(len(ages))
    for days in reversed(CURRENT_WINDOWS_D):
        inside = (ages >= 0) & (ages < days)
        ordered, n = np.sort(np.where(inside, values, np.nan), axis=1), inside.sum(axis=1)  # NaN comes last
        median = (ordered[rows, (n - 1) // 2] + ordered[rows, n // 2]) / 2
        shown = np.where(n >= MIN_ESTIMATES, median, shown)
    return shown


def compute_vdot_days(efforts: Sequence[tuple[date, float]], today: date, days: int) -> Days:
    """The best effort of the 120 days before each of the last `days`; NaN without one.

    `efforts`: (local day, VDOT) of entered values and races of at least CURRENT_FOR_DAYS + `days` days.
    """
    lowest, highest = VDOT_RANGE
    known = [
        (today.toordinal() - day.toordinal(), value) for day, value in efforts if lowest <= value <= highest
    ]
    if not known:
        return np.full(days, np.nan)
    back, values = np.array([back for back, _ in known]), np.array([value for _, value in known])
    age = back - np.arange(days - 1, -1, -1)[:, np.newaxis]
    held = np.where((age >= 0) & (age <= CURRENT_FOR_DAYS), values, -np.inf).max(axis=1)
    return np.where(np.isfinite(held), held, np.nan)
