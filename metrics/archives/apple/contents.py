"""Read the elements of an export: readings of days, sleep, heart rates and workouts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from .day_readings import BEATS_PER_MINUTE, READING_TYPES, DayReadings
from .heart_rates import HeartRateFile
from .locations import LocationFile
from .moments import MomentReader
from .sources import SourceTable
from .workouts import (
    HEART_RATE_TYPE,
    Workout,
    add_event,
    add_metadata,
    add_route_name,
    add_statistics,
    parse_finite_number,
    read_workout,
)

SLEEP_TYPE = "HKCategoryTypeIdentifierSleepAnalysis"
ASLEEP_PREFIX = "HKCategoryValueSleepAnalysisAsleep"
MAX_READING_S = 60.0
"""A heart rate over a longer time is a mean, no reading."""
MAX_WORKOUTS = 50_000
MAX_TYPES = 1_000

ReadRecord = Callable[[Mapping[str, str]], bool]


class ExportContents:
    """What an export contains. `unread_types` counts records by type, `unclear_count` those without sense."""

    def __init__(self, folder: Path) -> None:
        self.sources = SourceTable()
        self.days = DayReadings()
        self.heart_rates = HeartRateFile(folder / "heart_rates.bin")
        self.locations = LocationFile(folder / "locations.bin")
        self.workouts: dict[tuple[object, ...], Workout] = {}
        self.unread_types = Counter[str]()
        self.unclear_count = 0
        self.doubled_workout_count = 0
        self.unclear_workout_count = 0
        self._moments = MomentReader()
        self._workout: Workout | None = None
        self._readers: dict[str, ReadRecord] = {
            **dict.fromkeys(READING_TYPES, self._read_reading),
            SLEEP_TYPE: self._read_sleep,
            HEART_RATE_TYPE: self._read_heart_rate,
        }

    def close(self) -> None:
        """Delete the files that only planning needs."""
        self.heart_rates.close()
        self.locations.close()

    def finish(self) -> None:
        """The export has ended."""
        self._finish_workout()

    def handle_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Record":
            read_record = self._readers.get(attributes.get("type", ""))
            if read_record is None:
                self._count_unread(attributes.get("type", ""))
            elif not read_record(attributes):
                self.unclear_count += 1
        elif name == "Workout":
            self._begin_workout(attributes)
        elif self._workout is not None and name != "MetadataEntry":
            self._read_part(self._workout, name, attributes)
        elif self._workout is not None:
            add_metadata(self._workout, attributes.get("key", ""), attributes.get("value", ""))

    def _read_part(self, workout: Workout, name: str, attributes: Mapping[str, str]) -> None:
        if name == "WorkoutStatistics":
            add_statistics(workout, attributes)
        elif name == "WorkoutEvent":
            add_event(workout, attributes, self._moments)
        elif name == "FileReference":
            add_route_name(workout, attributes.get("path", ""))
        elif name == "Location":
            at = self._moments.read(attributes.get("date", ""))
            if at is not None:
                self.locations.add(at.unix_s, attributes)

    def _begin_workout(self, attributes: Mapping[str, str]) -> None:
        self._finish_workout()
        workout = read_workout(attributes, self._moments, self.sources.find_number(attributes))
        if workout is None or len(self.workouts) >= MAX_WORKOUTS:
            self.unclear_workout_count += 1
            return
        self._workout = workout
        workout.location_rows = (len(self.locations), 0)

    def _finish_workout(self) -> None:
        """Keep the open workout. Of two equal ones, the one with a route stays."""
        workout, self._workout = self._workout, None
        if workout is None:
            return
        workout.location_rows = (workout.location_rows[0], len(self.locations) - workout.location_rows[0])
        known = self.workouts.get(workout.identity)
        self.doubled_workout_count += known is not None
        if known is None or not (known.route_names or known.location_rows[1]):
            self.workouts[workout.identity] = workout

    def _read_heart_rate(self, attributes: Mapping[str, str]) -> bool:
        start, end = attributes.get("startDate", ""), attributes.get("endDate", "")
        at = self._moments.read(start)
        value = _read_value(attributes, BEATS_PER_MINUTE)
        if at is None or value is None:
            return False
        if start != end:
            until = self._moments.read(end)
            if until is None or not 0 <= until.unix_s - at.unix_s <= MAX_READING_S:
                return False
        self.heart_rates.add(at.unix_s, value, self.sources.find_number(attributes))
        return True

    def _read_reading(self, attributes: Mapping[str, str]) -> bool:
        reading, units = READING_TYPES[attributes["type"]]
        at = self._moments.read(attributes.get("startDate", ""))
        value = _read_value(attributes, units)
        if at is None or value is None:
            return False
        return self.days.add(reading, at.local_day, self.sources.find_number(attributes), value)

    def _read_sleep(self, attributes: Mapping[str, str]) -> bool:
        """Time in bed and time awake are understood, and not kept."""
        if not attributes.get("value", "").startswith(ASLEEP_PREFIX):
            return True
        start, end = (self._moments.read(attributes.get(name, "")) for name in ("startDate", "endDate"))
        if start is None or end is None:
            return False
        return self.days.sleep.add(start, end, self.sources.find_number(attributes))

    def _count_unread(self, kind: str) -> None:
        known = kind in self.unread_types or len(self.unread_types) < MAX_TYPES
        self.unread_types[kind[:100] if known else "other"] += 1


def _read_value(attributes: Mapping[str, str], units: Mapping[str, float]) -> float | None:
    """A positive value in a known unit."""
    factor, value = units.get(attributes.get("unit", "")), parse_finite_number(attributes.get("value", ""))
    return value * factor if factor is not None and value is not None and 0 < value < 1e6 else None
