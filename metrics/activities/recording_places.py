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
from metrics.storage.same_activity import find_same_activity


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
        warnings = {"warnings": list(self.recording.warnings), "sport": self.sport}
        return serialize_totals(self.recording.totals) | warnings


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
        match = find_same_activity(recording.span, [row for row in candidates if row not in taken])
        stored = None if match is None else load_stored_recordings(match)
        places.append(Place(recording, stored, _find_outcome(recording, stored)))
    return places


def _is_repeated(recording: PreparedRecording, earlier: PreparedRecording) -> bool:
    """Parts of one file with different sports are different activities."""
    return recording.sport == earlier.sport and recording.span.is_same_activity(earlier.span)


def _find_outcome(prepared: PreparedRecording, stored: StoredRecordings | None) -> IngestOutcome:
    if stored is None:
        return IngestOutcome.STORED
    if stored.has_recording(prepared.recording.started_at, prepared.recorded, prepared.encoded.content):
        return IngestOutcome.ALREADY_THERE
    is_entry = all(row.source == Activity.Source.MANUAL for row in stored.rows)
    return IngestOutcome.STORED if is_entry else IngestOutcome.SECOND_RECORDING
