"""Whoop `physiological_cycles.csv` and `sleeps.csv`.

A cycle starts when the athlete falls asleep and ends at the next sleep; its readings belong to that night.
Its date is the local date of waking up: the file gives times in the cycle's own time zone. Today's cycle has
no end yet. A cycle without sleep has no readings. `sleeps.csv` has the same nights; naps are skipped, so both
files agree. Heart rate variability is rMSSD.
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
