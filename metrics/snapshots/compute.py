"""Compute an athlete's numbers of today from all stored data; many athletes at once, as matrices. Pure.

`History` is the stored data, `DailySeries` has every day of it, `CurrentNumbers` the last day. Each
computation starts from the whole history, so a file from last year that arrives today needs no special case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from metrics import buckets
from metrics.science.hrv import DISPLAY_BAND_SD, HrvSeries, baseline_state, hrv_series
from metrics.science.load_series import WARM_UP_D, LoadSeries, load_series
from metrics.science.recovery import RecoverySeries, form_for_recovery, recovery_on, recovery_series
from metrics.science.resting_hr import RestingHrSeries, resting_hr_series
from metrics.science.rolling import Days
from metrics.science.vdot import vdot_current
from metrics.science.vo2max import vo2max_current
from metrics.science.week import WeekSeries, week_series
from metrics.snapshots.daily_readings import (
    READINGS_D,
    Dates,
    PreferredSource,
    SourceReadings,
    preferred_source,
)

RECENT_D = 7
VO2MAX_READING_D = 120  # older device readings are ignored


@dataclass(frozen=True, slots=True)
class ActivityColumns:
    """Activities of the last months as columns of equal length, in order of start; NaN if unknown."""

    started_s: Days  # Unix seconds
    is_run: Days
    distance_m: Days
    duration_s: Days
    vo2max: Days  # our own estimate
    race_vdot: Days


@dataclass(frozen=True, slots=True)
class History:
    """The stored data of one athlete on the local day `today`.

    `started_s` (Unix seconds) and `load` (NaN if unknown) cover all activities, in order of start. `recent`
    and `readings` reach back at least READINGS_D days; older and future entries are ignored here. `vdots` are
    (day, value) of entered VDOTs.
    """

    zone: ZoneInfo
    today: date
    started_s: Days
    load: Days
    recent: ActivityColumns
    readings: tuple[SourceReadings, ...] = ()
    vdots: tuple[tuple[date, float], ...] = ()


@dataclass(frozen=True, slots=True)
class DailySeries:
    """Every day of many athletes: matrices (athletes × days), the last column is each athlete's today.

    Loads reach back to the first activity, readings READINGS_D days.
    """

    load: LoadSeries
    weeks: WeekSeries
    hrv: HrvSeries
    resting_hr: RestingHrSeries
    recovery: RecoverySeries
    hrv_sources: tuple[tuple[str, str], ...]  # (kind, source) per athlete; empty strings without readings
    resting_hr_sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurrentNumbers:
    """The numbers of one athlete today; None if unknown."""

    fitness: float
    fatigue: float
    form: float
    form_pct: float | None
    ramp: float
    history_d: int
    current_week_load: float
    four_week_avg_load: float | None
    load_jump: float | None
    monotony: float | None
    strain: float | None
    week_distance_m: float
    week_pace_s_per_km: float | None
    hrv_avg_ms: float | None
    hrv_avg_7d_ago_ms: float | None
    hrv_mean_ms: float | None
    hrv_low_ms: float | None
    hrv_high_ms: float | None
    hrv_state: str
    hrv_kind: str
    hrv_source: str
    resting_hr_bpm: float | None
    resting_hr_source: str
    recovery_score: int | None
    recovery_parts: dict[str, float | None]
    recovery_reason: str
    vo2max_ml_kg_min: float | None
    vo2max_method: str
    vdot: float | None
    last_activity_at: datetime | None


def to_local_ordinals(started_s: Days, zone: ZoneInfo) -> Dates:
    """The local calendar date of each instant, as an ordinal."""
    if not started_s.size:
        return np.empty(0, np.int64)
    edges, ordinals = _build_day_table(zone, _get_year(started_s[0]), _get_year(started_s[-1]) + 1)
    return ordinals[np.searchsorted(edges, started_s, "right") - 1]


def _get_year(unix_s: float) -> int:
    return datetime.fromtimestamp(unix_s, UTC).year


@lru_cache(maxsize=1024)
def _build_day_table(zone: ZoneInfo, first_year: int, last_year: int) -> tuple[Days, Dates]:
    """The starts of the local days of these years (Unix seconds), and their ordinals."""
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    window = buckets.build_window("day", start - timedelta(days=2), end, zone)
    edges = np.array([edge.timestamp() for edge in window.edges])
    return edges, np.array([owner.toordinal() for owner in window.owners])


def build_daily_series(histories: Sequence[History]) -> DailySeries:
    """Compute every day of these athletes."""
    loads, history_d = _build_load_matrix(histories)
    load = load_series(loads, history_d)
    variability, hrv_sources = _preferred_readings(histories, "rmssd", "sdnn")
    pulses, resting_hr_sources = _preferred_readings(histories, "resting_hr")
    sleep_s, _ = _preferred_readings(histories, "sleep_s")
    hrv, pulse = hrv_series(variability), resting_hr_series(pulses)
    recovery = recovery_series(hrv.acute_z, pulse.day_z, sleep_s / 3600, _build_form_matrix(load))
    weeks = week_series(loads, load.history_d)
    sources = (
        tuple((source.metric, source.source) for source in hrv_sources),
        tuple(source.source for source in resting_hr_sources),
    )
    return DailySeries(load, weeks, hrv, pulse, recovery, *sources)


def compute_current_numbers(
    histories: Sequence[History], series: DailySeries | None = None
) -> list[CurrentNumbers]:
    """Today's numbers of each athlete, in order; `series`: their series, if already computed."""
    series = series or build_daily_series(histories)
    return [_compute_numbers(history, series, place) for place, history in enumerate(histories)]


