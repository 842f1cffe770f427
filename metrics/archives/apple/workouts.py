"""A workout of Apple Health: its attributes, statistics and events.

Since iOS 16 the totals are in `<WorkoutStatistics>`; before, they were attributes of `<Workout>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from zoneinfo import ZoneInfo

from .moments import Moment, MomentReader, convert_instant

TYPE_PREFIX = "HKWorkoutActivityType"
SPORTS = {
    "Running": "run",
    "Walking": "walk",
    "Cycling": "bike",
    "HandCycling": "bike",
    "Swimming": "swim",
    "Hiking": "hike",
}
INDOOR_SUB_TYPES = {"run": "treadmill", "bike": "indoor_cycling", "walk": "indoor_walking"}
SWIMMING_PLACES = {"1": "lap_swimming", "2": "open_water"}

METRES = {"m": 1.0, "km": 1_000.0, "mi": 1_609.344, "yd": 0.9144, "ft": 0.3048, "cm": 0.01}
SECONDS = {"s": 1.0, "sec": 1.0, "min": 60.0, "hr": 3_600.0, "h": 3_600.0}
KILOCALORIES = {"kcal": 1.0, "Cal": 1.0, "kJ": 1 / 4.184, "cal": 0.001}
BEATS_PER_MINUTE = {"count/min": 1.0, "count/s": 60.0}

DISTANCE_TYPES = frozenset(
    f"HKQuantityTypeIdentifierDistance{kind}"
    for kind in ("WalkingRunning", "Cycling", "Swimming", "Wheelchair", "DownhillSnowSports")
)
ENERGY_TYPE = "HKQuantityTypeIdentifierActiveEnergyBurned"
HEART_RATE_TYPE = "HKQuantityTypeIdentifierHeartRate"
PAUSE_EVENTS = {"HKWorkoutEventTypePause": True, "HKWorkoutEventTypeResume": False}
MAX_PARTS = 200
"""Of pauses and of routes, for one workout."""
MAX_WORKOUT_S = 7 * 86_400
_SECOND_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(slots=True)
class Workout:
    """A workout while it is read. None: not said. Pauses are pairs of unix seconds."""

    kind: str  # Running, Yoga, …
    start: Moment
    end: Moment
    source: int
    duration_s: float | None = None
    distance_m: float | None = None
    energy_kcal: float | None = None
    avg_hr_bpm: float | None = None
    max_hr_bpm: float | None = None
    elevation_gain_m: float | None = None
    is_indoor: bool = False
    swimming_place: str = ""
    zone: str = ""
    route_names: list[str] = field(default_factory=list)
    location_rows: tuple[int, int] = (0, 0)  # first row and number of rows in the LocationFile
    pauses: list[tuple[float, float]] = field(default_factory=list)
    paused_at: float | None = None

    @property
    def title(self) -> str:
        """TraditionalStrengthTraining is Traditional Strength Training."""
        return _SECOND_WORD.sub(" ", self.kind)

    @property
    def sport(self) -> str:
        return SPORTS.get(self.kind, "workout")

    @property
    def sub_type(self) -> str:
        if self.sport == "swim":
            return SWIMMING_PLACES.get(self.swimming_place, "")
        if self.sport == "workout":
            return self.title.removesuffix("Other").lower().replace(" ", "_")
        return INDOOR_SUB_TYPES.get(self.sport, "") if self.is_indoor else ""

    @property
    def elapsed_s(self) -> float:
        return self.end.unix_s - self.start.unix_s

    @property
    def started_at(self) -> datetime:
        return convert_instant(self.start.unix_s)

    @property
    def utc_offset_min(self) -> int:
        """By the workout's own time zone, if it names one: else by the offset of its start."""
        try:
            offset = self.started_at.astimezone(ZoneInfo(self.zone)).utcoffset() if self.zone else None
        except (ValueError, OSError, KeyError):
            offset = None
        return self.start.offset_min if offset is None else int(offset.total_seconds() // 60)

    @property
    def identity(self) -> tuple[object, ...]:
        """Two workouts with one identity are the same, written twice."""
        return self.kind, self.start.unix_s, self.end.unix_s, self.duration_s, self.distance_m


def read_workout(attributes: Mapping[str, str], moments: MomentReader, source: int) -> Workout | None:
    """None if the times are none."""
    start, end = (moments.read(attributes.get(name, "")) for name in ("startDate", "endDate"))
    if start is None or end is None or not 0 < end.unix_s - start.unix_s <= MAX_WORKOUT_S:
        return None
    kind = attributes.get("workoutActivityType", "").removeprefix(TYPE_PREFIX)
    kind = kind if kind.isascii() and kind.isalpha() else ""
    duration_s = read_quantity(attributes, "duration", SECONDS)
    elapsed_s = end.unix_s - start.unix_s
    return Workout(
        kind=kind[:40],
        start=start,
        end=end,
        source=source,
        duration_s=min(duration_s, elapsed_s) if duration_s else None,
        distance_m=read_quantity(attributes, "totalDistance", METRES),
        energy_kcal=read_quantity(attributes, "totalEnergyBurned", KILOCALORIES),
    )


def add_statistics(workout: Workout, attributes: Mapping[str, str]) -> None:
    """Read `<WorkoutStatistics>`. Those of the whole workout come after those of its parts."""
    kind = attributes.get("type", "")
    if kind in DISTANCE_TYPES:
        workout.distance_m = read_quantity(attributes, "sum", METRES, "unit") or workout.distance_m
    elif kind == ENERGY_TYPE:
        workout.energy_kcal = read_quantity(attributes, "sum", KILOCALORIES, "unit") or workout.energy_kcal
    elif kind == HEART_RATE_TYPE:
        workout.avg_hr_bpm = read_quantity(attributes, "average", BEATS_PER_MINUTE, "unit")
        workout.max_hr_bpm = read_quantity(attributes, "maximum", BEATS_PER_MINUTE, "unit")


def add_metadata(workout: Workout, key: str, value: str) -> None:
    if key == "HKIndoorWorkout":
        workout.is_indoor = value == "1"
    elif key == "HKSwimmingLocationType":
        workout.swimming_place = value[:1]
    elif key == "HKTimeZone":
        workout.zone = value[:64]
    elif key == "HKElevationAscended":
        number, _, unit = value.partition(" ")
        workout.elevation_gain_m = read_quantity({"value": number, "unit": unit}, "value", METRES, "unit")


def add_event(workout: Workout, attributes: Mapping[str, str], moments: MomentReader) -> None:
    """Read `<WorkoutEvent>`: the athlete stops and starts the timer."""
    is_pause = PAUSE_EVENTS.get(attributes.get("type", ""))
    at = moments.read(attributes.get("date", "")) if is_pause is not None else None
    if at is None or len(workout.pauses) >= MAX_PARTS:
        return
    if is_pause:
        workout.paused_at = at.unix_s
    elif workout.paused_at is not None and at.unix_s > workout.paused_at:
        workout.pauses.append((workout.paused_at, at.unix_s))
        workout.paused_at = None


def add_route_name(workout: Workout, path: str) -> None:
    if len(workout.route_names) < MAX_PARTS:
        workout.route_names.append(path.rsplit("/", 1)[-1][:200])


def read_quantity(
    attributes: Mapping[str, str], name: str, units: Mapping[str, float], unit_name: str = ""
) -> float | None:
    """A positive number with its unit. None if it is missing, zero or in an unknown unit."""
    factor = units.get(attributes.get(unit_name or f"{name}Unit", ""))
    value = parse_finite_number(attributes.get(name, ""))
    return value * factor if factor is not None and value is not None and value > 0 else None


def parse_finite_number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def format_start(workout: Workout) -> str:
    """The start as a file name: 2024-05-01T07-00-00Z."""
    return workout.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
