"""Elite HRV: one row per measurement. The morning reading is a day's; open readings and exercises are not.

`Rmssd` and `Sdnn` are in milliseconds, `HR` is the mean heart rate at rest. Older tables call the time
“Datetime”. Columns as in the readers of GoldenCheetah (MeasuresCsvImport.cpp) and Intervals.Model.EliteHRV.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo

from metrics.health.imports.dates import build_date_reader, parse_local_day, split_day
from metrics.health.imports.days import DayRow, read_measurements
from metrics.health.imports.table import CsvRecord, CsvTable, Header

COLUMNS = {"Rmssd": "hrv_rmssd_ms", "Sdnn": "hrv_sdnn_ms", "HR": "resting_hr_bpm"}
TIME_COLUMNS = ("Date Time Start", "Datetime")
IDENTIFYING_COLUMNS = frozenset({"Rmssd", "HR", "lnRmssd"})
MORNING_WORDS = ("readiness", "morning")


def is_elite_hrv_table(header: Header) -> bool:
    return set(header) >= IDENTIFYING_COLUMNS and any(column in header for column in TIME_COLUMNS)


def build_elite_hrv_reader(
    table: CsvTable, zone: tzinfo, today: date | None
) -> Callable[[CsvRecord], DayRow | None]:
    """Return the reader of this file's records. Raises FileError if days and months are ambiguous."""
    time_column = next(column for column in TIME_COLUMNS if column in table.header)
    times = (record.cells.get(time_column, "") for record in table.records)
    read_date = build_date_reader((split_day(text) for text in times), today)

    def read_day(record: CsvRecord) -> DayRow | None:
        if not is_morning_reading(record):
            return None
        day = parse_local_day(record.cells[time_column], read_date, zone)
        return DayRow(record.line, day, read_measurements(record, COLUMNS))

    return read_day


def is_morning_reading(record: CsvRecord) -> bool:
    """By its type, or by its score. A table that has neither column has morning readings only."""
    kind, score = record.cells.get("Type"), record.cells.get("Morning Readiness")
    if kind is None and score is None:
        return True
    return bool(score) or any(word in (kind or "").lower() for word in MORNING_WORDS)
