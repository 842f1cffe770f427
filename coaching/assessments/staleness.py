"""Whether an athlete's stored numbers are current, for readers that do not load the rows; and how to refresh them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from astral.nested_rows import ColumnGroup
from coaching.assessments.current import refresh_assessment_rows
from coaching.assessments.stored_facts import FORMULA_VERSION
from metrics.snapshots.current import SNAPSHOT_FORMULA, current_snapshots
from metrics.snapshots.stamps import RowStamp


class CacheStamps(NamedTuple):
    """One athlete's time zone and data version, and the stamps of the stored snapshot and assessment."""

    timezone: str
    data_version: int
    snapshot_version: int | None
    snapshot_date: date | None
    snapshot_formula: int | None
    assessment_version: int | None
    assessment_date: date | None
    assessment_formula: int | None

    def is_current(self, today: date) -> bool:
        snapshot = RowStamp(self.snapshot_version, self.snapshot_date, self.snapshot_formula)
        assessment = RowStamp(self.assessment_version, self.assessment_date, self.assessment_formula)
        return snapshot.is_current(self.data_version, today, SNAPSHOT_FORMULA) and assessment.is_current(
            self.data_version, today, FORMULA_VERSION
        )


CACHE_STAMP_COLUMNS = ColumnGroup(
    CacheStamps,
    snapshot_version="snapshot__data_version",
    snapshot_date="snapshot__local_date",
    snapshot_formula="snapshot__formula",
    assessment_version="assessment__data_version",
    assessment_date="assessment__local_date",
    assessment_formula="assessment__formula",
)


def refresh_stale(athlete_ids: Iterable[UUID], now: datetime) -> None:
    """Recompute stale snapshots and assessments of these athletes, in batches."""
    ids = list(athlete_ids)
    refresh_assessment_rows(ids, now)
    current_snapshots(ids, now)
