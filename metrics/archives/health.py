"""Read the days of a file with health data, wherever it lies in an upload."""

from __future__ import annotations

from datetime import tzinfo

from metrics.health.imports.days import HealthExport
from metrics.health.imports.reading import read_health_export

from .items import ImportItem
from .members import Members


def read_health_days(members: Members, item: ImportItem, zone: tzinfo) -> HealthExport:
    """The days of a HEALTH item. Raises FileError."""
    return read_health_export(members.read_member(item.locator), item.name, zone)
