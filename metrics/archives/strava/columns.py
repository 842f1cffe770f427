"""Which column of `activities.csv` is what: by its name in a known language, else by its position.

The file name stands between two blocks. The first has what the owner entered, and rounded distances
(kilometres; metres in 2018). The second repeats some names with exact values (metres, seconds). Strava adds
columns at the end, and added some before the file name; the order never changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metrics.archives.tables.cell_values import parse_cell_number
from metrics.archives.tables.csv_rows import CsvRow
from metrics.archives.tables.header_columns import normalize_header

from .headers import EXPORT_BEGINNING, FIELD_BY_HEADER

FILE_PATH = re.compile(r"[^/\n]{1,80}/[^/\n]{1,120}\.(?:fit|gpx|tcx)(?:\.gz)?", re.IGNORECASE)
LEAST_COLUMNS = 9
FIRST_ELAPSED, FIRST_DISTANCE = 5, 6
PLACES_AFTER_FILENAME = {
    "elapsed_s": 3,
    "moving_s": 4,
    "distance_m": 5,
    "elevation_gain_m": 8,
    "elevation_loss_m": 9,
    "avg_cadence": 17,
    "max_hr_bpm": 18,
    "avg_hr_bpm": 19,
    "calories_kcal": 22,
    "perceived_effort": 31,
}
REPEATED_FIELDS = {"elapsed_s": "elapsed_s", "distance": "distance_m", "max_hr_bpm": "max_hr_bpm"}
BOOLEANS = frozenset({"true", "false"})
CHECKED_ROWS = 50


@dataclass(frozen=True, slots=True)
class StravaColumns:
    """The column of each field. `exact`: those of the second block; it may be missing."""

    entered: Mapping[str, int]
    exact: Mapping[str, int]
    is_metric_distance: bool  # the rounded distance is in metres, as in 2018


def find_columns(rows: Sequence[CsvRow]) -> StravaColumns | None:
    """The columns by the header and the first rows. None: this is no table of a Strava export."""
    if not rows or len(rows[0].cells) < LEAST_COLUMNS:
        return None
    names = [FIELD_BY_HEADER.get(normalize_header(cell), "") for cell in rows[0].cells]
    filename = _find_filename(names, rows)
    is_known = tuple(names[: len(EXPORT_BEGINNING)]) == EXPORT_BEGINNING
    has_date_and_file = names[1] == "date" or "activities/" in _join_cells(rows, filename)
    if filename is None or not (is_known or has_date_and_file):
        return None
    entered = {name: place for place, name in enumerate(EXPORT_BEGINNING)}
    entered |= {"elapsed_s": FIRST_ELAPSED, "distance": FIRST_DISTANCE, "filename": filename}
    entered |= {"gear": filename - 1} | _find_between(names, filename, rows)
    header = rows[0].cells
    return StravaColumns(entered, _find_exact(names, filename, rows), header[1] == "date")


def _find_filename(names: Sequence[str], rows: Sequence[CsvRow]) -> int | None:
    """The column with the name “Filename”, else the one whose cells are paths of recordings."""
    if "filename" in names[LEAST_COLUMNS - 1 :]:
        return names.index("filename", LEAST_COLUMNS - 1)
    for row in rows[1:]:
        for place, cell in enumerate(row.cells[: len(names)]):
            if place >= LEAST_COLUMNS - 1 and FILE_PATH.fullmatch(cell.strip()):
                return place
    return None


def _join_cells(rows: Sequence[CsvRow], column: int | None) -> str:
    return " ".join(row.get(column) for row in rows[1:CHECKED_ROWS])


def _find_between(names: Sequence[str], filename: int, rows: Sequence[CsvRow]) -> dict[str, int]:
    """The commute and the private note: they stand between the distance and the gear.

    In an unknown language, the last column of true and false is the commute, and a note follows it.
    """
    found = {
        name: place
        for place, name in enumerate(names[FIRST_DISTANCE + 1 : filename], FIRST_DISTANCE + 1)
        if name in ("commute", "private_note", "gear")
    }
    if "commute" not in found:
        for place in range(FIRST_DISTANCE + 1, filename - 1):
            cells = {row.get(place).casefold() for row in rows[1 : CHECKED_ROWS * 4]}
            if cells <= BOOLEANS and cells:
                found["commute"] = place
    if "private_note" not in found and found.get("commute", filename) == filename - 3:
        found["private_note"] = filename - 2
    return found


def _find_exact(names: Sequence[str], filename: int, rows: Sequence[CsvRow]) -> dict[str, int]:
    """The columns of the second block. Positions are used only if the elapsed time is at its place."""
    found: dict[str, int] = {}
    for place, name in enumerate(names[filename + 1 :], filename + 1):
        if name:
            found.setdefault(REPEATED_FIELDS.get(name, name), place)
    if _has_equal_elapsed(rows, filename + PLACES_AFTER_FILENAME["elapsed_s"]):
        for field, place in PLACES_AFTER_FILENAME.items():
            if filename + place < len(names):
                found.setdefault(field, filename + place)
    return found


def _has_equal_elapsed(rows: Sequence[CsvRow], column: int) -> bool:
    """Whether a column repeats the elapsed time of the first block."""
    pairs = [
        (parse_cell_number(row.get(FIRST_ELAPSED)), parse_cell_number(row.get(column)))
        for row in rows[1 : 1 + CHECKED_ROWS]
    ]
    known = [(first, second) for first, second in pairs if first and second]
    return bool(known) and all(abs(first - second) <= 1 for first, second in known)
