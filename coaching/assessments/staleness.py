"""Which athletes' stored numbers are not current, and how to refresh them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from astral.nested_rows import ColumnGroup, NestedRow
from coaching.assessments.current import refresh_assessment_rows
from coaching.assessments.stored_facts import FORMULA_VERSION
from metrics.snapshots.current import SNAPSHOT_FORMULA, current_snapshots
from metrics.snapshots.stamps import RowStamp


class AthleteVersion(NamedTuple):
    timezone: str
    data_version: int


class CacheStamps(NamedTuple):
    """What the stored snapshot and assessment of an athlete must be computed from, and what they were."""

    athlete: AthleteVersion
    snapshot: RowStamp
    assessment: RowStamp

    def is_current(self, today: date) -> bool:
        version = self.athlete.data_version
        return self.snapshot.is_current(version, today, SNAPSHOT_FORMULA) and self.assessment.is_current(
            version, today, FORMULA_VERSION
        )


CACHE_STAMP_COLUMNS = NestedRow(
    CacheStamps,
    athlete=ColumnGroup(AthleteVersion),
    snapshot=ColumnGroup(RowStamp, "snapshot__"),
    assessment=ColumnGroup(RowStamp, "assessment__"),
)


def refresh_stale(athlete_ids: Iterable[UUID], now: datetime) -> None:
    """Recompute stale snapshots and assessments of these athletes, in batches."""
    ids = list(athlete_ids)
    refresh_assessment_rows(ids, now)
    current_snapshots(ids, now)
