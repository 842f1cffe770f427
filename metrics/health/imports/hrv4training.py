"""HRV4Training `MyMeasurements.csv`: one row per morning measurement; zeros if only questions were answered.

The Android app writes dates as year-day-month, so the order is detected from the whole file. Notes have no
quotes, and a comma in a note shifts all later cells. So only columns before the notes are read; vo2max is
not. `sleep_time` is an answer to a question, not a reading.

The iOS app writes `timestamp_measurement` instead: an instant in UTC. Its day is the athlete's local one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo

from metrics.files.errors import UNREADABLE_FILE, FileError
from metrics.health.imports.days import (
    DayRow,
    UnexpectedCellError,
    parse_day,
    read_measurements,
    shorten_for_message,
)
from metrics.health.imports.table import CsvRecord, CsvTable

COLUMNS = {"rMSSD": "hrv_rmssd_ms", "SDNN": "hrv_sdnn_ms", "HR": "resting_hr_bpm"}
IDENTIFYING_COLUMNS = (
    frozenset({"date", "rMSSD", "HRV4T_Recovery_Points"}),
    frozenset({"timestamp_measurement", "rMSSD"}),
)

ReadDate = Callable[[str], date]


def build_day_reader(table: CsvTable, zone: tzinfo) -> Callable[[CsvRecord], DayRow]:
    """Return the reader of this file's records. Raises FileError if days and months are ambiguous."""
    if "date" not in table.header:
        return lambda record: DayRow(
            record.line,
            parse_local_day(record.cells["timestamp_measurement"], zone),
            read_measurements(record, COLUMNS),
        )
    read_date = detect_date_order([record.cells["date"] for record in table.records])
    return lambda record: DayRow(
        record.line, read_date(record.cells["date"]), read_measurements(record, COLUMNS)
    )


def parse_local_day(text: str, zone: tzinfo) -> date:
    """The local day of an instant such as “2026-06-01 07:11:05 +0000”. Without an offset it is local time."""
    day, _, clock = text.partition(" ")
    if not clock:
        return parse_day(day)
    try:
        moment = datetime.fromisoformat(f"{parse_day(day)} {clock.replace(' ', '')}")
        return moment.astimezone(zone).date() if moment.tzinfo else moment.date()
    except (ValueError, OverflowError):
        raise UnexpectedCellError(f"“{shorten_for_message(text)}” is not a date and time") from None


def parse_month_first(text: str) -> date:
    return parse_day(text)


def parse_day_first(text: str) -> date:
    year, middle, last = text.split("-") if text.count("-") == 2 else (text, "", "")
    return parse_day(f"{year}-{last}-{middle}")


def detect_date_order(texts: Iterable[str]) -> ReadDate:
    """The order that makes most dates valid; on a tie, the one with the shorter time span.

    Measurements are daily: 2017-09-08, 2017-10-08, 2017-11-08 are three days of August, not three months.
    """
    dates = list(texts)
    found = {order: _parse_valid_dates(dates, order) for order in (parse_month_first, parse_day_first)}
    counts = {order: len(days) for order, days in found.items()}
    if counts[parse_month_first] != counts[parse_day_first]:
        return max(counts, key=counts.__getitem__)
    spans = {
        order: max(days, default=date.min) - min(days, default=date.min) for order, days in found.items()
    }
    if (
        spans[parse_month_first] == spans[parse_day_first]
        and found[parse_month_first] != found[parse_day_first]
    ):
        message = "The order of day and month in its dates is unclear. Export a longer time."
        raise FileError(UNREADABLE_FILE, message)
    return min(spans, key=spans.__getitem__)


def _parse_valid_dates(texts: Iterable[str], order: ReadDate) -> list[date]:
    days = []
    for text in texts:
        try:
            days.append(order(text))
        except UnexpectedCellError:
            continue
    return days
