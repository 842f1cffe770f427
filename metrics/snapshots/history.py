"""Load the whole history of any number of athletes in a fixed number of statements.

PostgreSQL returns each column as one byte string, which numpy reads directly. One row per activity, or a
parsed array, would take several times longer than the query itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from athletes.models import Athlete, Threshold
from metrics.science.rolling import Days
from metrics.snapshots.compute import ActivityColumns, History
from metrics.snapshots.daily_readings import READING_METRICS, READINGS_D, Dates, SourceReadings

# All loads: an index-only scan of `activity_statistics` for each athlete.
LOADS_SQL = """
SELECT athlete_id, string_agg(timestamptz_send(started_at), '' ORDER BY started_at),
       string_agg(float8send(coalesce(training_load, 'NaN')), '' ORDER BY started_at)
  FROM metrics_activity
 WHERE athlete_id = ANY(%(ids)s)
 GROUP BY athlete_id
"""

# Columns of the last months only; some come from the table.
RECENT_SQL = """
SELECT athlete_id, string_agg(timestamptz_send(started_at), '' ORDER BY started_at),
       string_agg(float8send((activity_type = 'run')::int), '' ORDER BY started_at),
       string_agg(float8send(coalesce(distance_m, 'NaN')), '' ORDER BY started_at),
       string_agg(float8send(duration_s), '' ORDER BY started_at),
       string_agg(float8send(coalesce(vo2max_ml_kg_min, 'NaN')), '' ORDER BY started_at),
       string_agg(float8send(coalesce(race_vdot, 'NaN')), '' ORDER BY started_at)
  FROM metrics_activity
 WHERE athlete_id = ANY(%(ids)s) AND started_at >= %(since)s
 GROUP BY athlete_id
"""

# A range of the index `one_health_day_of_a_source`; the columns are READING_METRICS.
READINGS_SQL = """
SELECT athlete_id, source, string_agg(date_send(date), ''),
       string_agg(float8send(coalesce(hrv_rmssd_ms, 'NaN')), ''),
       string_agg(float8send(coalesce(hrv_sdnn_ms, 'NaN')), ''),
       string_agg(float8send(coalesce(resting_hr_bpm, 'NaN')), ''),
       string_agg(float8send(coalesce(vo2max_ml_kg_min, 'NaN')), ''),
       string_agg(float8send(coalesce(sleep_s, 'NaN')), '')
  FROM metrics_healthday
 WHERE athlete_id = ANY(%(ids)s) AND date >= %(since)s
 GROUP BY athlete_id, source
"""

POSTGRES_EPOCH_S = 946_684_800  # 2000-01-01, the zero of PostgreSQL timestamps
POSTGRES_EPOCH_DAY = date(2000, 1, 1).toordinal()
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
            pk: ActivityColumns(_decode_instants(started), *map(_decode_floats, columns))
            for pk, started, *columns in _fetch_rows(RECENT_SQL, ids, since=since)
        }
    readings, vdots = _load_readings(ids, since.date()), _load_vdots(ids)
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
    readings = _load_readings([athlete.pk], _get_cutoff(now, days).date()) if health else {}
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
    return {
        pk: (_decode_instants(started), _decode_floats(load))
        for pk, started, load in _fetch_rows(LOADS_SQL, ids)
    }


def _load_readings(ids: list[UUID], since: date) -> dict[UUID, list[SourceReadings]]:
    found: dict[UUID, list[SourceReadings]] = {}
    for pk, source, days, *columns in _fetch_rows(READINGS_SQL, ids, since=since):
        values = dict(zip(READING_METRICS, map(_decode_floats, columns), strict=True))
        found.setdefault(pk, []).append(SourceReadings(source, _decode_dates(days), values))
    return found


def _fetch_rows(statement: str, ids: list[UUID], **more: Any) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": ids, **more})
        yield from cursor.fetchall()


def _decode_floats(content: bytes) -> Days:
    return np.frombuffer(content, ">f8").astype(np.float64)


def _decode_instants(content: bytes) -> Days:
    """Unix seconds."""
    return (np.frombuffer(content, ">i8") + POSTGRES_EPOCH_S * 1_000_000) / 1e6


def _decode_dates(content: bytes) -> Dates:
    return np.frombuffer(content, ">i4").astype(np.int64) + POSTGRES_EPOCH_DAY


def _load_vdots(ids: Iterable[UUID]) -> dict[UUID, list[tuple[date, float]]]:
    found: dict[UUID, list[tuple[date, float]]] = {}
    entered = Threshold.objects.filter(athlete_id__in=list(ids), kind=Threshold.Kind.VDOT)
    for athlete_id, day, value in entered.values_list("athlete_id", "valid_from", "value"):
        found.setdefault(athlete_id, []).append((day, value))
    return found
