"""The pace-duration curve of an athlete: the best mean speeds of all runs of a range of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection

from athletes.models import Athlete
from metrics.binary_rows import ID, INSTANT, BinaryRows, build_smallints_kind
from metrics.buckets import find_day_start
from metrics.science.critical_speed import CRITICAL_SPEED_D, CriticalSpeed, TimedEffort, critical_speed
from metrics.science.speed_curve import CURVE_DURATIONS_S
from metrics.snapshots.compute import to_local_ordinals

CURVE = build_smallints_kind(len(CURVE_DURATIONS_S))
CURVE_ROWS = BinaryRows(
    id=(ID, "id"),
    started_s=(INSTANT, "started_at"),
    level=(CURVE, "speed_curve_mmps"),
    graded=(CURVE, "graded_curve_mmps"),
)
# A curve of another length is of an older formula; a job measures the run again.
CURVES_SQL = f"""
SELECT {CURVE_ROWS.aggregate()}
  FROM metrics_activity
 WHERE athlete_id = %(athlete_id)s AND started_at >= %(since)s AND activity_type = 'run'
   AND cardinality(speed_curve_mmps) = %(length)s
   AND (graded_curve_mmps IS NULL OR cardinality(graded_curve_mmps) = %(length)s)
"""


class DaySpan(NamedTuple):
    """Local days, both included. `first` None: from the beginning."""

    first: date | None
    last: date

    def widen(self, days: int) -> DaySpan:
        """At least the last `days` days before its end."""
        earliest = self.last - timedelta(days=days - 1)
        return DaySpan(min(self.first, earliest) if self.first else None, self.last)

    @property
    def first_ordinal(self) -> int:
        return self.first.toordinal() if self.first else 0


class BestSpeed(NamedTuple):
    """The fastest `duration_s` of a range, in m/s by the clock, with the run and its local day."""

    duration_s: int
    speed_mps: float
    activity_id: UUID
    day: date


@dataclass(frozen=True, slots=True)
class RunCurves:
    """The curves of all runs of some days. `rows` has the fields of CURVE_ROWS, `days` local ordinals."""

    rows: npt.NDArray[np.void]
    days: npt.NDArray[np.int64]

    def find_best(self, span: DaySpan, column: str = "level") -> list[BestSpeed]:
        """The best speed over each time that a run of the span reaches; `column`: level or graded."""
        inside = (self.days >= span.first_ordinal) & (self.days <= span.last.toordinal())
        rows, days = self.rows[inside], self.days[inside]
        if not len(rows):
            return []
        places = rows[column].argmax(axis=0)
        return [
            BestSpeed(
                seconds,
                float(rows[column][place, number]) / 1_000,
                UUID(bytes=rows["id"][place].tobytes()),
                date.fromordinal(int(days[place])),
            )
            for number, (seconds, place) in enumerate(zip(CURVE_DURATIONS_S, places.tolist(), strict=True))
            if rows[column][place, number] > 0
        ]


def load_run_curves(athlete: Athlete, since: date | None) -> RunCurves:
    """The curves of all runs from the local day `since` on; None: of all time. One statement."""
    parameters = {
        "athlete_id": athlete.pk,
        "since": find_day_start(since, athlete.zone) if since else "-infinity",
        "length": len(CURVE_DURATIONS_S),
    }
    with connection.cursor() as cursor:
        cursor.execute(CURVES_SQL, parameters)
        [(content,)] = cursor.fetchall()
    rows = CURVE_ROWS.decode(content)
    rows = rows[np.argsort(rows["started_s"], kind="stable")]
    return RunCurves(rows, to_local_ordinals(rows["started_s"], athlete.zone))


def find_critical_speed(curves: RunCurves, last: date) -> tuple[CriticalSpeed, list[BestSpeed]]:
    """Critical speed of the 90 days up to `last`, and the points of the curve that it rests on."""
    best = curves.find_best(DaySpan(last - timedelta(days=CRITICAL_SPEED_D - 1), last))
    found = critical_speed(
        TimedEffort(point.speed_mps * point.duration_s, point.duration_s) for point in best
    )
    used = {effort.time_s for effort in found.efforts}
    return found, [point for point in best if point.duration_s in used]


def find_earliest(spans: Sequence[DaySpan]) -> date | None:
    """The first day of these spans; None if one begins at the beginning."""
    known = [span.first for span in spans if span.first]
    return min(known) if len(known) == len(spans) else None
