"""The stored recording of an activity, decoded once for all parts of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.activities import streams as columns
from metrics.activities.measure import parse_laps
from metrics.models import Activity
from metrics.recording import Lap, Pause, Samples
from metrics.science.intervals.clock import ClockRun, read_clock_run
from metrics.science.track import read_track


@dataclass(frozen=True, slots=True)
class StoredRun:
    """`clock` is None with fewer than two samples."""

    samples: Samples
    pauses: Sequence[Pause]
    laps: Sequence[Lap]
    clock: ClockRun | None


def read_stored_run(activity: Activity) -> StoredRun | None:
    """None without a recording. Needs `streams` loaded."""
    streams = getattr(activity, "streams", None)
    if streams is None:
        return None
    samples, pauses = columns.decode(bytes(streams.content)), [Pause(*pause) for pause in streams.pauses]
    track = read_track(samples, pauses, activity.activity_type)
    clock = track and read_clock_run(track, activity.elevation_gain_m, streams.altitude_source)
    return StoredRun(samples, pauses, parse_laps(streams.laps), clock if clock and len(clock) else None)
