"""Store recorded files: read, measure, write. Uploads and commands both use `ingest_file`.

Idempotent: one run gives one activity, even if it arrives several times, from several devices or at the same
moment. Recordings of one activity overlap in time; each is kept, and one counts. The lock is the athlete's
row: raising its data version locks the row until the transaction ends. So two uploads for one athlete run one
after the other, and the second finds what the first stored.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Q

from astral.ids import new_id
from athletes.models import Athlete
from metrics.activities import streams
from metrics.activities.manual_entry import local_date_at
from metrics.activities.measure import (
    ThresholdsOverTime,
    measure_activity,
    serialize_laps,
    serialize_pauses,
    serialize_totals,
)
from metrics.activities.recordings.stored_recordings import (
    StoredRecordings,
    build_recording,
    load_stored_recordings,
    set_samples,
)
from metrics.files.errors import NO_TIME, FileError
from metrics.files.read import read_recordings
from metrics.models import Activity, ActivityRecording, OriginalFile, Streams
from metrics.recording import Recording, Samples
from metrics.storage.identity import RecordedSpan, find_known_sports
from metrics.storage.locks import lock_athlete
from metrics.storage.quotas import ROOM_SQL, build_quota_error, build_room_parameters
from metrics.storage.same_activity import find_same_activity


class IngestOutcome(StrEnum):
    """What happened to one activity of a file."""

    STORED = "stored"  # a new activity, or the first recording of an entry by hand
    ALREADY_THERE = "already_there"
    SECOND_RECORDING = "second_recording"  # of a stored activity; it is kept with it


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The activities of a file, in file order, and what happened to each."""

    activities: tuple[Activity, ...]
    outcomes: tuple[IngestOutcome, ...]

    @property
    def stored_count(self) -> int:
        return self.outcomes.count(IngestOutcome.STORED)

    @property
    def second_count(self) -> int:
        return self.outcomes.count(IngestOutcome.SECOND_RECORDING)


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: bytes, name, the sender's options, and the latest start time to accept."""

    data: bytes
    filename: str = ""
    activity_type: str | None = None
    accept_partial: bool = False
    not_after: datetime | None = None
    added_by: str = ActivityRecording.AddedBy.COMMAND

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.data).digest()

    def sport_of(self, recording: Recording) -> str:
        return self.activity_type or recording.sport


def ingest_file(athlete: Athlete, upload: Upload) -> IngestResult:
    """Store every activity of a file that is not stored yet.

    Raises FileError or QuotaReached, and then stores nothing.
    """
    known = _find_activities_of_file(athlete, upload.sha256)
    if known:
        return _build_known_result(known)
    recordings = read_recordings(upload.data, upload.filename, accept_partial=upload.accept_partial)
    _check_start_times(recordings, upload.not_after)
    return _store_recordings(
        athlete, upload, [_prepare_recording(recording, upload) for recording in recordings]
    )


def _check_start_times(recordings: Iterable[Recording], not_after: datetime | None) -> None:
    for recording in recordings:
        if not_after is not None and recording.started_at > not_after:
            day = recording.started_at.date()
            raise FileError(
                NO_TIME, f"The recording starts in the future, on {day}. The clock of the device was wrong."
            )


@dataclass(frozen=True, slots=True)
class _PreparedRecording:
    """A recording with its span, its samples rounded as in storage, and the encoded samples."""

    recording: Recording
    sport: str
    samples: Samples
    encoded_samples: bytes

    @property
    def span(self) -> RecordedSpan:
        recording = self.recording
        return RecordedSpan(recording.started_at, recording.totals.elapsed_s, find_known_sports(self.sport))

    @property
    def recorded(self) -> dict[str, Any]:
        """The input of every measurement, as stored."""
        warnings = {"warnings": list(self.recording.warnings), "sport": self.sport}
        return serialize_totals(self.recording.totals) | warnings


def _prepare_recording(recording: Recording, upload: Upload) -> _PreparedRecording:
    samples = recording.samples
    return _PreparedRecording(
        recording,
        upload.sport_of(recording),
        streams.round_samples(samples),
        streams.encode(samples) if len(samples) else b"",
    )


def _build_known_result(activities: tuple[Activity, ...]) -> IngestResult:
    return IngestResult(activities, (IngestOutcome.ALREADY_THERE,) * len(activities))


