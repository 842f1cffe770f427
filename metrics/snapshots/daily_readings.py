"""Daily readings by source, and the choice of the preferred source. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from metrics.science.rolling import Days

Dates = npt.NDArray[np.int64]  # proleptic ordinals, or whole days back

READINGS_D = 130  # the numbers of the last month need at most so many days of readings
READING_METRICS = ("rmssd", "sdnn", "resting_hr", "vo2max", "sleep_s")  # ms, ms, bpm, mL/kg/min, s


@dataclass(frozen=True, slots=True)
class SourceReadings:
    """Readings of one source: days as ordinals, a column per READING_METRICS, NaN without a reading."""

    source: str
    days: Dates
    values: dict[str, Days]


@dataclass(frozen=True, slots=True)
class PreferredSource:
    """The readings of the preferred source, each with its age in days; empty without readings."""

    metric: str
    source: str
    back_d: Dates
    values: Days

    @property
    def rank(self) -> tuple[int, int, str]:
        """The lowest rank is preferred: the newest reading; on a tie, the most readings, then the name."""
        return int(self.back_d.min(initial=READINGS_D)), -len(self.back_d), self.source


def preferred_source(
    readings: Sequence[SourceReadings], today: date, metrics: Sequence[str]
) -> PreferredSource:
    """Choose from the last READINGS_D days the first metric with readings: rMSSD and SDNN are never mixed."""
    for metric in metrics:
        selected = [_select_readings(source, today, metric) for source in readings]
        found = [source for source in selected if len(source.values)]
        if found:
            return min(found, key=attrgetter("rank"))
    return PreferredSource("", "", np.empty(0, np.int64), np.empty(0))


def _select_readings(readings: SourceReadings, today: date, metric: str) -> PreferredSource:
    back, values = today.toordinal() - readings.days, readings.values[metric]
    read = (back >= 0) & (back < READINGS_D) & np.isfinite(values)
    return PreferredSource(metric, readings.source, back[read], values[read])
