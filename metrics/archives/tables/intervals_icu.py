"""Read `activities.csv` of intervals.icu."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from metrics.archives.items import ActivityDescription, ActivityEntry

from .activity_types import parse_activity_type
from .cell_dates import convert_to_utc
from .cell_values import parse_cell_number, parse_positive, parse_yes
from .csv_rows import CsvRow
from .header_columns import read_named_cells
from .table_entry import TableEntry

REQUIRED = ("start_date_local", "moving_time", "icu_training_load", "type")
FIELDS = {
    name: name
    for name in (
        *REQUIRED,
        *("start_date", "name", "distance", "elapsed_time", "total_elevation_gain", "average_speed"),
        *("max_heartrate", "average_heartrate", "average_cadence", "calories", "icu_rpe", "commute", "race"),
        *("sub_type", "icu_recording_time", "gear", "description"),
    )
}
FIELD_BY_NAME = {name.replace("_", " "): name for name in FIELDS}
MOST_TIMES_TOO_LONG = 1.5
LONGEST_S = 86_400.0
MAX_ELAPSED_S = 3 * 86_400.0
REMARK = "Its moving time of {wrong:,.0f} s cannot be true. {right:,.0f} s are used, as its speed says."


def read_intervals_activities(rows: Sequence[CsvRow], zone: tzinfo) -> list[TableEntry] | None:
    """The activities of the table. None if it is another one."""
    read = read_named_cells(rows, FIELD_BY_NAME, REQUIRED)
    return None if read is None else [_read_row(cells, line, zone) for cells, line in read]


def _read_row(cells: dict[str, str], line: int, zone: tzinfo) -> TableEntry:
    sport, sub_type = parse_activity_type(cells["type"])
    effort = parse_cell_number(cells.get("icu_rpe", ""))
    description = ActivityDescription(
        name=cells.get("name", "")[:200],
        activity_type=sport,
        sub_type=sub_type,
        is_race=parse_yes(cells.get("race", "")),
        perceived_effort=round(effort) if effort is not None and 1 <= effort <= 10 else None,
        athlete_note=cells.get("description", "").replace("\\n", "\n")[:10_000],
        gear=cells.get("gear", "")[:200],
        is_commute=parse_yes(cells.get("commute", "")),
    )
    duration_s, remark = _read_duration(cells)
    entry = _build_entry(cells, duration_s, sport, zone)
    return TableEntry(f"line {line}", entry, description, remark)


def _read_duration(cells: dict[str, str]) -> tuple[float, str]:
    """The moving time. Some are of days, though the speed is right: then the recording time is right too."""
    moving_s = parse_positive(cells["moving_time"]) or parse_positive(cells.get("elapsed_time", "")) or 0.0
    distance_m = parse_positive(cells.get("distance", ""))
    speed_mps = parse_positive(cells.get("average_speed", ""))
    recorded_s = parse_positive(cells.get("icu_recording_time", ""))
    by_speed_s = distance_m / speed_mps if distance_m and speed_mps else None
    right_s = by_speed_s if recorded_s is None and moving_s > LONGEST_S else recorded_s
    is_wrong = (
        by_speed_s is not None
        and right_s is not None
        and moving_s > MOST_TIMES_TOO_LONG * max(by_speed_s, right_s)
    )
    if not is_wrong or right_s is None:
        return moving_s, ""
    return right_s, REMARK.format(wrong=moving_s, right=right_s)


def _build_entry(cells: dict[str, str], duration_s: float, sport: str, zone: tzinfo) -> ActivityEntry | None:
    started = _parse_start(cells, zone)
    if started is None:
        return None
    started_at, utc_offset_min = started
    elapsed_s = parse_positive(cells.get("elapsed_time", ""))
    is_elapsed_plausible = elapsed_s is not None and duration_s <= elapsed_s <= MAX_ELAPSED_S
    cadence = parse_positive(cells.get("average_cadence", ""))
    return ActivityEntry(
        started_at=started_at,
        duration_s=duration_s,
        utc_offset_min=utc_offset_min,
        elapsed_s=elapsed_s if is_elapsed_plausible else None,
        moving_time_s=duration_s or None,
        distance_m=parse_positive(cells.get("distance", "")),
        elevation_gain_m=parse_positive(cells.get("total_elevation_gain", "")),
        avg_hr_bpm=parse_positive(cells.get("average_heartrate", "")),
        max_hr_bpm=parse_positive(cells.get("max_heartrate", "")),
        avg_cadence_spm=cadence * 2 if cadence and sport in ("run", "walk", "hike") else cadence,
        calories_kcal=parse_positive(cells.get("calories", "")),
    )


def _parse_start(cells: dict[str, str], zone: tzinfo) -> tuple[datetime, int | None] | None:
    """The start, and the offset of the place. `start_date` is in UTC; it may be missing."""
    try:
        local = datetime.fromisoformat(cells["start_date_local"])
    except ValueError:
        return None
    try:
        started = datetime.fromisoformat(cells.get("start_date", ""))
    except ValueError:
        started_at = convert_to_utc(local.replace(tzinfo=local.tzinfo or zone))
        return (started_at, None) if started_at else None
    started_at = convert_to_utc(started.replace(tzinfo=started.tzinfo or UTC))
    if started_at is None:
        return None
    minutes = round((local.replace(tzinfo=UTC) - started_at).total_seconds() / 60)
    return started_at, minutes if abs(minutes) <= 15 * 60 else None