def _find_activities_of_file(athlete: Athlete, sha256: bytes) -> tuple[Activity, ...]:
    of_file = Q(athlete=athlete, original__athlete=athlete, original__sha256=sha256)
    counting = Activity.objects.filter(of_file).order_by().values("pk")
    further = ActivityRecording.objects.filter(of_file).order_by().values("activity")
    rows = Activity.objects.filter(athlete=athlete, pk__in=counting.union(further))
    return tuple(rows.order_by("started_at", "id"))


@transaction.atomic
def _store_recordings(athlete: Athlete, upload: Upload, prepared: list[_PreparedRecording]) -> IngestResult:
    lock_athlete(athlete.pk)
    candidates = _find_candidates(athlete, upload, prepared)
    same_bytes = tuple(activity for activity in candidates if _has_same_file(activity, upload))
    if same_bytes:  # another request stored this file while we read it
        return _build_known_result(same_bytes)
    places = _find_places(prepared, candidates)
    if all(place.outcome is IngestOutcome.ALREADY_THERE for place in places):
        known = (place.stored.activity for place in places if place.stored is not None)
        return _build_known_result(tuple(known))
    writer = ActivityWriter(
        athlete,
        upload,
        _store_original(athlete, upload, sum(place.stored is None for place in places)),
        ThresholdsOverTime(athlete, athlete.thresholds.all()),
    )
    activities = tuple(writer.add(place) for place in places)
    writer.write()
    return IngestResult(activities, tuple(place.outcome for place in places))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a recording belongs. `stored`: the activity of which it is another recording; None: a new one."""

    prepared: _PreparedRecording
    stored: StoredRecordings | None
    outcome: IngestOutcome


def _find_places(prepared: list[_PreparedRecording], candidates: list[Activity]) -> list[_Place]:
    """The place of each recording. A recording that the file has twice is stored once."""
    places: list[_Place] = []
    for recording in prepared:
        if any(_is_repeated(recording, place.prepared) for place in places):
            continue
        taken = [place.stored.activity for place in places if place.stored is not None]
        match = find_same_activity(recording.span, [row for row in candidates if row not in taken])
        stored = None if match is None else load_stored_recordings(match)
        places.append(_Place(recording, stored, _find_outcome(recording, stored)))
    return places


def _is_repeated(recording: _PreparedRecording, earlier: _PreparedRecording) -> bool:
    """Parts of one file with different sports are different activities."""
    return recording.sport == earlier.sport and recording.span.is_same_activity(earlier.span)


def _find_outcome(prepared: _PreparedRecording, stored: StoredRecordings | None) -> IngestOutcome:
    if stored is None:
        return IngestOutcome.STORED
    if stored.has_recording(prepared.recording.started_at, prepared.recorded, prepared.encoded_samples):
        return IngestOutcome.ALREADY_THERE
    is_entry = all(row.source == Activity.Source.MANUAL for row in stored.rows)
    return IngestOutcome.STORED if is_entry else IngestOutcome.SECOND_RECORDING


class ActivityWriter:
    """Collects the activities of one file and writes them to the database."""

    def __init__(
        self, athlete: Athlete, upload: Upload, original: OriginalFile, thresholds: ThresholdsOverTime
    ) -> None:
        self.athlete, self.upload, self.original, self.thresholds = athlete, upload, original, thresholds
        self.created: list[Activity] = []
        self.streams: list[Streams] = []
        self.changed: list[StoredRecordings] = []

    def add(self, place: _Place) -> Activity:
        """Return the activity of this recording: a stored one, or a new one."""
        if place.outcome is IngestOutcome.ALREADY_THERE and place.stored is not None:
            return place.stored.activity
        prepared = place.prepared
        activity = _build_activity(self.athlete, prepared, self.original)
        if place.stored is not None:
            place.stored.add_rows([_build_row(activity, prepared, self.upload.added_by)])
            self.changed.append(place.stored)
            return place.stored.activity
        self.created.append(activity)
        recording = prepared.recording
        pauses, altitude_source = serialize_pauses(recording), recording.altitude_source
        measure_activity(activity, self.thresholds, prepared.samples, pauses, altitude_source)
        if prepared.encoded_samples:
            self.streams.append(_build_streams(activity, prepared))
        return activity

    def write(self) -> None:
        Activity.objects.bulk_create(self.created)
        Streams.objects.bulk_create(self.streams)
        for stored in self.changed:
            stored.write(self.thresholds)


def _find_candidates(athlete: Athlete, upload: Upload, prepared: list[_PreparedRecording]) -> list[Activity]:
    """Stored activities that may be the same as one of these. The index on the start finds them."""
    near = (Q(started_at__range=recording.span.find_possible_starts()) for recording in prepared)
    of_file = ActivityRecording.objects.of_outer_activity().filter(original__sha256=upload.sha256)
    rows = Activity.objects.filter(reduce(or_, near), athlete=athlete).annotate(
        has_recording_of_file=Exists(of_file)
    )
    return list(rows.select_related("original").defer("original__content"))


def _has_same_file(activity: Activity, upload: Upload) -> bool:
    original = activity.original
    is_of_file: bool = activity.has_recording_of_file  # type: ignore[attr-defined]  # annotated above
    return is_of_file or (original is not None and bytes(original.sha256) == upload.sha256)


# One statement: an upload has to be fast. An existing row with the same bytes is updated.
STORE_ORIGINAL_SQL = f"""
INSERT INTO metrics_originalfile (id, athlete_id, sha256, filename, size_bytes, content, received_at)
SELECT %(id)s, %(athlete)s, %(sha256)s, %(filename)s, %(added_bytes)s, %(content)s, now() WHERE {ROOM_SQL}
ON CONFLICT (athlete_id, sha256) DO UPDATE
   SET filename = excluded.filename, size_bytes = excluded.size_bytes, content = excluded.content
