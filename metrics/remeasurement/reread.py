"""Read original files again, so that stored recordings profit from better readers.

What a person edited stays: name, sport, perceived effort, race. Times, totals and samples come from the file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from athletes.models import Athlete
from metrics.activities import streams as columns
from metrics.activities.changes import local_date_at
from metrics.activities.encoded_recordings import crop_encoded, encode_recording
from metrics.activities.measure import serialize_laps, serialize_pauses, serialize_recorded
from metrics.activities.recordings.stored_recordings import (
    build_recorded_streams,
    load_stored_recordings,
    save_row,
    set_samples,
)
from metrics.files.crop import KEPT_KEY, parse_interval
from metrics.files.errors import FileError
from metrics.files.read import read_recordings
from metrics.models import Activity, ActivityRecording, OriginalFile, Streams
from metrics.recording import Interval, Recording

# All columns that come from a file; a measurement fills the others.
REREAD_COLUMNS = (
    "started_at", "utc_offset_min", "local_date", "duration_s", "elapsed_s", "avg_cadence_spm", "recorded",
)  # fmt: skip


@dataclass(slots=True)
class OriginalReader:
    """Reads each original file of a batch once."""

    originals: dict[UUID, OriginalFile]
    _read: dict[UUID, tuple[Recording, ...]] = field(default_factory=dict)

    @classmethod
    def of_activities(cls, activities: Iterable[Activity | ActivityRecording]) -> OriginalReader:
        """The original files of these activities or recordings: one statement."""
        return cls(OriginalFile.objects.in_bulk({row.original_id for row in activities if row.original_id}))

    def find_recording(self, activity: Activity | ActivityRecording) -> Recording | None:
        """The recording of the activity's file that overlaps it most. None without a readable file.

        Recordings of one file can be of the same time. Then the sport tells them apart. What was cropped is
        cropped again.
        """
        original = self.originals.get(activity.original_id) if activity.original_id else None
        if original is None:
            return None
        if original.pk not in self._read:
            self._read[original.pk] = _read_original(original)
        sport = activity.recorded.get("sport")
        overlapping = [one for one in self._read[original.pk] if _overlap_s(activity, one) > 0]
        found = max(
            overlapping, key=lambda one: (_overlap_s(activity, one), one.sport == sport), default=None
        )
        kept = parse_interval(activity.recorded, KEPT_KEY)
        return found if found is None or kept is None else _crop_again(found, kept)


def _read_original(original: OriginalFile) -> tuple[Recording, ...]:
    try:
        data = zlib.decompress(bytes(original.content))
        return read_recordings(data, original.filename, accept_partial=True)
    except (FileError, zlib.error):
        return ()


def _crop_again(recording: Recording, kept: Interval) -> Recording | None:
    """The part that is stored. None if the file has no samples there any more: what is stored stays."""
    cropped = crop_encoded(encode_recording(recording), kept).recording
    return cropped if cropped.cropped_to else None


def _overlap_s(activity: Activity | ActivityRecording, recording: Recording) -> float:
    ended_at = activity.started_at + timedelta(seconds=activity.elapsed_s or activity.duration_s)
    starts = (activity.started_at, recording.started_at)
    return (min(ended_at, recording.ended_at) - max(starts)).total_seconds()


def _set_times_and_totals(
    stored: Activity | ActivityRecording, recording: Recording, athlete: Athlete
) -> None:
    start = recording.started_at, recording.utc_offset_min
    # The athlete's time zone may have changed since. That must not move the activity to another date.
    if start != (stored.started_at, stored.utc_offset_min):
        stored.local_date = local_date_at(athlete, *start)
    stored.started_at, stored.utc_offset_min = start
    stored.duration_s = recording.totals.duration_s
    stored.elapsed_s = recording.totals.elapsed_s
    sport = stored.recorded.get("sport", recording.sport)
    stored.recorded = serialize_recorded(recording, sport)


def reread_other_recordings(athlete: Athlete, activities: list[Activity]) -> None:
    """Read the files of recordings that do not count again, so that they can count later.

    The caller has locked the athlete, and read the counting recordings again. Which one counts stays.
    """
    recorded_again = ActivityRecording.objects.filter(athlete_id=athlete.pk, activity__in=activities)
    ids = set(recorded_again.values_list("activity_id", flat=True))
    for activity in activities:
        if activity.pk in ids:
            rows = load_stored_recordings(activity).rows
            originals = OriginalReader.of_activities(row for row in rows if not row.counts)
            for row in rows:
                _take_over_row(row, None if row.counts else originals.find_recording(row), athlete)


def _take_over_row(row: ActivityRecording, recording: Recording | None, athlete: Athlete) -> None:
    """Save what the file says now; without a recording, what the samples say."""
    if recording is not None:
        _set_times_and_totals(row, recording, athlete)
        row.pauses, row.laps = serialize_pauses(recording), serialize_laps(recording)
        row.altitude_source = recording.altitude_source
        row.content = columns.encode(recording.samples) if len(recording.samples) else None
    set_samples(row, bytes(row.content or b""))
    save_row(row)


def take_over_recording(activity: Activity, recording: Recording) -> Streams | None:
    """Set REREAD_COLUMNS of the activity. Returns its new streams, None without samples. Saves nothing."""
    _set_times_and_totals(activity, recording, activity.athlete)
    activity.avg_cadence_spm = recording.totals.avg_cadence_spm
    if not len(recording.samples):
        return None
    return build_recorded_streams(activity, recording, columns.encode(recording.samples))
