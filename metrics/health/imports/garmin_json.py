"""The wellness files of a Garmin account's export: JSON, about 100 days in each.

* `UDSFile_*.json`: the resting heart rate of each day.
* `*_sleepData.json`: the stages of each night. Sleep is deep, light and REM sleep; `calendarDate` is the day
  of waking up. A night without stages (the watch was off) has no sleep: time in bed is not sleep.
* `*_healthStatusData.json`: the metric `HRV` is the night's rMSSD.
* `MetricsMaxMetData_*.json`: VO2max. Those of cycling are not read.
* `*_userBioMetrics.json`: the weight, in grams.

Fields as in the readers of these projects: parse_garmin_export.py (load_hrv, load_uds, load_sleep),
load_export.py (parse_weigh_ins), garmin-import.py (MetricsMaxMetData).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

from metrics.health.imports.days import UnexpectedCellError, parse_day, shorten_for_message

JsonRecord = Mapping[str, Any]
SLEEP_STAGES = ("deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds")
GRAMS_PER_KG = 1_000.0


@dataclass(frozen=True, slots=True)
class GarminFileKind:
    """A kind of file: keys of which each set must have one in the file's first records, and its reader."""

    key_sets: tuple[frozenset[str], ...]
    read_values: Callable[[JsonRecord], dict[str, float]]

    def has_keys(self, found: frozenset[str]) -> bool:
        return all(keys & found for keys in self.key_sets)


def read_positive_number(record: Any, *path: str) -> float:
    """The number at a path of keys. 0 if it is missing or no positive number: not measured."""
    value = record
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return number if isfinite(number) and number > 0 else 0.0


def read_calendar_date(record: JsonRecord) -> date:
    """The local date of a record. Raises UnexpectedCellError."""
    value = record.get("calendarDate")
    if value is None and isinstance(record.get("metaData"), Mapping):
        value = record["metaData"].get("calendarDate")
    if isinstance(value, Mapping):
        value = value.get("date")
    if isinstance(value, int) and not isinstance(value, bool):
        return _parse_unix_ms(value)
    return parse_day(value[:10] if isinstance(value, str) else "")


def _parse_unix_ms(value: int) -> date:
    try:
        return datetime.fromtimestamp(value / 1_000, UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UnexpectedCellError(f"“{shorten_for_message(str(value)[:30])}” is not a date") from None


def _read_daily_summary(record: JsonRecord) -> dict[str, float]:
    resting_hr = read_positive_number(record, "restingHeartRate") or read_positive_number(
        record, "currentDayRestingHeartRate"
    )
    return {"resting_hr_bpm": resting_hr}


def _read_sleep(record: JsonRecord) -> dict[str, float]:
    return {"sleep_s": sum(read_positive_number(record, stage) for stage in SLEEP_STAGES)}


def _read_health_status(record: JsonRecord) -> dict[str, float]:
    metrics = record.get("metrics")
    found = (
        read_positive_number(metric, "value")
        for metric in (metrics if isinstance(metrics, list) else [])
        if isinstance(metric, Mapping) and metric.get("type") == "HRV"
    )
    return {"hrv_rmssd_ms": next(found, 0.0)}


def _read_vo2max(record: JsonRecord) -> dict[str, float]:
    is_cycling = "CYCL" in str(record.get("sport", "")).upper()
    return {"vo2max_ml_kg_min": 0.0 if is_cycling else read_positive_number(record, "vo2MaxValue")}


def _read_weight(record: JsonRecord) -> dict[str, float]:
    return {"weight_kg": read_positive_number(record, "weight", "weight") / GRAMS_PER_KG}


_DATE_KEY = frozenset({"calendarDate"})

GARMIN_FILE_KINDS = (
    GarminFileKind((_DATE_KEY, frozenset({"sleepStartTimestampGMT", "deepSleepSeconds"})), _read_sleep),
    GarminFileKind((_DATE_KEY, frozenset({"metrics"}), frozenset({"type"})), _read_health_status),
    GarminFileKind((_DATE_KEY, frozenset({"vo2MaxValue"})), _read_vo2max),
    GarminFileKind((_DATE_KEY, frozenset({"metaData"}), frozenset({"weight", "sequence"})), _read_weight),
    GarminFileKind(
        (
            _DATE_KEY,
            frozenset(
                {"restingHeartRate", "currentDayRestingHeartRate", "totalSteps", "wellnessStartTimeGmt"}
            ),
        ),
        _read_daily_summary,
    ),
)
