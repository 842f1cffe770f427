"""The records of an athlete: the fastest effort of all runs over each distance, and the one it beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection

from athletes.models import Athlete
from metrics.binary_rows import FLOAT, ID, INSTANT, BinaryRows
from metrics.snapshots.compute import to_local_ordinals

EFFORT_ROWS = BinaryRows(id=(ID, "id"), started_s=(INSTANT, "started_at"), duration_s=(FLOAT, "seconds"))

# One group for each distance. numpy sorts the efforts and compares them: of 10,000 runs that takes a tenth of
# the time of window functions.
EFFORTS_SQL = f"""
SELECT distance_m, {EFFORT_ROWS.aggregate()}
  FROM (SELECT id, started_at, best_efforts FROM metrics_activity
         WHERE athlete_id = %s AND activity_type = 'run') AS run,
       jsonb_to_recordset(best_efforts) AS effort(distance_m float8, duration_s float8),
       LATERAL (SELECT effort.duration_s AS seconds) AS renamed
 WHERE seconds > 0
 GROUP BY distance_m ORDER BY distance_m
"""
EffortColumn = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BeatenEffort:
    """The fastest effort that started before: seconds by the clock, on a local day."""

    day: date
    duration_s: float


@dataclass(frozen=True, slots=True)
class RecordEffort:
    """An effort: seconds by the clock, on a local day. `beaten` is None for the first over the distance."""

    activity_id: UUID
    day: date
    duration_s: float
    beaten: BeatenEffort | None


@dataclass(frozen=True, slots=True)
class DistanceRecord:
    """The fastest effort over `distance_m`. `in_range`: of the days that were asked for; None without one."""

    distance_m: float
    best: RecordEffort
    in_range: RecordEffort | None


def load_records(athlete: Athlete, first: date | None, last: date | None) -> list[DistanceRecord]:
    """The records, shortest distance first; `first` and `last`: local days of the range. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(EFFORTS_SQL, [athlete.pk])
        rows = cursor.fetchall()
    return [_find_record(athlete, distance_m, content, first, last) for distance_m, content in rows]


def _find_record(
    athlete: Athlete, distance_m: float, content: bytes, first: date | None, last: date | None
) -> DistanceRecord:
    efforts = EFFORT_ROWS.decode(content)
    efforts = efforts[np.argsort(efforts["started_s"], kind="stable")]
    days = to_local_ordinals(efforts["started_s"], athlete.zone)
    chosen = np.ones(len(days), bool)
    if first is not None:
        chosen &= days >= first.toordinal()
    if last is not None:
        chosen &= days <= last.toordinal()
    in_range = np.where(chosen, efforts["duration_s"], np.inf)
    return DistanceRecord(
        distance_m,
        _build_effort(efforts, days, int(efforts["duration_s"].argmin())),
        _build_effort(efforts, days, int(in_range.argmin())) if chosen.any() else None,
    )


def _build_effort(efforts: npt.NDArray[np.void], days: npt.NDArray[np.int64], place: int) -> RecordEffort:
    """The effort at `place`, with the fastest of those before it. They are sorted, so those come first."""
    earlier = efforts["duration_s"][efforts["started_s"] < efforts["started_s"][place]]
    return RecordEffort(
        UUID(bytes=efforts["id"][place].tobytes()),
        date.fromordinal(int(days[place])),
        float(efforts["duration_s"][place]),
        _build_beaten(earlier, days) if len(earlier) else None,
    )


def _build_beaten(earlier: EffortColumn, days: npt.NDArray[np.int64]) -> BeatenEffort:
    place = int(earlier.argmin())
    return BeatenEffort(date.fromordinal(int(days[place])), float(earlier[place]))
