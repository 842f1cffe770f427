"""HRV4Training `MyMeasurements.csv`: a row per morning measurement, zeros where only questions were answered.

The Android app writes dates as year-day-month, so the order is found over the whole file. Notes are written
without quotes and a comma in one shifts every later cell: only what stands before them is read, which leaves
the vo2max column out. `sleep_time` is an answer to a question and no reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from metrics.files.errors import UNREADABLE_FILE, FileRefused
from metrics.health.imports.days import DayRow, NotAsDocumented, day, measurements
from metrics.health.imports.table import Record, Table

COLUMNS = {"rMSSD": "hrv_rmssd_ms", "SDNN": "hrv_sdnn_ms", "HR": "resting_hr_bpm"}
RECOGNISED_BY = frozenset({"date", "rMSSD", "HRV4T_Recovery_Points"})

ReadDate = Callable[[str], date]


def day_reader(table: Table) -> Callable[[Record], DayRow]:
    """How a record of this file is read. Raises FileRefused where days and months cannot be told apart."""
    read_date = date_order([record.cells["date"] for record in table.records])
    return lambda record: DayRow(record.line, read_date(record.cells["date"]), measurements(record, COLUMNS))


def month_first(text: str) -> date:
    return day(text)


def day_first(text: str) -> date:
    year, middle, last = text.split("-") if text.count("-") == 2 else (text, "", "")
    return day(f"{year}-{last}-{middle}")


def date_order(texts: Iterable[str]) -> ReadDate:
    """The order in which most of these dates exist; of two, the one that puts them closer together.

    Measurements are daily: 2017-09-08, 2017-10-08, 2017-11-08 are three days of August and not one a month.
    """
    dates = list(texts)
    found = {order: _existing(dates, order) for order in (month_first, day_first)}
    counts = {order: len(days) for order, days in found.items()}
    if counts[month_first] != counts[day_first]:
        return max(counts, key=counts.__getitem__)
    spans = {
        order: max(days, default=date.min) - min(days, default=date.min) for order, days in found.items()
    }
    if spans[month_first] == spans[day_first] and found[month_first] != found[day_first]:
        message = "Whether its dates put the day or the month first cannot be told; export a longer time."
        raise FileRefused(UNREADABLE_FILE, message)
    return min(spans, key=spans.__getitem__)


def _existing(texts: Iterable[str], order: ReadDate) -> list[date]:
    days = []
    for text in texts:
        try:
            days.append(order(text))
        except NotAsDocumented:
            continue
    return days
