"""Oura: the table of trends of the web dashboard, and `sleepmodel.csv` of an account's export.

The heart rate variability is rMSSD, the mean of the night. The resting heart rate is the lowest of the night:
that is what Oura calls so. Times are in seconds. Older tables say “Total Sleep Time”, newer ones “Total Sleep
Duration”. In `sleepmodel.csv` naps and rests have rows of their own; the longest sleep is the night.

Columns as in the readers of mbalesni/heavy-sleeper, DarthKadik/kardialabsheealth and other projects.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo

from metrics.health.imports.dates import build_date_reader
from metrics.health.imports.days import DayRow, parse_day, read_measurements
from metrics.health.imports.table import CsvRecord, CsvTable, Header

TREND_COLUMNS = {
    "Average HRV": "hrv_rmssd_ms",
    "Lowest Resting Heart Rate": "resting_hr_bpm",
    "Total Sleep Duration": "sleep_s",
}
OLDER_TREND_COLUMNS = {"Total Sleep Time": "sleep_s"}
NIGHT_COLUMNS = {
    "average_hrv": "hrv_rmssd_ms",
    "lowest_heart_rate": "resting_hr_bpm",
    "total_sleep_duration": "sleep_s",
}
NIGHT = "long_sleep"


def is_trend_table(header: Header) -> bool:
    known = set(header)
    return "date" in known and len(known & (TREND_COLUMNS | OLDER_TREND_COLUMNS).keys()) >= 2


def is_night_table(header: Header) -> bool:
    return {"day", "type", *NIGHT_COLUMNS} <= set(header)


def build_trend_reader(table: CsvTable, zone: tzinfo, today: date | None) -> Callable[[CsvRecord], DayRow]:
    """Return the reader of a table of trends. Raises FileError if days and months are ambiguous."""
    read_date = build_date_reader((record.cells.get("date", "") for record in table.records), today)
    known = TREND_COLUMNS if "Total Sleep Duration" in table.header else OLDER_TREND_COLUMNS | TREND_COLUMNS
    columns = {column: reading for column, reading in known.items() if column in table.header}
    return lambda record: DayRow(
        record.line, read_date(record.cells["date"]), read_measurements(record, columns)
    )


def build_night_reader(
    table: CsvTable, zone: tzinfo, today: date | None
) -> Callable[[CsvRecord], DayRow | None]:
    """Return the reader of `sleepmodel.csv`. Naps, and all but the longest sleep of a day, give no row."""
    longest: dict[str, tuple[float, int]] = {}
    for record in table.records:
        if record.is_complete and record.cells["type"] == NIGHT:
            length = _parse_length(record.cells["total_sleep_duration"])
            found = longest.get(record.cells["day"], (-1.0, 0))
            if length > found[0]:
                longest[record.cells["day"]] = (length, record.line)

    def read_night(record: CsvRecord) -> DayRow | None:
        if record.cells["type"] != NIGHT or longest[record.cells["day"]][1] != record.line:
            return None
        return DayRow(record.line, parse_day(record.cells["day"]), read_measurements(record, NIGHT_COLUMNS))

    return read_night


def _parse_length(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else 0.0
