"""HRV4Training `MyMeasurements.csv`: one row per morning measurement; zeros if only questions were answered.

The Android app writes dates as year-day-month, so the order is detected from the whole file. Notes have no
quotes, and a comma in a note shifts all later cells. So only columns before the notes are read; vo2max is
not. `sleep_time` is an answer to a question, not a reading.

The iOS app writes `timestamp_measurement` instead: an instant in UTC. Its day is the athlete's local one. On
a phone with a 12-hour clock it is “2026-06-01 07:11:05 AM +0000” or “6/1/26, 7:11 AM”.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo

from metrics.health.imports.dates import (
    build_date_reader,
    detect_date_order,
    parse_local_day,
    parse_ordered_day,
    split_day,
)
from metrics.health.imports.days import DayRow, read_measurements
from metrics.health.imports.table import CsvRecord, CsvTable

COLUMNS = {"rMSSD": "hrv_rmssd_ms", "SDNN": "hrv_sdnn_ms", "HR": "resting_hr_bpm"}
IDENTIFYING_COLUMNS = (
    frozenset({"date", "rMSSD", "HRV4T_Recovery_Points"}),
    frozenset({"timestamp_measurement", "rMSSD"}),
)
TIME_COLUMN = "timestamp_measurement"


def build_hrv4training_reader(
    table: CsvTable, zone: tzinfo, today: date | None
) -> Callable[[CsvRecord], DayRow]:
    """Return the reader of this file's records. Raises FileError if days and months are ambiguous."""
    if "date" not in table.header:
        times = (record.cells.get(TIME_COLUMN, "") for record in table.records)
        read_date = build_date_reader((split_day(text) for text in times), today)
        return lambda record: DayRow(
            record.line,
            parse_local_day(record.cells[TIME_COLUMN], read_date, zone),
            read_measurements(record, COLUMNS),
        )
    order = detect_date_order([record.cells.get("date", "") for record in table.records], ("ymd", "ydm"))
    return lambda record: DayRow(
        record.line, parse_ordered_day(record.cells["date"], order), read_measurements(record, COLUMNS)
    )
