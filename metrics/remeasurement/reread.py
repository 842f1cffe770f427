"""Read original files again, so that stored recordings profit from better readers.

What a person edited stays: name, sport, perceived effort, race. Times, totals and samples come from the file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from metrics.activities import streams as columns
from metrics.activities.manual_entry import local_date_at
from metrics.activities.measure import serialize_laps, serialize_pauses, serialize_totals
from metrics.files.errors import FileError
from metrics.files.read import read_recordings
from metrics.models import Activity, OriginalFile, Streams
from metrics.recording import Recording

# All columns that come from a file; a measurement fills the others.
RECORDED_COLUMNS = (
    "started_at", "utc_offset_min", "local_date", "duration_s", "elapsed_s", "avg_cadence_spm", "recorded",
)  # fmt: skip


@dataclass(slots=True)
class OriginalReader:
    """Reads each original file of a batch once."""

    originals: dict[UUID, OriginalFile]
    _read: dict[UUID, tuple[Recording, ...]] = field(default_factory=dict)

    @classmethod
    def of_activities(cls, activities: Iterable[Activity]) -> OriginalReader:
        """The original files of these activities: one statement."""
        return cls(OriginalFile.objects.in_bulk({row.original_id for row in activities if row.original_id}))

    def find_recording(self, activity: Activity) -> Recording | None:
        """The recording of the activity's file that overlaps it most. None without a readable file."""
        original = self.originals.get(activity.original_id) if activity.original_id else None
        if original is None:
            return None
        if original.pk not in self._read:
            self._read[original.pk] = _read_original(original)
        overlaps = [(_overlap_s(activity, recording), recording) for recording in self._read[original.pk]]
        longest_s, recording = max(overlaps, key=lambda pair: pair[0], default=(0.0, None))
        return recording if longest_s > 0 else None


def _read_original(original: OriginalFile) -> tuple[Recording, ...]:
    try:
        data = zlib.decompress(bytes(original.content))
        return read_recordings(data, original.filename, accept_partial=True)
    except (FileError, zlib.error):
        return ()


def _overlap_s(activity: Activity, recording: Recording) -> float:
    ended_at = activity.started_at + timedelta(seconds=activity.elapsed_s or activity.duration_s)
    starts = (activity.started_at, recording.started_at)
    return (min(ended_at, recording.ended_at) - max(starts)).total_seconds()


def take_over_recording(activity: Activity, recording: Recording) -> Streams | None:
    """Set RECORDED_COLUMNS of the activity. Returns its new streams, None without samples. Saves nothing."""
    activity.started_at = recording.started_at
    activity.utc_offset_min = recording.utc_offset_min
    activity.local_date = local_date_at(activity.athlete, recording.started_at, recording.utc_offset_min)
    activity.duration_s = recording.totals.duration_s
    activity.elapsed_s = recording.totals.elapsed_s
    activity.avg_cadence_spm = recording.totals.avg_cadence_spm
    sport = activity.recorded.get("sport", recording.sport)
    warnings = {"warnings": list(recording.warnings), "sport": sport}
    activity.recorded = serialize_totals(recording.totals) | warnings
    if not len(recording.samples):
        return None
    return Streams(
        activity=activity,
        athlete_id=activity.athlete_id,
        content=columns.encode(recording.samples),
        pauses=serialize_pauses(recording),
        laps=serialize_laps(recording),
        altitude_source=recording.altitude_source,
    )
