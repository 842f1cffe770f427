"""The items of an import: what an upload contains, in the order in which it is stored.

A plan lists items. Each can be written as JSON, so that another process can store it later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any


class UploadKind(StrEnum):
    """What an upload is, by its content."""

    STRAVA_EXPORT = "strava_export"
    GARMIN_EXPORT = "garmin_export"
    APPLE_HEALTH = "apple_health"
    ASTRAL_EXPORT = "astral_export"
    HEALTH_CSV = "health_csv"
    FOLDER = "folder"  # recordings and anything else


class ItemKind(StrEnum):
    RECORDING = "recording"  # bytes of a FIT, GPX or TCX file, plain or gzipped
    ENTRY = "entry"  # totals of an activity without a recording
    HEALTH = "health"  # readings by day
    SETTINGS = "settings"  # rows of Astral's own archive that come before all others
    ROWS = "rows"  # other rows of Astral's own archive
    UNREAD = "unread"  # it is named with the reason


@dataclass(frozen=True, slots=True)
class ActivityDescription:
    """What an export says of an activity beside its recording. Empty: it says nothing.

    `activity_type` is one of Astral's sports. `cropped_to`: the first and last instant that the service has.
    The owner has cropped the activity there if the recording begins well before it, or ends well after it.
    """

    name: str = ""
    activity_type: str = ""
    sub_type: str = ""
    is_race: bool = False
    perceived_effort: int | None = None
    athlete_note: str = ""
    private_note: str = ""
    gear: str = ""
    is_commute: bool = False
    cropped_to: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """The totals of an activity without a recording. None: not measured. `started_at` is in UTC."""

    started_at: datetime
    duration_s: float
    utc_offset_min: int | None = None
    elapsed_s: float | None = None
    moving_time_s: float | None = None
    distance_m: float | None = None
    elevation_gain_m: float | None = None
    elevation_loss_m: float | None = None
    avg_hr_bpm: float | None = None
    max_hr_bpm: float | None = None
    avg_cadence_spm: float | None = None
    calories_kcal: float | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class ImportItem:
    """One line of an import's report.

    `name` is for people: the path in the archive, or “activities.csv, line 17”. `locator` finds the bytes
    among the members of the upload; it is empty for entries. `size_bytes` is the work that the item takes.
    A recording may have an entry too: the totals that the export says of it, if its bytes cannot be read.
    `code` and `reason` say why something is not read; the reason of an entry says what was corrected.
    `table`: the file of Astral's own archive that the rows of an item are of.
    """

    name: str
    kind: ItemKind
    locator: str = ""
    size_bytes: int = 0
    description: ActivityDescription | None = None
    entry: ActivityEntry | None = None
    code: str = ""
    reason: str = ""
    table: str = ""


def serialize_details(item: ImportItem) -> dict[str, Any]:
    """The description, the entry and the table of an item as JSON."""
    details: dict[str, Any] = {
        name: _serialize_values(asdict(value))
        for name, value in (("description", item.description), ("entry", item.entry))
        if value is not None
    }
    return details | {"table": item.table} if item.table else details


def parse_description(details: Mapping[str, Any]) -> ActivityDescription | None:
    """The description that `serialize_details` wrote."""
    values = details.get("description")
    if values is None:
        return None
    cropped_to = values.get("cropped_to")
    interval = None if cropped_to is None else (_parse_instant(cropped_to[0]), _parse_instant(cropped_to[1]))
    return ActivityDescription(**_known_fields(ActivityDescription, values) | {"cropped_to": interval})


def parse_entry(details: Mapping[str, Any]) -> ActivityEntry | None:
    """The entry that `serialize_details` wrote."""
    values = details.get("entry")
    if values is None:
        return None
    started_at = _parse_instant(values["started_at"])
    return ActivityEntry(**_known_fields(ActivityEntry, values) | {"started_at": started_at})


def _serialize_values(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _serialize_value(value) for name, value in values.items() if not _is_empty(value)}


def _is_empty(value: Any) -> bool:
    """Whether it says nothing. A distance of 0 m says something."""
    return value is None or value is False or value == ""


def _serialize_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [_serialize_value(part) for part in value] if isinstance(value, tuple) else value


def _parse_instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _known_fields(model: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(model)}
    return {name: value for name, value in values.items() if name in names}
