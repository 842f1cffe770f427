"""What is kept of athletes (snapshots and standings), brought up to date before anybody is shown it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from coaching.assessments import current as standing
from coaching.assessments.current import current_standings
from metrics.snapshots import current
from metrics.snapshots.current import current_snapshots

STAMPS = (
    "timezone", "data_version", "snapshot__data_version", "snapshot__local_date", "snapshot__formula",
    "standing__data_version", "standing__local_date", "standing__formula",
)  # fmt: skip


class Stamps(NamedTuple):
    """The columns STAMPS of one athlete; None where nothing is kept yet."""

    timezone: str
    data_version: int
    snapshot_version: int | None
    snapshot_date: date | None
    snapshot_formula: int | None
    standing_version: int | None
    standing_date: date | None
    standing_formula: int | None

    def is_current(self, today: date) -> bool:
        """As `is_current` of snapshots and standings, without their rows."""
        return (
            self.snapshot_version == self.standing_version == self.data_version
            and self.snapshot_date == self.standing_date == today
            and self.snapshot_formula == current.FORMULA
            and self.standing_formula == standing.FORMULA
        )


def renew_behind(athlete_ids: Iterable[UUID], now: datetime) -> None:
    """Renew what is kept of these athletes, in batches; the snapshots with the standings, where those are behind."""
    ids = list(athlete_ids)
    current_standings(ids, now)
    current_snapshots(ids, now)


def lookups(names: Iterable[str], prefix: str = "") -> list[Any]:
    """Names of columns as seen from another model."""
    return [f"{prefix}{name}" for name in names]
