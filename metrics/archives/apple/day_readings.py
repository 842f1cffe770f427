"""One value for each day and kind, from one source: watch before phone before app (FORMULAS §7.1)."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from statistics import median

from metrics.health.imports.days import DayRow

from .moments import convert_day
from .sleep import SleepIntervals
from .sources import Source

BEATS_PER_MINUTE = {"count/min": 1.0, "bpm": 1.0, "count/s": 60.0}
MILLISECONDS = {"ms": 1.0, "s": 1_000.0}

READING_TYPES = {
    "HKQuantityTypeIdentifierHeartRateVariabilitySDNN": ("hrv_sdnn_ms", MILLISECONDS),
    "HKQuantityTypeIdentifierHeartRateVariabilityRMSSD": ("hrv_rmssd_ms", MILLISECONDS),
    "HKQuantityTypeIdentifierRestingHeartRate": ("resting_hr_bpm", BEATS_PER_MINUTE),
    "HKQuantityTypeIdentifierVO2Max": (
        "vo2max_ml_kg_min",
        {"mL/min·kg": 1.0, "ml/(kg*min)": 1.0, "mL/kg/min": 1.0, "ml/kg/min": 1.0},
    ),
    "HKQuantityTypeIdentifierBodyMass": (
        "weight_kg",
        {"kg": 1.0, "lb": 0.45359237, "g": 0.001, "st": 6.35029318},
    ),
}
"""By type: the reading, and by unit the factor to the unit of HealthDay. iOS 27 writes rMSSD beside SDNN."""

SLEEP = "sleep_s"
MAX_DAYS = 150_000
"""Of all kinds and sources together."""
DECIMALS = 3


class DayReadings:
    """All readings by kind, day and source."""

    def __init__(self) -> None:
        self.sleep = SleepIntervals()
        self._readings: dict[tuple[str, int, int], array[float]] = {}

    def add(self, reading: str, day: int, source: int, value: float) -> bool:
        """False if there are too many."""
        values = self._readings.get((reading, day, source))
        if values is None:
            if len(self._readings) >= MAX_DAYS:
                return False
            values = self._readings[reading, day, source] = array("f")
        values.append(value)
        return True

    def list_days(self, sources: Sequence[Source]) -> list[DayRow]:
        """One row for each day: the median of each kind, from the source that is preferred on that day."""
        for day, source, asleep_s in self.sleep.list_nights():
            self.add(SLEEP, day, source, asleep_s)
        chosen: dict[tuple[int, str], int] = {}
        preference = self._build_preference(sources)
        for reading, day, source in self._readings:
            best = chosen.get((day, reading))
            if best is None or preference(reading, source) < preference(reading, best):
                chosen[day, reading] = source
        by_day: defaultdict[int, dict[str, float]] = defaultdict(dict)
        for day, reading in sorted(chosen):
            by_day[day][reading] = self._find_value(reading, day, chosen[day, reading])
        return [
            DayRow(place, convert_day(day), values)
            for place, (day, values) in enumerate(by_day.items(), start=1)
        ]

    def _build_preference(self, sources: Sequence[Source]) -> Callable[[str, int], tuple[int, int, str, int]]:
        """The key of a source for a kind: its rank, then how much it has in all years."""
        counts = Counter[tuple[str, int]]()
        for (reading, _, source), values in self._readings.items():
            counts[reading, source] += len(values)
        return lambda reading, source: (
            sources[source].rank,
            -counts[reading, source],
            sources[source].name,
            source,
        )

    def _find_value(self, reading: str, day: int, source: int) -> float:
        values = self._readings[reading, day, source]
        return round(max(values) if reading == SLEEP else median(values), DECIMALS)
