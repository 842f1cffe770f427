"""Where each recording of a file belongs: to a stored activity, or to a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from metrics.activities.encoded_recordings import EncodedRecording, crop_encoded
from metrics.activities.measure import serialize_recorded
from metrics.activities.recordings.stored_recordings import StoredRecordings, load_stored_recordings
from metrics.files.crop import KEPT_KEY, parse_interval
from metrics.models import Activity
from metrics.recording import Recording
from metrics.storage.identity import RecordedSpan, find_known_sports
from metrics.storage.same_activity import build_whole_span, find_same_activities


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
        sports = find_known_sports(self.sport)
        whole = build_whole_span(recording.cropped_from, sports)
        return RecordedSpan(recording.started_at, recording.totals.elapsed_s, sports, whole)

    @property
    def recorded(self) -> dict[str, Any]:
        """The input of every measurement, as stored."""
        return serialize_recorded(self.recording, self.sport)


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
    for stored in same:
        if any(_is_stored(version, stored) for version in _list_versions(prepared, stored)):
            return Place(prepared, stored, IngestOutcome.ALREADY_THERE)
    if not same:
        return Place(prepared, None, IngestOutcome.STORED)
    is_entry = all(row.source == Activity.Source.MANUAL for row in same[0].rows)
    outcome = IngestOutcome.STORED if is_entry else IngestOutcome.SECOND_RECORDING
    return Place(prepared, same[0], outcome)


def _is_stored(prepared: PreparedRecording, stored: StoredRecordings) -> bool:
    recording = prepared.recording
    return stored.has_recording(recording.started_at, prepared.recorded, prepared.encoded.content)


def _list_versions(prepared: PreparedRecording, stored: StoredRecordings) -> list[PreparedRecording]:
    """The recording as it comes, as the file has it, and cropped as a stored one: they are the same."""
    whole = prepared.encoded.whole or prepared.encoded
    crops = {parse_interval(row.recorded, KEPT_KEY) for row in stored.rows}
    cropped = [crop_encoded(whole, kept) for kept in crops if kept is not None]
    return [replace(prepared, encoded=one) for one in (prepared.encoded, whole, *cropped)]


def _is_repeated(recording: PreparedRecording, earlier: PreparedRecording) -> bool:
    """Parts of one file with different sports are different activities."""
    return recording.sport == earlier.sport and recording.span.is_same_activity(earlier.span)
