"""The days of an Apple Health export, as the planner of imports writes them beside the upload.

`{"apple_health_days": [{"date": "2026-06-01", "hrv_sdnn_ms": 61.2, …}, …]}`
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from metrics.health.imports.days import DayRow, parse_day
from metrics.health.imports.garmin_json import read_positive_number

DAYS_KEY = "apple_health_days"
READINGS = ("hrv_rmssd_ms", "hrv_sdnn_ms", "resting_hr_bpm", "vo2max_ml_kg_min", "sleep_s", "weight_kg")


def encode_apple_days(days: Iterable[DayRow]) -> bytes:
    """Equal days give equal bytes."""
    rows = [{"date": day.date.isoformat(), **dict(sorted(day.values.items()))} for day in days]
    return json.dumps({DAYS_KEY: rows}, separators=(",", ":")).encode()


def read_apple_day(place: int, record: Mapping[str, Any]) -> DayRow:
    """Raises UnexpectedCellError."""
    text = record.get("date")
    values = {name: read_positive_number(record, name) for name in READINGS}
    return DayRow(
        place,
        parse_day(text if isinstance(text, str) else ""),
        {name: value for name, value in values.items() if value},
    )
