"""Time series of the athlete's page: weekly load and its averages, zones, readings with the normal range.

The last day of each column equals the snapshot; weekly sums equal those of `activity_stats`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from athletes.models import Athlete
from athletes.rights import Visibility
from metrics.buckets import build_days_window, find_day_start
from metrics.models import Activity
from metrics.science.hrv import BASELINE_D, DISPLAY_BAND_SD, WEEK_D, hrv_series
from metrics.science.resting_hr import resting_hr_series
from metrics.science.rolling import Days
from metrics.science.vo2max import CURRENT_WINDOWS_D
from metrics.snapshots.compute import ActivityColumns, History, build_daily_series
from metrics.snapshots.daily_readings import preferred_source
from metrics.snapshots.estimates import compute_vo2max_days
from metrics.snapshots.history import EMPTY_COLUMN, NO_ACTIVITIES, load_partial_history
from metrics.statistics.series import SUM_COLUMNS, PeriodSums, load_period_sums

ZONE_COLUMNS = slice(SUM_COLUMNS.index("z1"), SUM_COLUMNS.index("z5") + 1)
BASELINE_LOOKBACK_D = BASELINE_D + WEEK_D  # days before the first day that its baseline needs
DIGITS = 1

DailyValues = Sequence[float | None]  # one value per day, None if missing


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """By ISO week: load, metres and seconds of all activities. Of runs: seconds in zones 1–5, and the share
    of their time that has zones. By day: fitness, fatigue and form, None before the first activity.
    `load_today`: of the last day.
    """

    load: Sequence[float]
    distance_m: Sequence[float]
    duration_s: Sequence[float]
    zones_s: Sequence[float]
    zones_coverage: float | None
    fitness: DailyValues
    fatigue: DailyValues
    form: DailyValues
    load_today: float


@dataclass(frozen=True, slots=True)
class AverageWithBand:
    """The rolling average (HRV 7 days, resting heart rate 3) and the normal range: baseline mean ± 0.75 SD.

    `source` is empty without readings.
    """

    source: str
    average: DailyValues
    low: DailyValues
    high: DailyValues


@dataclass(frozen=True, slots=True)
class HealthProgress:
    """HRV in ms of one kind (rmssd, sdnn or empty), resting heart rate in bpm."""

    hrv_kind: str
    hrv: AverageWithBand
    resting_hr: AverageWithBand


@dataclass(frozen=True, slots=True)
class ProgressSeries:
    """From the first of `mondays` to the athlete's today; None if withheld.

    `vo2max`: mL/kg/min of `vo2max_method`: the readings of a device, or our estimates as of each day.
    """

    mondays: Sequence[date]
    days: Sequence[date]
    training: TrainingProgress | None
    health: HealthProgress | None
    vo2max_method: str
    vo2max: DailyValues


def load_progress_series(
    athlete: Athlete, weeks: int, now: datetime, visibility: Visibility, method: str | None = ""
) -> ProgressSeries:
    """The last `weeks` ISO weeks, this one included: four statements, fewer if data is withheld.

    `method`: `vo2max_method` of CurrentMetrics; None: withheld.
    """
    today = athlete.local_date(now)
    first = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    count = (today - first).days + 1
    shows_activities, shows_health = visibility.activities, visibility.health
    past = load_partial_history(
        athlete, now, activities=shows_activities, health=shows_health, days=count + BASELINE_LOOKBACK_D
    )
    if shows_activities:
        past = replace(past, recent=_load_estimates(athlete, first))
    method = "" if method is None else method or _newest_method(past)
    return ProgressSeries(
        [first + timedelta(weeks=week) for week in range(weeks)],
        [first + timedelta(days=day) for day in range(count)],
        _build_training(past, _load_weeks(athlete, first, today), count) if shows_activities else None,
        _build_health(past, count) if shows_health else None,
        method,
        _build_vo2max(past, method, count),
    )


def _load_weeks(athlete: Athlete, first: date, today: date) -> PeriodSums:
    return load_period_sums(athlete.pk, build_days_window("week", first, today, athlete.zone))


def _build_training(past: History, weeks: PeriodSums, count: int) -> TrainingProgress:
    load = build_daily_series([replace(past, readings=())]).load.row(0)
    begun = load.history_d > 0
    totals = weeks.table[:, 1:4].T.tolist()
    return TrainingProgress(
        load=totals[SUM_COLUMNS.index("training_load") - 1],
        distance_m=totals[SUM_COLUMNS.index("distance") - 1],
        duration_s=totals[SUM_COLUMNS.index("duration") - 1],
        zones_s=weeks.totals[ZONE_COLUMNS].tolist(),
        zones_coverage=weeks.zones_coverage,
        fitness=_last_values(np.where(begun, load.fitness, np.nan), count),
        fatigue=_last_values(np.where(begun, load.fatigue, np.nan), count),
        form=_last_values(np.where(begun, load.form, np.nan), count),
        load_today=float(load.load[-1]),
    )


def _build_health(past: History, count: int) -> HealthProgress:
    kind, hrv_source, readings = find_preferred_readings(past, count + BASELINE_LOOKBACK_D, "rmssd", "sdnn")
    hrv = hrv_series(readings)
    _, source, readings = find_preferred_readings(past, count + BASELINE_LOOKBACK_D, "resting_hr")
    pulse = resting_hr_series(readings)
    spread, width = DISPLAY_BAND_SD * hrv.sd, DISPLAY_BAND_SD * pulse.sd
    hrv_columns = (np.exp(column) for column in (hrv.week, hrv.mean - spread, hrv.mean + spread))
    return HealthProgress(
        kind,
        AverageWithBand(hrv_source, *(_last_values(column, count) for column in hrv_columns)),
        AverageWithBand(
            source,
            *(
                _last_values(column, count)
                for column in (pulse.recent, pulse.mean - width, pulse.mean + width)
            ),
        ),
    )


def _build_vo2max(past: History, method: str, count: int) -> DailyValues:
    if method == "device":
        return _last_values(find_preferred_readings(past, count, "vo2max")[2], count)
    return _last_values(compute_vo2max_days(past, method, count, 0)[0], count) if method else [None] * count


def _newest_method(past: History) -> str:
    """The method of the newest data if the snapshot has none."""
    return "device" if _newest_day(past, ["vo2max"]) else "estimate"


def find_preferred_readings(past: History, count: int, *metrics: str) -> tuple[str, str, Days]:
    """Metric, source and the last `count` days of the preferred source; NaN: no reading.

    If no source has new readings, it is the source that was preferred on the day of the newest reading.
    """
    column = np.full(count, np.nan)
    preferred = preferred_source(past.readings, past.today, metrics)
    if not preferred.source and (newest := _newest_day(past, metrics)):
        preferred = preferred_source(past.readings, date.fromordinal(newest), metrics)
    for source in past.readings:
        if source.source == preferred.source:
            back = past.today.toordinal() - source.days
            inside = (back >= 0) & (back < count)
            column[count - 1 - back[inside]] = source.values[preferred.metric][inside]
    return preferred.metric, preferred.source, column


def _newest_day(past: History, metrics: Collection[str]) -> int:
    """The ordinal of the last day up to today with a reading of these metrics; 0 without one."""
    days = (
        read.days[np.isfinite(read.values[metric]) & (read.days <= past.today.toordinal())].max(initial=0)
        for read in past.readings
        for metric in metrics
    )
    return int(max(days, default=0))


def _load_estimates(athlete: Athlete, first: date) -> ActivityColumns:
    """Runs with a VO2max estimate that a day from `first` on can use: one statement."""
    since = find_day_start(first - timedelta(days=max(CURRENT_WINDOWS_D)), athlete.zone)
    estimated = Activity.objects.filter(
        athlete=athlete, started_at__gte=since, vo2max_ml_kg_min__isnull=False
    )
    rows = list(estimated.order_by("started_at").values_list("started_at", "vo2max_ml_kg_min"))
    if not rows:
        return NO_ACTIVITIES
    started_s = np.array([started_at.timestamp() for started_at, _ in rows])
    return ActivityColumns(
        started_s,
        EMPTY_COLUMN,
        EMPTY_COLUMN,
        EMPTY_COLUMN,
        np.array([value for _, value in rows], float),
        EMPTY_COLUMN,
    )


def _last_values(values: Days, count: int) -> DailyValues:
    """The last `count` days; missing days at the start are None."""
    known = np.round(values[-count:], DIGITS).tolist()
    return [None] * (count - len(known)) + [value if value == value else None for value in known]
