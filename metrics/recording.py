"""A recording: one activity as columns of samples, with laps, pauses and the totals of the device.

The readers in `metrics.files` make a Recording from bytes; `metrics.science` measures it. SI units, NaN if
a sample has no reading, None if the device gave no total. Pure: numpy and the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.float64]
Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Samples:
    """Columns of equal length, in time order, `time_s` strictly increasing from the start of the activity.

    Every other column is NaN where the sample has no such reading. A column that was not recorded is all NaN.
    """

    time_s: Column  # seconds since Recording.started_at; may begin above 0
    distance_m: Column  # cumulative
    latitude_deg: Column
    longitude_deg: Column
    altitude_m: Column
    speed_mps: Column
    heart_rate_bpm: Column  # 0 and other impossible readings are already NaN
    cadence_spm: Column  # steps per minute, both feet; for other sports revolutions or strokes per minute
    power_w: Column

    def __len__(self) -> int:
        return len(self.time_s)

    def has(self, column: str) -> bool:
        """Whether at least one sample carries this reading."""
        return bool(np.isfinite(getattr(self, column)).any())


def empty_samples() -> Samples:
    return Samples(*(np.empty(0) for _ in fields(Samples)))


@dataclass(frozen=True, slots=True)
class Pause:
    """The timer was stopped from `start_s` to `end_s` (seconds since the start of the activity)."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Lap:
    """One lap as the device closed it; `start_s` counts from the start of the activity."""

    start_s: float
    elapsed_s: float
    timer_s: float | None = None
    distance_m: float | None = None
    avg_hr_bpm: float | None = None
    max_hr_bpm: float | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of the activity: from the device, else counted from the samples."""

    duration_s: float  # the timer's time, else the sum of the recorded segments' spans
    elapsed_s: float
    distance_m: float | None = None
    moving_s: float | None = None  # only if the device gives it
    elevation_gain_m: float | None = None
    elevation_loss_m: float | None = None
    avg_hr_bpm: float | None = None
    max_hr_bpm: float | None = None
    avg_cadence_spm: float | None = None
    calories_kcal: float | None = None
    vo2max_ml_kg_min: float | None = None  # as the device estimated it


@dataclass(frozen=True, slots=True)
class Recording:
    """One activity of a file.

    `sport` is one of run, bike, swim, walk, hike, workout (everything else and every unknown sport).
    `warnings` are codes: damaged_file; partial_recording; clock_jump: the device's clock jumped by days, and
    the jump was removed; device_clock: the device did not know the time in UTC, so `started_at` is its local
    time, treated as UTC; stale_records: records or stamps of other days were left out; gps_glitch: positions
    jumped away and back; unreadable_times, unreadable_positions, unreadable_readings: texts that are none;
    cropped: only the part `cropped_to` of the file, which has `cropped_from`.
    """

    sport: str
    started_at: datetime  # aware, UTC
    totals: Totals
    samples: Samples = field(default_factory=empty_samples)
    laps: tuple[Lap, ...] = ()
    pauses: tuple[Pause, ...] = ()
    sub_sport: str = ""
    name: str = ""
    utc_offset_min: int | None = None  # at the start, if the file has one that is not 0
    device: str = ""
    altitude_source: str = ""  # "barometric" | "gps" | "" (unknown)
    warnings: tuple[str, ...] = ()
    cropped_to: Interval | None = None
    cropped_from: Interval | None = None

    @property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.totals.elapsed_s)

    def with_warning(self, word: str) -> Recording:
        """The same recording with one more warning."""
        return self if word in self.warnings else replace(self, warnings=(*self.warnings, word))
