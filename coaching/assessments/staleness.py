"""Checks whether stored snapshots and assessments are current, and recomputes stale ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from coaching.assessments import current as assessment
from coaching.assessments.current import current_assessments
from metrics.snapshots import current
from metrics.snapshots.current import current_snapshots

CACHE_STAMP_COLUMNS = (
    "timezone", "data_version", "snapshot__data_version", "snapshot__local_date", "snapshot__formula",
    "assessment__data_version", "assessment__local_date", "assessment__formula",
)  # fmt: skip


class CacheStamps(NamedTuple):
    """The CACHE_STAMP_COLUMNS of one athlete; None if nothing is stored yet."""

    timezone: str
    data_version: int
    snapshot_version: int | None
    snapshot_date: date | None
    snapshot_formula: int | None
    assessment_version: int | None
    assessment_date: date | None
    assessment_formula: int | None

    def is_current(self, today: date) -> bool:
        """As `is_current` of snapshots and assessments, without their rows."""
        return (
            self.snapshot_version == self.assessment_version == self.data_version
            and self.snapshot_date == self.assessment_date == today
            and self.snapshot_formula == current.SNAPSHOT_FORMULA
            and self.assessment_formula == assessment.FORMULA_VERSION
        )


def refresh_stale(athlete_ids: Iterable[UUID], now: datetime) -> None:
    """Recompute stale snapshots and assessments of these athletes, in batches."""
    ids = list(athlete_ids)
    current_assessments(ids, now)
    current_snapshots(ids, now)


def prefix_names(names: Iterable[str], prefix: str = "") -> list[Any]:
    """Names of columns as seen from another model."""
    return [f"{prefix}{name}" for name in names]
