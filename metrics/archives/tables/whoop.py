"""Read `workouts.csv` of Whoop. Its times are local; each row names its offset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone, tzinfo

from metrics.archives.items import ActivityDescription, ActivityEntry

from .activity_types import parse_activity_type
from .cell_dates import convert_to_utc
from .cell_values import parse_positive
from .csv_rows import CsvRow
from .header_columns import index_names, read_named_cells
from .table_entry import TableEntry

REQUIRED = ("start", "end", "type", "strain")
FIELD_BY_NAME = index_names(
    {
        "offset": ["Cycle timezone"],
        "start": ["Workout start time"],
        "end": ["Workout end time"],
        "minutes": ["Duration (min)"],
        "type": ["Activity name"],
        "strain": ["Activity Strain"],
        "calories": ["Energy burned (cal)"],
        "max_hr": ["Max HR (bpm)"],
        "avg_hr": ["Average HR (bpm)"],
        "distance": ["Distance (meters)"],
        "gain": ["Altitude gain (meters)"],
    }
)
_OFFSET = re.compile(r"UTC([+-])(\d{2}):(\d{2})")


def read_whoop_workouts(rows: Sequence[CsvRow], zone: tzinfo) -> list[TableEntry] | None:
    """The workouts of the table. None if it is another one."""
    read = read_named_cells(rows, FIELD_BY_NAME, REQUIRED)
    return None if read is None else [_read_row(cells, line, zone) for cells, line in read]


def _read_row(cells: dict[str, str], line: int, zone: tzinfo) -> TableEntry:
    sport, sub_type = parse_activity_type(cells["type"])
    offset_min = _parse_offset(cells.get("offset", ""))
    place = zone if offset_min is None else timezone(timedelta(minutes=offset_min))
    started_at, ended_at = _parse_instant(cells["start"], place), _parse_instant(cells["end"], place)
    description = ActivityDescription(name=cells["type"][:200], activity_type=sport, sub_type=sub_type)
    if started_at is None:
        return TableEntry(f"line {line}", None, description)
    minutes = parse_positive(cells.get("minutes", "")) or 0.0
    duration_s = (ended_at - started_at).total_seconds() if ended_at else 60 * minutes
    entry = ActivityEntry(
        started_at=started_at,
        duration_s=duration_s,
        utc_offset_min=offset_min,
        elapsed_s=duration_s if duration_s > 0 else None,
        distance_m=parse_positive(cells.get("distance", "")),
        elevation_gain_m=parse_positive(cells.get("gain", "")),
        avg_hr_bpm=parse_positive(cells.get("avg_hr", "")),
        max_hr_bpm=parse_positive(cells.get("max_hr", "")),
        calories_kcal=parse_positive(cells.get("calories", "")),
        device="WHOOP",
    )
    return TableEntry(f"line {line}", entry, description)


def _parse_offset(text: str) -> int | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return 0 if text in ("UTC", "UTCZ") else None
    minutes = int(found[2]) * 60 + int(found[3])
    return (-minutes if found[1] == "-" else minutes) if minutes <= 15 * 60 else None


def _parse_instant(text: str, place: tzinfo) -> datetime | None:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    return convert_to_utc(local.replace(tzinfo=local.tzinfo or place))