RETURNING id
"""


def _store_original(athlete: Athlete, upload: Upload, added: int) -> OriginalFile:
    """Store the bytes of `added` new activities, if there is room. Raises QuotaReached."""
    parameters = build_room_parameters(athlete.pk, added, len(upload.data)) | {
        "id": new_id(),
        "sha256": upload.sha256,
        "filename": _remove_unprintable(upload.filename)[-200:],
        "content": zlib.compress(upload.data, 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE_ORIGINAL_SQL, parameters)
        stored = cursor.fetchone()
    if stored is None:
        raise build_quota_error(athlete.pk, added)
    return OriginalFile(pk=stored[0])


def _build_activity(athlete: Athlete, prepared: _PreparedRecording, original: OriginalFile) -> Activity:
    """Build an unsaved activity from a recording, not measured yet."""
    recording = prepared.recording
    return Activity(
        athlete=athlete,
        name=_remove_unprintable(recording.name)[:200],
        activity_type=prepared.sport,
        sub_type=_remove_unprintable(recording.sub_sport)[:40],
        started_at=recording.started_at,
        utc_offset_min=recording.utc_offset_min,
        local_date=local_date_at(athlete, recording.started_at, recording.utc_offset_min),
        duration_s=recording.totals.duration_s,
        elapsed_s=recording.totals.elapsed_s,
        avg_cadence_spm=recording.totals.avg_cadence_spm,
        recorded=prepared.recorded,
        source=Activity.Source.FILE,
        device=_remove_unprintable(recording.device)[:80],
        original=original,
    )


def _build_row(activity: Activity, prepared: _PreparedRecording, added_by: str) -> ActivityRecording:
    """Build the unsaved row of a further recording. `activity`: what it would be alone."""
    row = build_recording(activity)
    row.added_by = added_by
    alone = _build_streams(activity, prepared)
    row.pauses, row.laps, row.altitude_source = alone.pauses, alone.laps, alone.altitude_source
    set_samples(row, prepared.encoded_samples)
    return row


def _remove_unprintable(text: str) -> str:
    """Remove characters that a text column cannot store."""
    return "".join(letter for letter in text if letter.isprintable())


def _build_streams(activity: Activity, prepared_recording: _PreparedRecording) -> Streams:
    recording = prepared_recording.recording
    return Streams(
        activity=activity,
        athlete_id=activity.athlete_id,
        content=prepared_recording.encoded_samples,
        pauses=serialize_pauses(recording),
        laps=serialize_laps(recording),
        altitude_source=recording.altitude_source,
    )
