"""Which of several recordings of one activity counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from metrics.recording import Samples
from metrics.science.track import haversine_course

CHANNELS = tuple(field.name for field in fields(Samples) if field.name != "time_s")
HEART_RATE = "heart_rate_bpm"
SAME_STEP_M = 0.05  # stored distances and positions are rounded to a centimetre
LEAST_SAME_STEPS = 0.95


@dataclass(frozen=True, order=True, slots=True)
class RecordingRank:
    """The highest rank counts; of equal ranks, the recording that came first.

    A device comes before what a person entered. Its own distance sensor and heart rate come before positions
    alone, then more channels.
    """

    is_from_device: bool
    sensors: int
    channels: int


def rank_recording(channels: list[str], *, is_from_device: bool, has_own_distance: bool) -> RecordingRank:
    return RecordingRank(is_from_device, has_own_distance + (HEART_RATE in channels), len(channels))


def list_channels(samples: Samples) -> list[str]:
    """The columns with readings, without the time."""
    return [name for name in CHANNELS if samples.has(name)]


def has_own_distance(samples: Samples) -> bool:
    """Whether the distance or speed is a reading of the device, and not counted from positions.

    A counted distance grows between any two samples by the distance of their positions.
    """
    if samples.has("speed_mps"):
        return True
    if not samples.has("distance_m") or not samples.has("latitude_deg"):
        return samples.has("distance_m")
    columns = samples.latitude_deg, samples.longitude_deg, samples.distance_m
    known = np.isfinite(np.vstack(columns)).all(axis=0)
    latitude, longitude, distance_m = (column[known] for column in columns)
    if len(distance_m) < 2:
        return False
    counted_m = haversine_course(latitude, longitude)
    same = np.abs(np.diff(distance_m) - np.diff(counted_m)) <= SAME_STEP_M
    return bool(same.mean() < LEAST_SAME_STEPS)
