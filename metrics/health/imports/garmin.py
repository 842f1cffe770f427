"""Tables of Garmin Connect's health pages: HRV status, resting heart rate, sleep. English and German.

The cells have units: “54ms”, “52 bpm”, “7h 55min”. The column “HRV Status” of the sleep table is not read:
some versions have the night's mean there, others that of a week. Tables of weeks are not read either.

Headers as in the readers of these projects: Vitalis (import_garmin_csv.py), garmin_hrv_to_atem.py, and
the CSV parsers of several dashboards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, tzinfo

from metrics.health.imports.dates import build_date_reader
from metrics.health.imports.days import DayRow, UnexpectedCellError, shorten_for_message
from metrics.health.imports.table import CsvRecord, CsvTable, Header

DATE_COLUMNS = frozenset({"", "Date", "Datum"})
HRV_COLUMNS = ("Overnight HRV", "HRV Overnight", "HFV über Nacht", "Ø HFV über Nacht")
RESTING_HR_COLUMNS = ("Resting Heart Rate", "Resting HR", "Ruheherzfrequenz")
DURATION_COLUMNS = ("Duration", "Dauer")
SLEEP_DATE = "Sleep Score"
MAX_RESTING_HR_COLUMNS = 4
"""A wider table with a resting heart rate comes from elsewhere."""

_NUMBER = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(?:ms|bpm|spm|/min)?", re.IGNORECASE | re.ASCII)
_DURATION = re.compile(
    r"(?:(?P<hours>[0-9]{1,2})\s*(?:h|Std\.?))?\s*(?:(?P<minutes>[0-9]{1,2})\s*(?:m|min|Min\.?)\.?)?",
    re.ASCII,
)
NOT_MEASURED = frozenset({"", "-", "--", "---"})


def is_hrv_table(header: Header) -> bool:
    return header[:1] != () and header[0] in DATE_COLUMNS and _find_column(header, HRV_COLUMNS) is not None


def is_resting_hr_table(header: Header) -> bool:
    return (
        2 <= len(header) <= MAX_RESTING_HR_COLUMNS
        and header[0] in DATE_COLUMNS
        and header[1] in RESTING_HR_COLUMNS
    )


def is_sleep_table(header: Header) -> bool:
    """The first column is called “Sleep Score 4 Weeks”, and has the days."""
    return (
        header[:1] != ()
        and header[0].startswith(SLEEP_DATE)
        and _find_column(header, DURATION_COLUMNS) is not None
    )


def build_garmin_reader(table: CsvTable, zone: tzinfo, today: date | None) -> Callable[[CsvRecord], DayRow]:
    """Return the reader of this file's records. Raises FileError if days and months are ambiguous."""
    date_column = table.header[0]
    numbers = {
        column: reading
        for columns, reading in ((HRV_COLUMNS, "hrv_rmssd_ms"), (RESTING_HR_COLUMNS, "resting_hr_bpm"))
        if (column := _find_column(table.header, columns)) is not None
    }
    duration = _find_column(table.header, DURATION_COLUMNS) if is_sleep_table(table.header) else None
    read_date = build_date_reader((record.cells[date_column] for record in table.records), today)

    def read_day(record: CsvRecord) -> DayRow:
        values = {reading: _parse_number(record.cells[column]) for column, reading in numbers.items()}
        if duration is not None:
            values["sleep_s"] = _parse_duration_s(record.cells[duration])
        measured = {reading: value for reading, value in values.items() if value}
        return DayRow(record.line, read_date(record.cells[date_column]), measured)

    return read_day


def _find_column(header: Header, names: tuple[str, ...]) -> str | None:
    return next((column for column in header if column in names), None)


def _parse_number(text: str) -> float:
    if text in NOT_MEASURED:
        return 0.0
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise UnexpectedCellError(f"“{shorten_for_message(text)}” is not a number")
    return float(found[1].replace(",", "."))


def _parse_duration_s(text: str) -> float:
    if text in NOT_MEASURED:
        return 0.0
    found = _DURATION.fullmatch(text)
    if found is None or not (found["hours"] or found["minutes"]):
        raise UnexpectedCellError(f"“{shorten_for_message(text)}” is not a duration")
    return 3_600.0 * int(found["hours"] or 0) + 60.0 * int(found["minutes"] or 0)
