"""Load blocks of training of one or more athletes, in the same number of statements for any number of blocks.

Nothing of a withheld category is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection

from coaching.comparison.blocks import WEEK_D, BlockChoice, BlockRecord, BlockWeek, TrainingBlock
from coaching.profile.progress import find_preferred_readings
from metrics.binary_rows import FLOAT, INSTANT, BinaryRows
from metrics.buckets import find_day_start
from metrics.records.records import EFFORT_ROWS
from metrics.science.hrv import hrv_series
from metrics.science.rolling import Days
from metrics.snapshots.compute import History, build_daily_series, to_local_ordinals
from metrics.snapshots.daily_readings import Dates, SourceReadings
from metrics.snapshots.history import EMPTY_COLUMN, NO_ACTIVITIES, load_readings

ZONES = ("z1_s", "z2_s", "z3_s", "z4_s", "z5_s")
TRAINING_ROWS = BinaryRows(
    started_s=(INSTANT, "started_at"),
    load=(FLOAT, "training_load"),
    duration_s=(FLOAT, "duration_s"),
    run_m=(FLOAT, "CASE WHEN activity_type = 'run' THEN distance_m END"),
    **{
        name: (FLOAT, f"CASE WHEN activity_type = 'run' THEN zone{number}_s END")
        for number, name in enumerate(ZONES, 1)
    },
)
# All activities: fitness needs every load. An index-only scan of `activity_statistics` for each athlete.
TRAINING_SQL = f"""
SELECT athlete_id, {TRAINING_ROWS.aggregate(order_by="started_at")}
  FROM metrics_activity
 WHERE athlete_id = ANY(%(ids)s)
 GROUP BY athlete_id
"""
EFFORTS_SQL = f"""
SELECT athlete_id, distance_m, {EFFORT_ROWS.aggregate()}
  FROM (SELECT athlete_id, id, started_at, best_efforts FROM metrics_activity
         WHERE athlete_id = ANY(%(ids)s) AND activity_type = 'run'
           AND started_at >= %(since)s AND started_at < %(until)s) AS run,
       jsonb_to_recordset(best_efforts) AS effort(distance_m float8, duration_s float8),
       LATERAL (SELECT effort.duration_s AS seconds) AS renamed
 WHERE seconds > 0
 GROUP BY athlete_id, distance_m ORDER BY distance_m
