"""Load the whole history of any number of athletes in a fixed number of statements.

PostgreSQL returns the rows of an athlete as one byte string: see `metrics.binary_rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from athletes.models import Athlete, Threshold
from metrics.binary_rows import DATE, FLOAT, INSTANT, BinaryRows
from metrics.science.rolling import Days
from metrics.snapshots.compute import ActivityColumns, History
from metrics.snapshots.daily_readings import READING_METRICS, READINGS_D, SourceReadings

LOAD_ROWS = BinaryRows(started_s=(INSTANT, "started_at"), load=(FLOAT, "training_load"))
ACTIVITY_ROWS = BinaryRows(
    started_s=(INSTANT, "started_at"),
    is_run=(FLOAT, "(activity_type = 'run')::int"),
    distance_m=(FLOAT, "distance_m"),
    duration_s=(FLOAT, "duration_s"),
    vo2max=(FLOAT, "vo2max_ml_kg_min"),
    race_vdot=(FLOAT, "race_vdot"),
)
READING_ROWS = BinaryRows(  # the date and READING_METRICS
    date=(DATE, "date"),
    rmssd=(FLOAT, "hrv_rmssd_ms"),
    sdnn=(FLOAT, "hrv_sdnn_ms"),
    resting_hr=(FLOAT, "resting_hr_bpm"),
    vo2max=(FLOAT, "vo2max_ml_kg_min"),
    sleep_s=(FLOAT, "sleep_s"),
)

# All loads: an index-only scan of `activity_statistics` for each athlete.
LOADS_SQL = f"""
SELECT athlete_id, {LOAD_ROWS.aggregate(order_by="started_at")}
  FROM metrics_activity
 WHERE athlete_id = ANY(%(ids)s)
 GROUP BY athlete_id
"""

# Only activities of the last months, because not all of these columns are in the index.
RECENT_SQL = f"""
SELECT athlete_id, {ACTIVITY_ROWS.aggregate(order_by="started_at")}
  FROM metrics_activity
 WHERE athlete_id = ANY(%(ids)s) AND started_at >= %(since)s
 GROUP BY athlete_id
"""

# A range of the index `one_health_day_of_a_source`.
READINGS_SQL = f"""
SELECT athlete_id, source, {READING_ROWS.aggregate()}
  FROM metrics_healthday
 WHERE athlete_id = ANY(%(ids)s) AND date >= %(since)s
 GROUP BY athlete_id, source
"""

EMPTY_COLUMN: Days = np.empty(0)
NO_LOADS = (EMPTY_COLUMN, EMPTY_COLUMN)
NO_ACTIVITIES = ActivityColumns(*[EMPTY_COLUMN] * 6)


def load_histories(
    athletes: Sequence[Athlete], now: datetime, recent: Mapping[UUID, ActivityColumns] | None = None
) -> list[History]:
    """Load the histories of these athletes, in order: four statements for any number of athletes.

    `recent`: activities of the last READINGS_D + 1 days, if already loaded; this saves one statement.
    """
    ids, since = [athlete.pk for athlete in athletes], _get_cutoff(now)
    loads = _load_training_loads(ids)
    if recent is None:
        recent = {
            pk: _build_activity_columns(content) for pk, content in _fetch_rows(RECENT_SQL, ids, since=since)
        }
    readings, vdots = load_readings(ids, since.date()), _load_vdots(ids)
    return [
        History(
            athlete.zone,
            athlete.local_date(now),
            *loads.get(athlete.pk, NO_LOADS),
            recent.get(athlete.pk, NO_ACTIVITIES),
            tuple(readings.get(athlete.pk, ())),
            tuple(vdots.get(athlete.pk, ())),
        )
        for athlete in athletes
    ]


def load_partial_history(
    athlete: Athlete, now: datetime, *, activities: bool, health: bool, days: int = READINGS_D
) -> History:
    """Load one athlete's loads and last `days` of health days, one statement each; other parts are empty."""
    loads = _load_training_loads([athlete.pk]) if activities else {}
    readings = load_readings([athlete.pk], _get_cutoff(now, days).date()) if health else {}
    return History(
        athlete.zone,
        athlete.local_date(now),
        *loads.get(athlete.pk, NO_LOADS),
        NO_ACTIVITIES,
        tuple(readings.get(athlete.pk, ())),
    )


def _get_cutoff(now: datetime, days: int = READINGS_D) -> datetime:
    """One day more than needed: the local date may still be yesterday."""
    return now - timedelta(days=days + 1)


def _load_training_loads(ids: list[UUID]) -> dict[UUID, tuple[Days, Days]]:
    decoded = ((pk, LOAD_ROWS.decode(content)) for pk, content in _fetch_rows(LOADS_SQL, ids))
    return {pk: (rows["started_s"], rows["load"]) for pk, rows in decoded}


def _build_activity_columns(content: bytes) -> ActivityColumns:
    rows = ACTIVITY_ROWS.decode(content)
    return ActivityColumns(**{name: rows[name] for name in ACTIVITY_ROWS.columns})


def load_readings(ids: list[UUID], since: date) -> dict[UUID, list[SourceReadings]]:
    """The readings of these athletes from `since` on, by source. One statement."""
    found: dict[UUID, list[SourceReadings]] = {}
    for pk, source, content in _fetch_rows(READINGS_SQL, ids, since=since):
        rows = READING_ROWS.decode(content)
        values = {metric: rows[metric] for metric in READING_METRICS}
        found.setdefault(pk, []).append(SourceReadings(source, rows["date"], values))
    return found


def _fetch_rows(statement: str, ids: list[UUID], **parameters: Any) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": ids, **parameters})
        yield from cursor.fetchall()


def _load_vdots(ids: Iterable[UUID]) -> dict[UUID, list[tuple[date, float]]]:
    found: dict[UUID, list[tuple[date, float]]] = {}
    thresholds = Threshold.objects.filter(athlete_id__in=list(ids), kind=Threshold.Kind.VDOT)
    for athlete_id, day, value in thresholds.values_list("athlete_id", "valid_from", "value"):
        found.setdefault(athlete_id, []).append((day, value))
    return found
