"""Load the activities of the last months that plans and signals need, for many athletes in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection

from athletes.models import Athlete
from coaching.attention import Run
from coaching.science.compliance import DoneActivity
from coaching.science.forecast_efforts import PastRun
from metrics.binary_rows import FLOAT, ID, INSTANT, BinaryRows
from metrics.models import Activity
from metrics.science.rolling import Days
from metrics.snapshots.compute import ActivityColumns, to_local_ordinals
from metrics.snapshots.daily_readings import Dates

TRAINING_LOG_D = 131  # the longest look-back, and one day more for other time zones
RUNS_D = 112  # INACTIVITY needs 84 days, on each of the last 28 days
SESSIONS_D = 57  # one day more, for activities done a day early
VDOT_D = 200  # races only. VDOT_UP uses races of 120 days, 42 days ago, on each of the last 28 days
SPORTS = Activity.Type.values
RUN_CODE = 1 + SPORTS.index(Activity.Type.RUN)
SUSPECT_WARNINGS = ("gps_glitch", "altitude_unreliable")
ROUGH_QUALITIES = ("D", "E")

LOG_COLUMNS = {
    "sport": "coalesce(array_position(%(sports)s::varchar[], activity_type), 0)",
    "distance_m": "distance_m",
    "duration_s": "duration_s",
    "load": "training_load",
    "is_rough": "(load_quality = ANY(%(rough)s))::int",
    "is_race": "is_race::int",
    "z1_s": "coalesce(zone1_s, 0)",
    "zoned_s": "coalesce(zone1_s + zone2_s + zone3_s + zone4_s + zone5_s, 0)",
    "best_30min_ngs_mps": "best_30min_ngs_mps",
    "is_suspect": "(warnings && %(suspect)s::varchar[])::int",
    "race_vdot": "race_vdot",
    "vo2max": "vo2max_ml_kg_min",
}
ACTIVITY_ROWS = BinaryRows(
    id=(ID, "id"),
    started_s=(INSTANT, "started_at"),
    **{name: (FLOAT, expression) for name, expression in LOG_COLUMNS.items()},
)

# Reads a range of the index `activity_statistics`. Python sorts the rows, because a sort in SQL takes a
# quarter of the statement's time.
ACTIVITIES_SQL = f"""
SELECT athlete_id, {ACTIVITY_ROWS.aggregate()}
  FROM metrics_activity
 WHERE athlete_id = ANY(%(ids)s) AND started_at >= %(races_since)s
   AND (started_at >= %(since)s OR race_vdot IS NOT NULL)
 GROUP BY athlete_id
