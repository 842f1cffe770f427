"""Group and sum activities by period. `buckets` gives the boundaries, SQL the sums; empty periods are added.

Each statement is an index-only scan of a range of `activity_statistics`. They are raw SQL because the ORM
would take longer to compile them than PostgreSQL to run them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection

from metrics.buckets import Window

# Columns in the order of PERIOD_SUMS_SQL: count, metres, seconds, load, kcal, seconds in zones 1–5, seconds
# of runs, seconds of runs that have zones.
SUM_COLUMNS = (
    "activity_count", "distance", "duration", "training_load", "calories",
    "z1", "z2", "z3", "z4", "z5", "run_duration", "zoned_duration",
)  # fmt: skip

# Numbers, not timestamps: width_bucket, sending and parsing are faster.
PERIOD_SUMS_SQL = """
SELECT width_bucket(date_part('epoch', started_at), %(edges)s::float8[]) AS piece, count(*),
       coalesce(sum(distance_m), 0), sum(duration_s), coalesce(sum(training_load), 0),
       coalesce(sum(calories_kcal), 0),
       coalesce(sum(zone1_s) FILTER (WHERE activity_type = 'run'), 0),
       coalesce(sum(zone2_s) FILTER (WHERE activity_type = 'run'), 0),
       coalesce(sum(zone3_s) FILTER (WHERE activity_type = 'run'), 0),
       coalesce(sum(zone4_s) FILTER (WHERE activity_type = 'run'), 0),
       coalesce(sum(zone5_s) FILTER (WHERE activity_type = 'run'), 0),
       coalesce(sum(duration_s) FILTER (WHERE activity_type = 'run'), 0),
       coalesce(sum(duration_s) FILTER (WHERE activity_type = 'run' AND zone1_s IS NOT NULL), 0)
  FROM metrics_activity
 WHERE athlete_id = %(athlete_id)s AND started_at >= %(start)s AND started_at < %(end)s
   AND (%(activity_type)s::text IS NULL OR activity_type = %(activity_type)s)
 GROUP BY piece
"""

RUN_TOTALS_SQL = """
SELECT count(*), coalesce(sum(distance_m), 0), coalesce(sum(duration_s), 0), coalesce(sum(training_load), 0),
       coalesce(sum(elevation_gain_m), 0), sum(duration_s) FILTER (WHERE distance_m > 0),
       sum(avg_hr_bpm * duration_s), sum(duration_s) FILTER (WHERE avg_hr_bpm IS NOT NULL)
  FROM metrics_activity
 WHERE athlete_id = %(athlete_id)s AND started_at >= %(start)s AND started_at < %(end)s
   AND started_at <@ %(spans)s::tstzmultirange AND activity_type = 'run'
"""


@dataclass(frozen=True, slots=True)
class PeriodSums:
    """A gap-free series: `table` has a row of SUM_COLUMNS for each period of the window."""

    window: Window
    table: npt.NDArray[np.float64]

    @property
    def activity_count(self) -> int:
        return int(self.table[:, 0].sum())

    @property
    def totals(self) -> npt.NDArray[np.float64]:
        """The sums of the points, in the order of SUM_COLUMNS."""
        sums: npt.NDArray[np.float64] = self.table.sum(axis=0)
        return sums

    @property
    def zones_coverage(self) -> float | None:
        """Share of the running time that has zones; None without any running."""
        running, zoned = self.totals[-2:].tolist()
        return zoned / running if running else None


@dataclass(frozen=True, slots=True)
class RunTotals:
    """The runs of a range as one row; averages are None without data."""

    activity_count: int
    distance_m: float
    duration_s: float
    training_load: float
    elevation_gain_m: float
    pace_s_per_km: float | None
    avg_hr_bpm: float | None


def load_period_sums(athlete_id: UUID, window: Window, activity_type: str | None = None) -> PeriodSums:
    """Sums per period of one athlete's activities; `activity_type` None counts all of them."""
    found = _fetch_rows(
        PERIOD_SUMS_SQL, athlete_id, window, edges=_format_edges(window), activity_type=activity_type
    )
    sums = np.array(found, float).reshape(-1, 1 + len(SUM_COLUMNS))[:, 1:]
    place = {period: row for row, period in enumerate(window.periods)}
    table = np.zeros((len(place) + 1, len(SUM_COLUMNS)))  # the last row collects NO_PERIOD
    np.add.at(table, [place.get(window.owners[row[0] - 1], -1) for row in found], sums)
    return PeriodSums(window, table[:-1])


def load_run_totals(athlete_id: UUID, window: Window) -> RunTotals:
    """All runs of a window as one row."""
    [row] = _fetch_rows(RUN_TOTALS_SQL, athlete_id, window, spans=_format_spans(window))
    count, metres, seconds, load, gain, distance_run_s, beats, beat_s = row
    pace = 1000 * distance_run_s / metres if metres else None
    return RunTotals(count, metres, seconds, load, gain, pace, beats / beat_s if beat_s else None)


def _fetch_rows(statement: str, athlete_id: UUID, window: Window, **more: Any) -> list[tuple[Any, ...]]:
    params = {"athlete_id": athlete_id, "start": window.start, "end": window.end, **more}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _format_edges(window: Window) -> str:
    return f"{{{','.join([str(edge.timestamp()) for edge in window.edges])}}}"


def _format_spans(window: Window) -> str:
    return f"{{{','.join(f'[{start},{end})' for start, end in window.spans)}}}"
