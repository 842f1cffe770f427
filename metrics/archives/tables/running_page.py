"""Read `activities.json` of running_page, a page of runs that collects them from many services."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from metrics.archives.items import ActivityDescription, ActivityEntry
from metrics.files.errors import UNREADABLE_FILE, FileError

from .activity_types import parse_activity_type
from .csv_rows import clean_text
from .table_entry import TableEntry

KEYS = (b'"run_id"', b'"start_date_local"', b'"moving_time"', b'"summary_polyline"')
MAX_NUMBER = 1e9
_DURATION = re.compile(r"(?:(\d{1,3}) days?, )?(\d{1,4}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?")


def is_running_page(head: bytes) -> bool:
    return head.lstrip()[:1] == b"[" and all(key in head for key in KEYS)


def read_running_page(data: bytes, name: str) -> list[TableEntry]:
    """The activities of the file. Raises FileError (UNREADABLE_FILE)."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FileError(UNREADABLE_FILE, f"{name} isn't a readable JSON file.") from error
    values = content if isinstance(content, list) else []
    return [_read_activity(value, place) for place, value in enumerate(values, 1) if isinstance(value, dict)]


def _read_activity(value: dict[str, Any], place: int) -> TableEntry:
    sport, sub_type = parse_activity_type(_read_text(value, "type"))
    description = ActivityDescription(
        name=_read_text(value, "name")[:200],
        activity_type=sport,
        sub_type=parse_activity_type(_read_text(value, "subtype"))[1] or sub_type,
    )
    started_at = _parse_instant(_read_text(value, "start_date"))
    if started_at is None:
        return TableEntry(f"activity {place}", None, description)
    local = _parse_instant(_read_text(value, "start_date_local"))
    offset_min = round((local - started_at).total_seconds() / 60) if local else None
    entry = ActivityEntry(
        started_at=started_at,
        duration_s=_parse_duration(_read_text(value, "moving_time")),
        utc_offset_min=offset_min if offset_min is not None and abs(offset_min) <= 15 * 60 else None,
        distance_m=_read_positive(value, "distance"),
        elevation_gain_m=_read_positive(value, "elevation_gain"),
        avg_hr_bpm=_read_positive(value, "average_heartrate"),
        max_hr_bpm=_read_positive(value, "max_heartrate"),
        avg_cadence_spm=_read_positive(value, "average_cadence"),
    )
    return TableEntry(f"activity {place}", entry, description)


def _parse_instant(text: str) -> datetime | None:
    """Both times have no zone, or the one of UTC."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _parse_duration(text: str) -> float:
    found = _DURATION.fullmatch(text)
    if found is None:
        return 0.0
    days, hours, minutes, seconds, fraction = (part or "0" for part in found.groups())
    whole = timedelta(days=int(days), hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    return whole.total_seconds() + float(f"0.{fraction}")


def _read_positive(value: dict[str, Any], key: str) -> float | None:
    number = value.get(key)
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return float(number) if 0 < number < MAX_NUMBER else None


def _read_text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    return clean_text(text) if isinstance(text, str) else ""
