"""intervals.icu `wellness.csv`: one row per day, newest first; most cells are empty.

The page calls the column of the day `date`, the API calls it `id`.

`hrv` is rMSSD. The load columns (`ctl`, `atl`, …) are computed by that service and are not read.
"""

from __future__ import annotations

from metrics.health.imports.days import DayRow, parse_day, read_measurements
from metrics.health.imports.table import CsvRecord

COLUMNS = {
    "hrv": "hrv_rmssd_ms",
    "hrvSDNN": "hrv_sdnn_ms",
    "restingHR": "resting_hr_bpm",
    "vo2max": "vo2max_ml_kg_min",
    "sleepSecs": "sleep_s",
}
READING_COLUMNS = frozenset({"hrv", "restingHR", "sleepSecs"})
IDENTIFYING_COLUMNS = (READING_COLUMNS | {"date"}, READING_COLUMNS | {"id"})


def read_day(record: CsvRecord) -> DayRow:
    day = record.cells["date"] if "date" in record.cells else record.cells["id"]
    return DayRow(record.line, parse_day(day), read_measurements(record, COLUMNS))
