"""Read the summaries of a Garmin export: `…_summarizedActivities.json`.

Distances and heights are in centimetres, times in milliseconds, energy in kilojoules. Speeds are a tenth of
metres per second; they are not used. The parts of a multisport activity name their sum.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from statistics import median
from typing import Any

from metrics.archives.items import ActivityDescription, ActivityEntry
from metrics.archives.tables.activity_types import parse_activity_type
from metrics.archives.tables.csv_rows import clean_text
from metrics.files.errors import UNREADABLE_FILE, FileError

EXPORT_KEY = "summarizedActivitiesExport"
RACE_EVENT_TYPE = 1
KJ_IN_KCAL = 4.184
LEAST_KJ_IN_KILOMETRE = 180.0
"""A runner needs 40 to 130 kcal for a kilometre. More than this is in kilojoules."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_OFFSET_MIN = 15 * 60
MAX_MILLISECONDS = 1e14


@dataclass(frozen=True, slots=True)
class GarminSummary:
    """One activity. `entry` is None if it has no start."""

    activity_id: str
    parent_id: str
    has_parts: bool  # it is the sum of a multisport activity
    description: ActivityDescription
    entry: ActivityEntry | None


def read_summaries(data: bytes, name: str) -> list[GarminSummary]:
    """The activities of a file. Raises FileError (UNREADABLE_FILE)."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FileError(UNREADABLE_FILE, f"{name} isn't a readable JSON file.") from error
    values = list(_iterate_activities(content))
    kj_in_energy_unit = KJ_IN_KCAL if _is_energy_in_kj(values) else 1.0
    return [_read_summary(value, kj_in_energy_unit) for value in values]


def _iterate_activities(content: Any) -> Iterator[Mapping[str, Any]]:
    for part in content if isinstance(content, list) else [content]:
        activities = part.get(EXPORT_KEY) if isinstance(part, dict) else None
        if isinstance(activities, list):
            yield from (activity for activity in activities if isinstance(activity, dict))


def _is_energy_in_kj(values: Sequence[Mapping[str, Any]]) -> bool:
    """Decide by the runs. Exports of all years have kilojoules so far."""
    per_kilometre = [
        energy / (distance / 100_000)
        for value in values
        if "running" in str(value.get("activityType"))
        and (energy := _read_positive(value, "calories"))
        and (distance := _read_positive(value, "distance"))
    ]
    return not per_kilometre or median(per_kilometre) >= LEAST_KJ_IN_KILOMETRE


def _read_summary(value: Mapping[str, Any], energy_unit: float) -> GarminSummary:
    sport, sub_type = parse_activity_type(_read_text(value, "activityType"))
    effort = _read_positive(value, "workoutRpe")  # ten times the effort
    return GarminSummary(
        activity_id=_read_text(value, "activityId"),
        parent_id=_read_text(value, "parentId"),
        has_parts=value.get("parent") is True,
        description=ActivityDescription(
            name=_read_text(value, "name")[:200],
            activity_type=sport,
            sub_type=sub_type,
            is_race=value.get("eventTypeId") == RACE_EVENT_TYPE,
            perceived_effort=round(effort / 10) if effort and 10 <= effort <= 100 else None,
            athlete_note=_read_text(value, "description")[:10_000],
        ),
        entry=_read_entry(value, energy_unit, sport),
    )


def _read_entry(value: Mapping[str, Any], energy_unit: float, sport: str) -> ActivityEntry | None:
    started_ms = _read_positive(value, "startTimeGmt") or _read_positive(value, "beginTimestamp")
    duration_ms = _read_positive(value, "duration") or _read_positive(value, "elapsedDuration") or 0.0
    if started_ms is None:
        return None
    return ActivityEntry(
        started_at=_convert_instant(started_ms),
        duration_s=duration_ms / 1_000,
        utc_offset_min=_read_offset(value, started_ms),
        elapsed_s=_read_scaled(value, "elapsedDuration", 1_000),
        moving_time_s=_read_scaled(value, "movingDuration", 1_000),
        distance_m=_read_scaled(value, "distance", 100),
        elevation_gain_m=_read_scaled(value, "elevationGain", 100),
        elevation_loss_m=_read_scaled(value, "elevationLoss", 100),
        avg_hr_bpm=_read_positive(value, "avgHr"),
        max_hr_bpm=_read_positive(value, "maxHr"),
        avg_cadence_spm=_read_cadence(value, sport),
        calories_kcal=_read_scaled(value, "calories", energy_unit),
    )


def _convert_instant(milliseconds: float) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def _read_offset(value: Mapping[str, Any], started_ms: float) -> int | None:
    """`startTimeLocal` is the local clock as if it were UTC."""
    local_ms = _read_positive(value, "startTimeLocal")
    offset_min = round((local_ms - started_ms) / 60_000) if local_ms else None
    return offset_min if offset_min is not None and abs(offset_min) <= MAX_OFFSET_MIN else None


def _read_cadence(value: Mapping[str, Any], sport: str) -> float | None:
    """Steps or turns a minute. `avgRunCadence` counts one leg."""
    if sport == "bike":
        return _read_positive(value, "avgBikeCadence")
    one_leg = _read_positive(value, "avgRunCadence")
    return _read_positive(value, "avgDoubleCadence") or (2 * one_leg if one_leg else None)


def _read_scaled(value: Mapping[str, Any], key: str, unit: float) -> float | None:
    number = _read_positive(value, key)
    return None if number is None else number / unit


def _read_positive(value: Mapping[str, Any], key: str) -> float | None:
    number = value.get(key)
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return float(number) if 0 < number < MAX_MILLISECONDS and isfinite(number) else None


def _read_text(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    return clean_text(str(text)) if isinstance(text, str | int) and not isinstance(text, bool) else ""