"""


@dataclass(frozen=True, slots=True)
class TrainingLog:
    """One athlete's activities of the last months, by start.

    `started_s`: Unix seconds. `days`: local days as ordinals. `columns`: one array per name of LOG_COLUMNS.
    """

    today: date
    started_s: Days
    days: Dates
    ids: npt.NDArray[np.void]  # 16 bytes each
    columns: dict[str, Days]

    def runs(self) -> list[Run]:
        """The runs of the last RUNS_D days."""
        selected = (self.columns["sport"] == RUN_CODE) & (self.days > self.today.toordinal() - RUNS_D)
        names = ("distance_m", "is_race", "z1_s", "zoned_s", "best_30min_ngs_mps", "is_suspect")
        rows = zip(
            self.days[selected].tolist(),
            *(self.columns[name][selected].tolist() for name in names),
            strict=True,
        )
        runs = [
            Run(
                date.fromordinal(day),
                _none_if_nan(distance_m) or 0.0,
                is_race > 0,
                z1_s,
                zoned_s,
                _none_if_nan(best_ngs_mps),
                is_suspect > 0,
            )
            for day, distance_m, is_race, z1_s, zoned_s, best_ngs_mps, is_suspect in rows
        ]
        # Local days can go backwards when clocks change at midnight.
        return sorted(runs, key=attrgetter("day"))

    def past_runs(self) -> list[PastRun]:
        """The runs with a distance, up to today."""
        distance_m = self.columns["distance_m"]
        selected = (
            (self.columns["sport"] == RUN_CODE)
            & (self.days <= self.today.toordinal())
            & (np.nan_to_num(distance_m) > 0)
        )
        rows = zip(
            self.ids[selected].tolist(),
            (self.today.toordinal() - self.days[selected]).tolist(),
            distance_m[selected].tolist(),
            self.columns["duration_s"][selected].tolist(),
            strict=True,
        )
        return [PastRun(UUID(bytes=pk), age_d, metres, seconds) for pk, age_d, metres, seconds in rows]

    def activity_columns(self) -> ActivityColumns:
        """The same columns that `metrics.snapshots.history` loads."""
        columns = (self.columns[name] for name in ("distance_m", "duration_s", "vo2max", "race_vdot"))
        return ActivityColumns(
            self.started_s, (self.columns["sport"] == RUN_CODE).astype(np.float64), *columns
        )

    def done_activities(self, since: date, until: date | None = None) -> list[DoneActivity]:
        """The activities from the local day `since` to `until`, by default to today."""
        last = min(until or self.today, self.today)
        selected = (self.days >= since.toordinal()) & (self.days <= last.toordinal())
        names = ("sport", "duration_s", "distance_m", "load", "z1_s", "zoned_s")
        columns = (self.columns[name][selected].tolist() for name in names)
        rows = zip(self.ids[selected].tolist(), self.days[selected].tolist(), *columns, strict=True)
        return [
            DoneActivity(
                activity_id.hex(), date.fromordinal(day), SPORTS[int(sport) - 1], duration_s,
                _none_if_nan(distance_m), _none_if_nan(load), 1 - z1_s / zoned_s if zoned_s else None,
            )
            for activity_id, day, sport, duration_s, distance_m, load, z1_s, zoned_s in rows
        ]  # fmt: skip

    def rough_load(self) -> Days:
        """The load of quality D or E on each of the last RUNS_D days, today last."""
        back = self.today.toordinal() - self.days
        selected = (self.columns["is_rough"] > 0) & (back >= 0) & (back < RUNS_D)
        column = np.zeros(RUNS_D)
        np.add.at(column, RUNS_D - 1 - back[selected], np.nan_to_num(self.columns["load"][selected]))
        return column

    def race_vdots(self) -> list[tuple[date, float]]:
        known = np.isfinite(self.columns["race_vdot"])
        rows = zip(self.days[known].tolist(), self.columns["race_vdot"][known].tolist(), strict=True)
        return [(date.fromordinal(day), value) for day, value in rows]


def load_training_logs(
    athletes: Sequence[Athlete], now: datetime, days: int = TRAINING_LOG_D
) -> Iterator[TrainingLog]:
    """Load recent activities and earlier races, in the order of `athletes`. One statement."""
    parameters: dict[str, Any] = {
        "ids": [athlete.pk for athlete in athletes],
        "since": now - timedelta(days=days + 1),
        "races_since": now - timedelta(days=max(days, VDOT_D) + 1),
        "sports": SPORTS,
        "rough": list(ROUGH_QUALITIES),
        "suspect": list(SUSPECT_WARNINGS),
    }
    with connection.cursor() as cursor:
        cursor.execute(ACTIVITIES_SQL, parameters)
        found: dict[UUID, bytes] = dict(cursor.fetchall())
    return (_build_training_log(athlete, found.get(athlete.pk, b""), now) for athlete in athletes)


def _build_training_log(athlete: Athlete, content: bytes, now: datetime) -> TrainingLog:
    rows = ACTIVITY_ROWS.decode(content)
    rows = rows[np.argsort(rows["started_s"], kind="stable")]
    columns = {name: rows[name] for name in LOG_COLUMNS}
    days = to_local_ordinals(rows["started_s"], athlete.zone)
    return TrainingLog(athlete.local_date(now), rows["started_s"], days, rows["id"], columns)


def _none_if_nan(value: float) -> float | None:
    return value if value == value else None