def _build_load_matrix(histories: Sequence[History]) -> tuple[Days, Days]:
    """Daily loads, right-aligned on each athlete's today, and how many days back the first activity is."""
    backs = [_count_days_back(history, history.started_s) for history in histories]
    history_d = np.array([max(0, int(back.max(initial=-1)) + 1) for back in backs], float)
    days = max(int(history_d.max(initial=0)), 2 * WARM_UP_D)
    loads = np.zeros((len(histories), days))
    for row, (history, back) in enumerate(zip(histories, backs, strict=True)):
        past = back >= 0  # skip future entries
        np.add.at(loads[row], days - 1 - back[past], np.nan_to_num(history.load[past]))
    return loads, history_d


def _build_form_matrix(load: LoadSeries) -> Days:
    """Form in per cent, on the days that readings cover; NaN while the averages warm up."""
    percent = form_for_recovery(load)[:, -READINGS_D:]
    return np.pad(percent, ((0, 0), (READINGS_D - percent.shape[1], 0)), constant_values=np.nan)


def _preferred_readings(histories: Sequence[History], *metrics: str) -> tuple[Days, list[PreferredSource]]:
    """The readings of each athlete's preferred source (athletes × READINGS_D), and these sources."""
    found = [preferred_source(history.readings, history.today, metrics) for history in histories]
    matrix = np.full((len(histories), READINGS_D), np.nan)
    for row, preferred in zip(matrix, found, strict=True):
        row[READINGS_D - 1 - preferred.back_d] = preferred.values
    return matrix, found


def _compute_numbers(history: History, series: DailySeries, place: int) -> CurrentNumbers:
    load, weeks = series.load.row(place), series.weeks.row(place)
    recovered = recovery_on(series.recovery.row(place), -1)
    vo2max, method = _compute_vo2max(history)
    known = vdot_current(_list_vdot_efforts(history))
    return CurrentNumbers(
        fitness=float(load.fitness[-1]),
        fatigue=float(load.fatigue[-1]),
        form=float(load.form[-1]),
        form_pct=_last_value(load.form_pct),
        ramp=float(load.ramp[-1]),
        history_d=int(load.history_d[-1]),
        current_week_load=float(load.load[-(history.today.weekday() + 1) :].sum()),
        four_week_avg_load=_last_value(weeks.four_week_avg),
        load_jump=_last_value(weeks.load_jump),
        monotony=_last_value(weeks.monotony),
        strain=_last_value(weeks.strain),
        **_sum_last_week(history),
        **_compute_hrv(series, place),
        resting_hr_bpm=_latest_reading(series.resting_hr.row(place).reading),
        resting_hr_source=series.resting_hr_sources[place],
        recovery_score=recovered.score,
        recovery_parts={
            "hrv": recovered.hrv,
            "resting_heart_rate": recovered.resting_hr,
            "sleep": recovered.sleep,
            "form": recovered.form,
            "coverage": recovered.coverage,
        },
        recovery_reason=recovered.reason,
        vo2max_ml_kg_min=vo2max,
        vo2max_method=method,
        vdot=known.value if "stale" not in known.warnings else None,
        last_activity_at=_find_last_activity_at(history),
    )


