"""intervals.icu `wellness.csv`: one row per day, newest first; most cells are empty.

The page calls the column of the day `date`, the API calls it `id`.

`hrv` is rMSSD, `weight` is in kg. The load columns (`ctl`, `atl`, …) are computed by that service and are not
read. Nor are the answers of the athlete (`soreness`, `mood`, …): their scale is another one, from 1 to 4.
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
    "weight": "weight_kg",
}
READING_COLUMNS = frozenset({"hrv", "restingHR", "sleepSecs"})
IDENTIFYING_COLUMNS = (READING_COLUMNS | {"date"}, READING_COLUMNS | {"id"})


def read_day(record: CsvRecord) -> DayRow:
    day = record.cells["date"] if "date" in record.cells else record.cells["id"]
    return DayRow(record.line, parse_day(day), read_measurements(record, COLUMNS))
