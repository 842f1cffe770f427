"""Health readings by day, week or month: one source and one column per metric; gaps stay empty.

One statement reads a range of the index `one_health_day_of_a_source`, which holds every reading. It is raw
SQL because the ORM would take longer to compile it than PostgreSQL to run it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean, geometric_mean
from uuid import UUID

from django.db import connection

from metrics.buckets import Bucket, get_period_start, iterate_periods

RMSSD, SDNN = "hrv_rmssd_ms", "hrv_sdnn_ms"
RESTING_HR, VO2MAX = "resting_hr_bpm", "vo2max_ml_kg_min"
READING_COLUMNS = (RMSSD, SDNN, RESTING_HR, VO2MAX)

READINGS_SQL = f"""
SELECT source, date, {", ".join(READING_COLUMNS)}
  FROM metrics_healthday
 WHERE athlete_id = %s AND date BETWEEN %s AND %s
 ORDER BY date
"""

ReadingsBySource = Mapping[tuple[str, str], Mapping[date, float]]
"""The readings of each (column, source), by day."""


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """One metric from one source: mean and number of readings of each period that has readings.

    `column` and `source` are None without readings.
    """

    column: str | None = None
    source: str | None = None
    means: Mapping[date, float] = field(default_factory=dict)
    reading_counts: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HealthSeries:
    """`periods` are the first days of all periods, ascending, without gaps.

    HRV in ms, the others bpm, mL/kg/min.
    """

    bucket: Bucket
    periods: tuple[date, ...]
    hrv: MetricSeries
    resting_hr: MetricSeries
    vo2max: MetricSeries

    @property
    def is_empty(self) -> bool:
        return not (self.hrv.source or self.resting_hr.source or self.vo2max.source)


def load_health_series(athlete_id: UUID, first: date, last: date, bucket: Bucket) -> HealthSeries:
    """The readings of the local dates first … last, both inclusive.

    HRV is the geometric mean of a period's days, because its logarithm is normally distributed; the others
    are arithmetic means (FORMULAS §11). Each metric comes from the source with the most readings in the
    range. HRV is rMSSD or SDNN, whichever has more readings, and never a mix.
    """
    found = _load_readings(athlete_id, first, last)
    return HealthSeries(
        bucket,
        tuple(iterate_periods(bucket, first, last)),
        hrv=_build_metric_series(found, bucket, geometric_mean, RMSSD, SDNN),
        resting_hr=_build_metric_series(found, bucket, fmean, RESTING_HR),
        vo2max=_build_metric_series(found, bucket, fmean, VO2MAX),
    )


def _load_readings(athlete_id: UUID, first: date, last: date) -> ReadingsBySource:
    with connection.cursor() as cursor:
        cursor.execute(READINGS_SQL, [athlete_id, first, last])
        rows = cursor.fetchall()
    by_source = {source: [row[1:] for row in rows if row[0] == source] for source in {row[0] for row in rows}}
    found = {
        (column, source): {row[0]: row[place] for row in readings if row[place] is not None}
        for source, readings in by_source.items()
        for place, column in enumerate(READING_COLUMNS, 1)
    }
    return {series: readings for series, readings in found.items() if readings}


def _build_metric_series(
    found: ReadingsBySource, bucket: Bucket, mean: Callable[[list[float]], float], *columns: str
) -> MetricSeries:
    """Build the series with the most readings; ties: first column, then source name."""
    candidates = [key for key in found if key[0] in columns]
    if not candidates:
        return MetricSeries()
    column, source = min(candidates, key=lambda key: (-len(found[key]), columns.index(key[0]), key[1]))
    if bucket == "day":  # one row per date and source: the reading is the mean
        by_day = found[column, source]
        return MetricSeries(column, source, by_day, dict.fromkeys(by_day, 1))
    by_period: dict[date, list[float]] = defaultdict(list)
    for day, value in found[column, source].items():
        by_period[get_period_start(bucket, day)].append(value)
    means = {period: mean(values) for period, values in by_period.items()}
    return MetricSeries(column, source, means, {period: len(values) for period, values in by_period.items()})
