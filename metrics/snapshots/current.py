"""Read snapshots that are never older than the data; stale ones are recomputed first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

import orjson
from django.db import IntegrityError, connection
from django.db.models import Model

from astral.database.replicas import require_primary
from athletes.models import Athlete
from metrics.models import Snapshot
from metrics.snapshots.behind import ATHLETES_PER_BATCH, EVERYBODY, AthleteShare, find_behind
from metrics.snapshots.compute import CurrentNumbers, History, compute_current_numbers
from metrics.snapshots.history import load_histories
from metrics.snapshots.stamps import is_row_current

# Raise it when `metrics.snapshots.compute` or its science changes: every snapshot is then recomputed.
SNAPSHOT_FORMULA = 1
NUMBER_FIELDS = [field.name for field in fields(CurrentNumbers)]
ORJSON_OPTIONS = orjson.OPT_SERIALIZE_NUMPY
WRITTEN_COLUMNS = [field.attname for field in Snapshot._meta.concrete_fields if not field.primary_key]


def current_snapshots(athlete_ids: Iterable[UUID], now: datetime) -> dict[UUID, Snapshot]:
    """The snapshot of each athlete at `now`. Stale snapshots are recomputed in bulk.

    One statement if all are current; six if some are stale, for each batch of 200 athletes.
    """
    # Order by id: two processes that update the same rows then cannot deadlock.
    athletes = list(
        Athlete.objects.filter(pk__in=list(athlete_ids)).select_related("snapshot").order_by("pk")
    )
    stale = [athlete for athlete in athletes if not is_snapshot_current(athlete, now)]
    recomputed = {
        snapshot.athlete_id: snapshot
        for batch in _split_batches(stale)
        for snapshot in recompute_snapshots(batch, now)
    }
    return {athlete.pk: recomputed.get(athlete.pk) or athlete.snapshot for athlete in athletes}


def is_snapshot_current(athlete: Athlete, now: datetime) -> bool:
    return is_row_current(getattr(athlete, "snapshot", None), athlete, SNAPSHOT_FORMULA, now)


def recompute_snapshots(athletes: Sequence[Athlete], now: datetime) -> list[Snapshot]:
    """Compute and store the snapshots of these athletes: five statements.

    The stored version is read *before* the data: data that arrives in between makes the snapshot stale, so a
    stale snapshot never looks current.
    """
    require_primary()
    pasts = load_histories(athletes, now)
    return store_snapshots(athletes, pasts, compute_current_numbers(pasts), now)


def store_snapshots(
    athletes: Sequence[Athlete], pasts: Sequence[History], numbers: Sequence[CurrentNumbers], now: datetime
) -> list[Snapshot]:
    """Store `numbers`, computed from `pasts`, which were loaded after these athletes. One statement."""
    snapshots = [
        Snapshot(
            athlete_id=athlete.pk,
            data_version=athlete.data_version,
            local_date=past.today,
            formula=SNAPSHOT_FORMULA,
            computed_at=now,
            **{name: getattr(athlete_numbers, name) for name in NUMBER_FIELDS},
        )
        for athlete, past, athlete_numbers in zip(athletes, pasts, numbers, strict=True)
    ]
    upsert_athlete_rows(snapshots, WRITTEN_COLUMNS)
    return snapshots


RowT = TypeVar("RowT", bound=Model)


def upsert_athlete_rows(rows: Sequence[RowT], written: Sequence[str]) -> None:
    """Insert or replace one row per athlete in one statement. Athletes deleted meanwhile are skipped.

    A row of a newer formula is kept: during an update of the server, older and newer processes run together.
    """
    try:
        _execute_upsert(rows, written)
    except IntegrityError:
        ids = [row.pk for row in rows]
        existing_ids = set(Athlete.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if len(existing_ids) == len(ids):
            raise
        upsert_athlete_rows([row for row in rows if row.pk in existing_ids], written)


def _execute_upsert(rows: Sequence[RowT], written: Sequence[str]) -> None:
    """Send all rows as one JSON parameter: four times faster than `bulk_create`."""
    if not rows:
        return
    table, columns = rows[0]._meta.db_table, ("athlete_id", *written)
    names, recomputed = ", ".join(columns), ", ".join(f"{name} = EXCLUDED.{name}" for name in written)
    content = orjson.dumps(
        [{name: getattr(row, name) for name in columns} for row in rows], option=ORJSON_OPTIONS
    ).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s)"
            f" ON CONFLICT (athlete_id) DO UPDATE SET {recomputed}"
            f" WHERE {table}.formula <= EXCLUDED.formula",
            [content],
        )


def recompute_stale_snapshots(now: datetime) -> int:
    """Recompute every stale snapshot; returns their number."""
    return sum(len(recompute_snapshots(batch, now)) for batch in find_stale_batches(now))


def find_stale_batches(now: datetime, share: AthleteShare = EVERYBODY) -> Iterator[list[Athlete]]:
    """Yield the athletes with stale snapshots, in batches. Two statements for each."""
    for ids in find_behind(Snapshot, SNAPSHOT_FORMULA, now, share):
        yield list(Athlete.objects.filter(pk__in=ids).select_related("snapshot").order_by("pk"))


def _split_batches(athletes: Iterable[Athlete]) -> Iterator[list[Athlete]]:
    rest = iter(athletes)
    while batch := list(islice(rest, ATHLETES_PER_BATCH)):
        yield batch
