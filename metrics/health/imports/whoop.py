"""Whoop `physiological_cycles.csv` and `sleeps.csv`.

A cycle runs from one falling asleep to the next, and its readings are those of its night. It belongs to the
local date of waking up: the file gives its times in the cycle's own time zone. It need not have an end, because
today's has none yet. A cycle without sleep measured nothing. `sleeps.csv` has the same nights once more; naps
are left out, so that both files say the same of a day. Heart rate variability is rMSSD.
"""

from __future__ import annotations

from datetime import date

from metrics.health.imports.days import DayRow, parse_day, read_measurements
from metrics.health.imports.table import CsvRecord

READING_COLUMNS = {
    "Heart rate variability (ms)": "hrv_rmssd_ms",
    "Resting heart rate (bpm)": "resting_hr_bpm",
}
DURATION_COLUMNS = {"Asleep duration (min)": "sleep_s"}
CYCLE_IDENTIFYING_COLUMNS = frozenset({"Cycle start time", "Wake onset", *READING_COLUMNS})
SLEEP_IDENTIFYING_COLUMNS = frozenset({"Cycle start time", "Wake onset", "Nap", *DURATION_COLUMNS})


def read_cycle(record: CsvRecord) -> DayRow | None:
    values = read_measurements(record, READING_COLUMNS) | read_measurements(
        record, DURATION_COLUMNS, unit=60.0
    )
    return DayRow(record.line, _parse_wake_date(record), values) if values else None


def read_sleep(record: CsvRecord) -> DayRow | None:
    values = read_measurements(record, DURATION_COLUMNS, unit=60.0)
    nap = record.cells["Nap"].lower() == "true"
    return DayRow(record.line, _parse_wake_date(record), values) if values and not nap else None


def _parse_wake_date(record: CsvRecord) -> date:
    return parse_day(record.cells["Wake onset"][:10])
