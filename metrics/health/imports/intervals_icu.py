"""intervals.icu `wellness.csv`: one row per day, newest first; most cells are empty.

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
IDENTIFYING_COLUMNS = frozenset({"date", "hrv", "restingHR", "sleepSecs"})


def read_day(record: CsvRecord) -> DayRow:
    return DayRow(record.line, parse_day(record.cells["date"]), read_measurements(record, COLUMNS))