def _find_last_activity_at(history: History) -> datetime | None:
    """The start of the last activity; future entries are skipped."""
    past = history.started_s[_count_days_back(history, history.started_s) >= 0]
    return datetime.fromtimestamp(float(past[-1]), UTC) if past.size else None


def _sum_last_week(history: History) -> dict[str, Any]:
    """Metres and pace of the runs of the last 7 local days."""
    recent = history.recent
    back = _count_days_back(history, recent.started_s)
    runs = (recent.is_run > 0) & (back >= 0) & (back < RECENT_D) & (np.nan_to_num(recent.distance_m) > 0)
    metres, seconds = float(recent.distance_m[runs].sum()), float(recent.duration_s[runs].sum())
    return {"week_distance_m": metres, "week_pace_s_per_km": 1000 * seconds / metres if metres else None}


def _compute_hrv(series: DailySeries, place: int) -> dict[str, Any]:
    hrv, (kind, source) = series.hrv.row(place), series.hrv_sources[place]
    mean, sd = hrv.mean[-1], hrv.sd[-1]
    return {
        "hrv_avg_ms": _exp_or_none(hrv.week[-1]),
        "hrv_avg_7d_ago_ms": _exp_or_none(hrv.week[-1 - RECENT_D]),
        "hrv_mean_ms": _exp_or_none(mean),
        "hrv_low_ms": _exp_or_none(mean - DISPLAY_BAND_SD * sd),
        "hrv_high_ms": _exp_or_none(mean + DISPLAY_BAND_SD * sd),
        "hrv_state": baseline_state(float(hrv.baseline_n[-1])),
        "hrv_kind": kind,
        "hrv_source": source,
    }


def _compute_vo2max(history: History) -> tuple[float | None, str]:
    """The newest reading of a device or laboratory, else our own estimate; never a mix."""
    newest = max((_find_newest_vo2max(history, source) for source in history.readings), default=(0, "", 0.0))
    if newest[0] > history.today.toordinal() - VO2MAX_READING_D:
        return newest[2], "device"
    estimate = vo2max_current(_list_values_with_age(history, history.recent.vo2max))
    return estimate.value, "estimate" if estimate.value is not None else ""


def _find_newest_vo2max(history: History, readings: SourceReadings) -> tuple[int, str, float]:
    """The day, source and value of the newest reading up to today; day 0 without one."""
    values = readings.values["vo2max"]
    read = np.isfinite(values) & (readings.days <= history.today.toordinal())
    if not read.any():
        return 0, readings.source, 0.0
    last = int(np.argmax(np.where(read, readings.days, 0)))
    return int(readings.days[last]), readings.source, float(values[last])


def _list_vdot_efforts(history: History) -> list[tuple[int, float]]:
    given = [((history.today - day).days, value) for day, value in history.vdots if day <= history.today]
    return [*given, *_list_values_with_age(history, history.recent.race_vdot)]


def _list_values_with_age(history: History, column: Days) -> list[tuple[int, float]]:
    """(age in days, value) for the known values of a column of recent activities."""
    known = np.isfinite(column)
    back = _count_days_back(history, history.recent.started_s[known])
    return [(int(age), float(value)) for age, value in zip(back, column[known], strict=True) if age >= 0]


def _count_days_back(history: History, started_s: Days) -> Dates:
    """Age in local days; tomorrow is −1."""
    return history.today.toordinal() - to_local_ordinals(started_s, history.zone)


def _last_value(column: Days) -> float | None:
    value = float(column[-1])
    return None if np.isnan(value) else value


def _latest_reading(reading: Days) -> float | None:
    """The newest reading of the last week."""
    recent = reading[-RECENT_D:]
    known = recent[np.isfinite(recent)]
    return float(known[-1]) if known.size else None


def _exp_or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(np.exp(value))
