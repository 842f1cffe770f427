"""Table rows of an activity: its laps and its best efforts, in the viewer's units."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.activities.measure import parse_laps
from metrics.formatting import format_duration, format_number
from metrics.models import Activity
from metrics.pace_or_speed import format_pace_or_speed, format_sport_distance
from metrics.science.pace import METRES_PER_MILE

DISTANCE_NAMES = {METRES_PER_MILE: "1 mile", 21_097.5: "Half marathon", 42_195.0: "Marathon"}


@dataclass(frozen=True, slots=True)
class LapRow:
    distance: str
    time: str
    pace_or_speed: str
    heart_rate: str


@dataclass(frozen=True, slots=True)
class EffortRow:
    """`time` is by the clock; `starts_after` is the time since the start of the activity."""

    distance_name: str
    time: str
    pace_or_speed: str
    starts_after: str


def build_lap_rows(activity: Activity, units: str) -> list[LapRow]:
    """The laps of the device. A single lap is the whole activity and gives no rows."""
    streams = getattr(activity, "streams", None)
    laps = parse_laps(streams.laps) if streams else []
    if len(laps) < 2:
        return []
    times = [lap.elapsed_s if lap.timer_s is None else lap.timer_s for lap in laps]
    return [
        LapRow(
            format_sport_distance(lap.distance_m, activity.activity_type, units, 2),
            format_duration(time_s),
            format_pace_or_speed(time_s, lap.distance_m, activity.activity_type, units),
            format_number(lap.avg_hr_bpm),
        )
        for lap, time_s in zip(laps, times, strict=True)
    ]


def build_effort_rows(activity: Activity, units: str) -> list[EffortRow]:
    """The best efforts over standard distances, shortest first."""
    return [
        EffortRow(
            name_distance(effort["distance_m"]),
            format_duration(effort["duration_s"]),
            format_pace_or_speed(effort["duration_s"], effort["distance_m"], activity.activity_type, units),
            format_duration(effort["start_s"]),
        )
        for effort in activity.best_efforts
    ]


def name_distance(metres: float) -> str:
    """The usual name of a race distance; it does not depend on the viewer's units."""
    if metres in DISTANCE_NAMES:
        return DISTANCE_NAMES[metres]
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