"""
Rows = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class BlockRows:
    """The rows behind all blocks, by athlete. Athletes who withhold a category have none of it."""

    training: Mapping[UUID, Rows]
    efforts: Mapping[UUID, Sequence[tuple[float, Rows]]]
    readings: Mapping[UUID, Sequence[SourceReadings]]


def load_blocks(choices: Sequence[BlockChoice]) -> list[TrainingBlock]:
    """The blocks in order. Three statements; less if all withhold a category."""
    rows = _load_rows(choices)
    return [_build_block(choice, rows) for choice in choices]


def _load_rows(choices: Sequence[BlockChoice]) -> BlockRows:
    training = {choice.athlete.pk: choice for choice in choices if choice.visibility.activities}
    health = {choice.athlete.pk for choice in choices if choice.visibility.health}
    first, last = min(choice.first for choice in choices), max(choice.last for choice in choices)
    zones = [choice.athlete.zone for choice in choices]
    return BlockRows(
        {pk: TRAINING_ROWS.decode(content) for pk, content in _fetch_rows(TRAINING_SQL, list(training))},
        _load_efforts(
            list(training),
            since=min(find_day_start(first, zone) for zone in zones),
            until=max(find_day_start(last + timedelta(days=1), zone) for zone in zones),
        ),
        load_readings(list(health), first - timedelta(days=WEEK_D)) if health else {},
    )


def _load_efforts(ids: list[UUID], **span: Any) -> dict[UUID, list[tuple[float, Rows]]]:
    found: dict[UUID, list[tuple[float, Rows]]] = {}
    for pk, distance_m, content in _fetch_rows(EFFORTS_SQL, ids, **span):
        found.setdefault(pk, []).append((distance_m, EFFORT_ROWS.decode(content)))
    return found


def _fetch_rows(statement: str, ids: list[UUID], **parameters: Any) -> list[Any]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": ids, **parameters})
        rows: list[Any] = cursor.fetchall()
        return rows


def _build_block(choice: BlockChoice, rows: BlockRows) -> TrainingBlock:
    pk, starts = choice.athlete.pk, choice.week_starts
    if not starts:
        return TrainingBlock(choice, [], [], "")
    training: dict[str, Days] = {}
    if choice.visibility.activities:
        training = _sum_weeks(choice, rows.training.get(pk, TRAINING_ROWS.decode(b"")), len(starts))
    kind, hrv_ms = _read_hrv(choice, rows.readings.get(pk, ()))
    return TrainingBlock(
        choice,
        list(_build_weeks(starts, training, hrv_ms)),
        list(_find_records(choice, rows.efforts.get(pk, ()))),
        kind,
    )


def _build_weeks(starts: Sequence[date], training: dict[str, Days], hrv_ms: Days) -> Iterator[BlockWeek]:
    for week, start in enumerate(starts):
        known = {name: _none_if_nan(column[week]) for name, column in training.items()}
        yield BlockWeek(
            start,
            load=known.get("load"),
            distance_m=known.get("run_m"),
            duration_s=known.get("duration_s"),
            zone_s=[known[name] or 0.0 for name in ZONES] if known else None,
            hrv_ms=_none_if_nan(hrv_ms[week]) if len(hrv_ms) else None,
            fitness=known.get("fitness"),
            form=known.get("form"),
        )


def _sum_weeks(choice: BlockChoice, rows: Rows, weeks: int) -> dict[str, Days]:
    """By name, one value for each week: sums of the rows; fitness and form of its last day."""
    days = to_local_ordinals(rows["started_s"], choice.athlete.zone)
    first = choice.first.toordinal()
    inside = (days >= first) & (days <= choice.end.toordinal())
    week = (days[inside] - first) // WEEK_D
    found: dict[str, Days] = {
        name: np.bincount(week, np.nan_to_num(rows[name][inside]), weeks).astype(np.float64, copy=False)
        for name in ("load", "run_m", "duration_s", *ZONES)
    }
    past = History(choice.athlete.zone, choice.end, rows["started_s"], rows["load"], NO_ACTIVITIES)
    series = build_daily_series([past]).load.row(0)
    begun = series.history_d > 0
    for name, column in (("fitness", series.fitness), ("form", series.form)):
        found[name] = _read_week_ends(np.where(begun, column, np.nan), choice, weeks)
    return found


def _read_week_ends(column: Days, choice: BlockChoice, weeks: int) -> Days:
    """The value of the last day of each week. The last of `column` is that of the block's end."""
    days = np.minimum(np.arange(1, weeks + 1) * WEEK_D - 1, (choice.end - choice.first).days)
    places = len(column) - 1 - ((choice.end - choice.first).days - days)
    return np.where(places >= 0, column[np.maximum(places, 0)], np.nan)


def _read_hrv(choice: BlockChoice, readings: Sequence[SourceReadings]) -> tuple[str, Days]:
    """The kind, and the 7-day average in ms at the end of each week; empty without readings."""
    if not readings:
        return "", EMPTY_COLUMN
    past = History(
        choice.athlete.zone, choice.end, EMPTY_COLUMN, EMPTY_COLUMN, NO_ACTIVITIES, tuple(readings)
    )
    count = (choice.end - choice.first).days + 1 + WEEK_D
    kind, _, column = find_preferred_readings(past, count, "rmssd", "sdnn")
    return kind, np.exp(_read_week_ends(hrv_series(column).week, choice, len(choice.week_starts)))


def _find_records(choice: BlockChoice, efforts: Sequence[tuple[float, Rows]]) -> Iterator[BlockRecord]:
    for distance_m, rows in efforts:
        days: Dates = to_local_ordinals(rows["started_s"], choice.athlete.zone)
        inside = np.flatnonzero((days >= choice.first.toordinal()) & (days <= choice.end.toordinal()))
        if len(inside):
            place = int(inside[rows["duration_s"][inside].argmin()])
            yield BlockRecord(
                distance_m,
                float(rows["duration_s"][place]),
                UUID(bytes=rows["id"][place].tobytes()),
                date.fromordinal(int(days[place])),
            )


def _none_if_nan(value: float) -> float | None:
    return float(value) if value == value else None
