"""What of an activity is read row by row: its laps and its fastest stretches, in the units of whoever looks."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.activities.measure import laps_from
from metrics.formatting import distance_text, duration_text, number_text
from metrics.models import Activity
from metrics.pace_or_speed import going_text
from metrics.science.pace import METRES_PER_MILE

NAMED_M = {METRES_PER_MILE: "1 mile", 21_097.5: "Half marathon", 42_195.0: "Marathon"}


@dataclass(frozen=True, slots=True)
class LapRow:
    distance: str
    time: str
    going: str
    heart_rate: str


@dataclass(frozen=True, slots=True)
class EffortRow:
    """`time` is moving time; `begins` is how long after the start of the activity."""

    stretch: str
    time: str
    going: str
    begins: str


def lap_rows(activity: Activity, units: str) -> list[LapRow]:
    """The laps as the device closed them; one alone is the activity itself."""
    streams = getattr(activity, "streams", None)
    laps = laps_from(streams.laps) if streams else []
    if len(laps) < 2:
        return []
    times = [lap.elapsed_s if lap.timer_s is None else lap.timer_s for lap in laps]
    return [
        LapRow(
            distance_text(lap.distance_m, units, 2),
            duration_text(time_s),
            going_text(time_s, lap.distance_m, activity.activity_type, units),
            number_text(lap.avg_hr_bpm),
        )
        for lap, time_s in zip(laps, times, strict=True)
    ]


def effort_rows(activity: Activity, units: str) -> list[EffortRow]:
    """Its fastest stretches over standard distances, the shortest first."""
    return [
        EffortRow(
            _stretch(effort["distance_m"]),
            duration_text(effort["duration_s"]),
            going_text(effort["duration_s"], effort["distance_m"], activity.activity_type, units),
            duration_text(effort["start_s"]),
        )
        for effort in activity.best_efforts
    ]


def _stretch(metres: float) -> str:
    """What runners call a distance, in whatever units they count the rest."""
    if metres in NAMED_M:
        return NAMED_M[metres]
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
