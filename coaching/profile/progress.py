"""What an athlete's page draws: load by week and what its averages say, zones, and readings with what is normal.

The last day of every column is what the snapshot says of today; the sums of a week are those of `activity_stats`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from athletes.models import Athlete
from metrics.buckets import day_start, days_window
from metrics.models import Activity
from metrics.science.hrv import BASELINE_D, DISPLAY_BAND_SD, WEEK_D, hrv_series
from metrics.science.resting_hr import resting_hr_series
from metrics.science.rolling import Days
from metrics.science.vo2max import CURRENT_WINDOWS_D
from metrics.snapshots.compute import History, Outings, series_of
from metrics.snapshots.daily_readings import worn
from metrics.snapshots.estimates import vo2max_days
from metrics.snapshots.history import NO_OUTINGS, NOTHING, loads_and_readings
from metrics.statistics.series import COLUMNS, Series, activity_series

ZONES = slice(COLUMNS.index("z1"), COLUMNS.index("z5") + 1)
BEFORE_D = BASELINE_D + WEEK_D  # what the first day's baseline looks back on
DIGITS = 1

Column = Sequence[float | None]  # a value for each day, None where there is none


@dataclass(frozen=True, slots=True)
class Training:
    """Of the ISO weeks: load, metres and seconds of all activities; of the runs seconds in zones 1–5, and the share of
    their time that has zones. Of each day fitness, fatigue and form, None before the first activity.
    """

    load: Sequence[float]
    distance_m: Sequence[float]
    duration_s: Sequence[float]
    zones_s: Sequence[float]
    zones_coverage: float | None
    fitness: Column
    fatigue: Column
    form: Column


@dataclass(frozen=True, slots=True)
class Usual:
    """The average of the last days (HRV 7, resting heart rate 3), within what is normal: baseline mean ± 0.75 SD.

    `source` is empty where nothing was read.
    """

    source: str
    average: Column
    low: Column
    high: Column


@dataclass(frozen=True, slots=True)
class Health:
    """HRV in ms of one kind (rmssd, sdnn or empty), resting heart rate in bpm."""

    hrv_kind: str
    hrv: Usual
    resting_hr: Usual


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a Monday, the first of `mondays`, to the athlete's today; None what is withheld.

    `vo2max`: mL/kg/min of `vo2max_method`: the readings of a device, or what our estimates said on each day.
    """

    mondays: Sequence[date]
    days: Sequence[date]
    training: Training | None
    health: Health | None
    vo2max_method: str
    vo2max: Column


def stretch(
    athlete: Athlete, weeks: int, now: datetime, method: str | None = "", withheld: Collection[str] = ()
) -> Stretch:
    """The last `weeks` ISO weeks, this one included: four statements, fewer where something is `withheld`.

    `method`: where the VO2max that is shown comes from, as in Figures; None: it is withheld.
    """
    today = athlete.local_date(now)
    first = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    count = (today - first).days + 1
    trains, reads = "activities" not in withheld, "health" not in withheld
    past = loads_and_readings(athlete, now, activities=trains, health=reads, days=count + BEFORE_D)
    if trains:
        past = replace(past, recent=_estimates(athlete, first))
    method = "" if method is None else method or _any_method(past)
    return Stretch(
        [first + timedelta(weeks=week) for week in range(weeks)],
        [first + timedelta(days=day) for day in range(count)],
        _training(past, _weeks(athlete, first, today), count) if trains else None,
        _health(past, count) if reads else None,
        method,
        _vo2max(past, method, count),
    )


def _weeks(athlete: Athlete, first: date, today: date) -> Series:
    return activity_series(athlete.pk, days_window("week", first, today, athlete.zone))


def _training(past: History, weeks: Series, count: int) -> Training:
    load = series_of([replace(past, readings=())]).load.row(0)
    begun = load.history_d > 0
    totals = weeks.table[:, 1:4].T.tolist()
    return Training(
        load=totals[COLUMNS.index("training_load") - 1],
        distance_m=totals[COLUMNS.index("distance") - 1],
        duration_s=totals[COLUMNS.index("duration") - 1],
        zones_s=weeks.totals[ZONES].tolist(),
        zones_coverage=weeks.zones_coverage,
        fitness=_column(np.where(begun, load.fitness, np.nan), count),
        fatigue=_column(np.where(begun, load.fatigue, np.nan), count),
        form=_column(np.where(begun, load.form, np.nan), count),
    )


def _health(past: History, count: int) -> Health:
    kind, hrv_source, readings = _worn(past, count + BEFORE_D, "rmssd", "sdnn")
    hrv = hrv_series(readings)
    _, source, readings = _worn(past, count + BEFORE_D, "resting_hr")
    pulse = resting_hr_series(readings)
    spread, width = DISPLAY_BAND_SD * hrv.sd, DISPLAY_BAND_SD * pulse.sd
    hrv_columns = (np.exp(column) for column in (hrv.week, hrv.mean - spread, hrv.mean + spread))
    return Health(
        kind,
        Usual(hrv_source, *(_column(column, count) for column in hrv_columns)),
        Usual(
            source,
            *(_column(column, count) for column in (pulse.recent, pulse.mean - width, pulse.mean + width)),
        ),
    )


def _vo2max(past: History, method: str, count: int) -> Column:
    if method == "device":
        return _column(_worn(past, count, "vo2max")[2], count)
    return _column(vo2max_days(past, method, count, 0)[0], count) if method else [None] * count


def _any_method(past: History) -> str:
    """Of what is too old to say anything of today."""
    return "device" if _newest(past, ["vo2max"]) else "estimate"


def _worn(past: History, count: int, *metrics: str) -> tuple[str, str, Days]:
    """Metric, source and the last `count` days of what is worn now, else of what was worn last; NaN for no reading."""
    column = np.full(count, np.nan)
    one = worn(past.readings, past.today, metrics)
    if not one.source and (newest := _newest(past, metrics)):
        one = worn(past.readings, date.fromordinal(newest), metrics)
    for read in past.readings:
        if read.source == one.source:
            back = past.today.toordinal() - read.days
            inside = (back >= 0) & (back < count)
            column[count - 1 - back[inside]] = read.values[one.metric][inside]
    return one.metric, one.source, column


def _newest(past: History, metrics: Collection[str]) -> int:
    """The ordinal of the last day up to today on which any source read any of these; 0 without one."""
    days = (
        read.days[np.isfinite(read.values[metric]) & (read.days <= past.today.toordinal())].max(initial=0)
        for read in past.readings
        for metric in metrics
    )
    return int(max(days, default=0))


def _estimates(athlete: Athlete, first: date) -> Outings:
    """The runs with a VO2max estimate that any day from `first` on can depend on: one statement."""
    since = day_start(first - timedelta(days=max(CURRENT_WINDOWS_D)), athlete.zone)
    estimated = Activity.objects.filter(
        athlete=athlete, started_at__gte=since, vo2max_ml_kg_min__isnull=False
    )
    rows = list(estimated.order_by("started_at").values_list("started_at", "vo2max_ml_kg_min"))
    if not rows:
        return NO_OUTINGS
    started_s = np.array([started_at.timestamp() for started_at, _ in rows])
    return Outings(
        started_s, NOTHING, NOTHING, NOTHING, np.array([value for _, value in rows], float), NOTHING
    )


def _column(values: Days, count: int) -> Column:
    """The last `count` days, those before the first one unknown."""
    known = np.round(values[-count:], DIGITS).tolist()
    return [None] * (count - len(known)) + [value if value == value else None for value in known]
