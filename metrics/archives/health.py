"""Health data among the files of an upload: tables and JSON of the services that Astral knows."""

from __future__ import annotations

from datetime import date, tzinfo

from metrics.health.imports.days import HealthExport
from metrics.health.imports.json_reading import HEAD_BYTES, detect_health_json, is_json, read_health_json
from metrics.health.imports.reading import detect_health_export, read_health_export

from .items import ImportItem
from .members import Members

__all__ = ["HEAD_BYTES", "detect_health_data", "read_health_data", "read_health_days"]


def detect_health_data(base_name: str, head: bytes) -> str:
    """The source of a file's days: “garmin”, “whoop”, “oura”, … "" if it is no known health export.

    The content decides: the header of a table, the keys of JSON. `head` is the first HEAD_BYTES.
    """
    return detect_health_json(head) if is_json(head) else detect_health_export(head)


def read_health_days(
    members: Members, item: ImportItem, zone: tzinfo, today: date | None = None
) -> HealthExport:
    """Read the days of an item of kind HEALTH. `zone` is the athlete's: some exports have instants.

    Some tables of Garmin Connect have days without a year. With `today` they are of the year before it;
    without, such a row is invalid. Raises FileError: UNREADABLE_FILE, FILE_TOO_LARGE.
    """
    return read_health_data(members.read_member(item.locator), item.name, zone, today)


def read_health_data(data: bytes, name: str, zone: tzinfo, today: date | None = None) -> HealthExport:
    """Read the days of a file: a table or JSON. The rules of `read_health_days` hold."""
    if is_json(data[:HEAD_BYTES]):
        return read_health_json(data, name)
    return read_health_export(data, name, zone, today)
