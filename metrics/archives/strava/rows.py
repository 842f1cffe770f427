"""One row of a Strava export: what it says of an activity, and its totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from metrics.archives.items import ActivityDescription, ActivityEntry
from metrics.archives.tables.activity_types import parse_activity_type
from metrics.archives.tables.cell_dates import parse_time
from metrics.archives.tables.cell_values import parse_cell_number, parse_positive, parse_yes
from metrics.archives.tables.csv_rows import CsvRow

from .columns import StravaColumns

MAX_NAME_LETTERS = 200
MAX_NOTE_LETTERS = 10_000
METRES_IN_KILOMETRES = 1_000.0
FASTEST_MPS = 60.0
"""A rounded distance that gives more than this was in metres. Strava rounds swims and rows to metres."""


@dataclass(frozen=True, slots=True)
class StravaRow:
    """`file_path` is as in the table; it is empty for an activity without a file."""

    line: int
    file_path: str
    description: ActivityDescription
    entry: ActivityEntry | None


def read_row(row: CsvRow, columns: StravaColumns, *, is_day_first: bool) -> StravaRow:
    """Read a row. Its dates are in UTC, in every language. `entry` is None without a date."""
    entry = _read_entry(row, columns, is_day_first=is_day_first)
    return StravaRow(
        row.line, row.get(columns.entered["filename"]), _read_description(row, columns, entry), entry
    )


def _read_description(
    row: CsvRow, columns: StravaColumns, entry: ActivityEntry | None
) -> ActivityDescription:
    def get_text(field: str) -> str:
        return row.get(columns.entered.get(field))

    effort = parse_cell_number(row.get(columns.exact.get("perceived_effort")))
    sport, sub_type = parse_activity_type(get_text("type"))
    return ActivityDescription(
        name=get_text("name")[:MAX_NAME_LETTERS],
        activity_type=sport,
        sub_type=sub_type,
        is_race=parse_yes(row.get(columns.exact.get("is_race"))),
        perceived_effort=round(effort) if effort is not None and 1 <= effort <= 10 else None,
        athlete_note=get_text("description")[:MAX_NOTE_LETTERS],
        private_note=get_text("private_note")[:MAX_NOTE_LETTERS],
        gear=get_text("gear")[:MAX_NAME_LETTERS],
        is_commute=parse_yes(get_text("commute")),
        cropped_to=_find_kept_interval(entry),
    )


def _find_kept_interval(entry: ActivityEntry | None) -> tuple[datetime, datetime] | None:
    """The first and the last instant on Strava. The file has the activity as it was before it was cropped."""
    if entry is None or not entry.elapsed_s:
        return None
    try:
        return entry.started_at, entry.started_at + timedelta(seconds=entry.elapsed_s)
    except OverflowError:
        return None


def _read_entry(row: CsvRow, columns: StravaColumns, *, is_day_first: bool) -> ActivityEntry | None:
    started_at = parse_time(row.get(columns.entered["date"]), UTC, is_day_first=is_day_first)
    elapsed_s = parse_positive(row.get(columns.exact.get("elapsed_s"))) or parse_positive(
        row.get(columns.entered["elapsed_s"])
    )
    moving_s = _read_exact(row, columns, "moving_s")
    duration_s = elapsed_s or moving_s or 0.0
    if started_at is None:
        return None
    is_run = parse_activity_type(row.get(columns.entered["type"]))[0] in ("run", "walk", "hike")
    cadence = _read_exact(row, columns, "avg_cadence")
    return ActivityEntry(
        started_at=started_at,
        duration_s=min(duration_s, moving_s) if moving_s else duration_s,
        elapsed_s=elapsed_s,
        moving_time_s=moving_s,
        distance_m=_read_distance(row, columns, duration_s),
        elevation_gain_m=_read_exact(row, columns, "elevation_gain_m"),
        elevation_loss_m=_read_exact(row, columns, "elevation_loss_m"),
        avg_hr_bpm=_read_exact(row, columns, "avg_hr_bpm"),
        max_hr_bpm=_read_exact(row, columns, "max_hr_bpm"),
        avg_cadence_spm=cadence * 2 if cadence and is_run else cadence,  # Strava counts one leg
        calories_kcal=_read_exact(row, columns, "calories_kcal"),
    )


def _read_exact(row: CsvRow, columns: StravaColumns, field: str) -> float | None:
    return parse_positive(row.get(columns.exact.get(field)))


def _read_distance(row: CsvRow, columns: StravaColumns, duration_s: float) -> float | None:
    """The exact distance, else the rounded one."""
    exact_m = _read_exact(row, columns, "distance_m")
    rounded = parse_positive(row.get(columns.entered["distance"]))
    if exact_m is not None or rounded is None:
        return exact_m
    in_metres = columns.is_metric_distance or rounded * METRES_IN_KILOMETRES > FASTEST_MPS * duration_s
    return rounded if in_metres else rounded * METRES_IN_KILOMETRES
