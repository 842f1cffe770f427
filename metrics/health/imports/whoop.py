"""Whoop `physiological_cycles.csv` and `sleeps.csv`.

A cycle runs from one falling asleep to the next, and its readings are those of its night. It belongs to the
local date of waking up: the file gives its times in the cycle's own time zone. It need not have an end, because
today's has none yet. A cycle without sleep measured nothing. `sleeps.csv` has the same nights once more; naps
are left out, so that both files say the same of a day. Heart rate variability is rMSSD.
"""

from __future__ import annotations

from datetime import date

from metrics.health.imports.days import DayRow, day, measurements
from metrics.health.imports.table import Record

READINGS = {"Heart rate variability (ms)": "hrv_rmssd_ms", "Resting heart rate (bpm)": "resting_hr_bpm"}
DURATIONS = {"Asleep duration (min)": "sleep_s"}
CYCLES_RECOGNISED_BY = frozenset({"Cycle start time", "Wake onset", *READINGS})
SLEEPS_RECOGNISED_BY = frozenset({"Cycle start time", "Wake onset", "Nap", *DURATIONS})


def read_cycle(record: Record) -> DayRow | None:
    values = measurements(record, READINGS) | measurements(record, DURATIONS, unit=60.0)
    return DayRow(record.line, _woke_up_on(record), values) if values else None


def read_sleep(record: Record) -> DayRow | None:
    values = measurements(record, DURATIONS, unit=60.0)
    nap = record.cells["Nap"].lower() == "true"
    return DayRow(record.line, _woke_up_on(record), values) if values and not nap else None


def _woke_up_on(record: Record) -> date:
    return day(record.cells["Wake onset"][:10])
