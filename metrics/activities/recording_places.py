"""Where each recording of a file belongs: to a stored activity, or to a new one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from metrics.activities.encoded_recordings import EncodedRecording
from metrics.activities.measure import serialize_totals
from metrics.activities.recordings.stored_recordings import StoredRecordings, load_stored_recordings
from metrics.models import Activity
from metrics.recording import Recording
from metrics.storage.identity import RecordedSpan, find_known_sports
from metrics.storage.same_activity import find_same_activities


class IngestOutcome(StrEnum):
    """What happened to one activity of a file."""

    STORED = "stored"  # a new activity, or the first recording of an entry by hand
    ALREADY_THERE = "already_there"
    SECOND_RECORDING = "second_recording"  # of a stored activity; it is kept with it


@dataclass(frozen=True, slots=True)
class PreparedRecording:
    """A recording with its sport, and what is stored of it."""

    encoded: EncodedRecording
    sport: str

    @property
    def recording(self) -> Recording:
        return self.encoded.recording

    @property
    def span(self) -> RecordedSpan:
        recording = self.recording
        return RecordedSpan(recording.started_at, recording.totals.elapsed_s, find_known_sports(self.sport))

    @property
    def recorded(self) -> dict[str, Any]:
        """The input of every measurement, as stored."""
        further: dict[str, Any] = {"warnings": list(self.recording.warnings), "sport": self.sport}
        if self.encoded.cropped_to is not None:
            further["cropped_to"] = [instant.isoformat() for instant in self.encoded.cropped_to]
        return serialize_totals(self.recording.totals) | further


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recording belongs. `stored`: the activity of which it is another recording; None: a new one."""

    prepared: PreparedRecording
    stored: StoredRecordings | None
    outcome: IngestOutcome


def find_places(prepared: list[PreparedRecording], candidates: list[Activity]) -> list[Place]:
    """The place of each recording. A recording that the file has twice is stored once."""
    places: list[Place] = []
    for recording in prepared:
        if any(_is_repeated(recording, place.prepared) for place in places):
            continue
        taken = [place.stored.activity for place in places if place.stored is not None]
        same = find_same_activities(recording.span, [row for row in candidates if row not in taken])
        places.append(_find_place(recording, [load_stored_recordings(activity) for activity in same]))
    return places


def _find_place(prepared: PreparedRecording, same: list[StoredRecordings]) -> Place:
    """The activity that has this recording, else the first. A person may have split it off from that one."""
    start, recorded, content = prepared.recording.started_at, prepared.recorded, prepared.encoded.content
    for stored in same:
        if stored.has_recording(start, recorded, content):
            return Place(prepared, stored, IngestOutcome.ALREADY_THERE)
    if not same:
        return Place(prepared, None, IngestOutcome.STORED)
    is_entry = all(row.source == Activity.Source.MANUAL for row in same[0].rows)
    outcome = IngestOutcome.STORED if is_entry else IngestOutcome.SECOND_RECORDING
    return Place(prepared, same[0], outcome)


def _is_repeated(recording: PreparedRecording, earlier: PreparedRecording) -> bool:
    """Parts of one file with different sports are different activities."""
    return recording.sport == earlier.sport and recording.span.is_same_activity(earlier.span)
