"""Store recorded files: read, measure, write. Uploads and commands both use `ingest_file`.

Idempotent: one run gives one activity, even if it arrives several times, from several devices or at the same
moment. Recordings of one activity overlap in time; each is kept, and one counts. The lock is the athlete's
row: raising its data version locks the row until the transaction ends. So two uploads for one athlete run one
after the other, and the second finds what the first stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Q

from athletes.events.kinds import EventKind
from athletes.events.outbox import record_events
from athletes.models import Athlete
from metrics.activities.changes import local_date_at
from metrics.activities.encoded_recordings import EncodedRecording, read_and_encode
from metrics.activities.measure import (
    ThresholdsOverTime,
    measure_activity,
    serialize_laps,
    serialize_pauses,
)
from metrics.activities.recording_places import IngestOutcome, Place, PreparedRecording, find_places
from metrics.activities.recordings.stored_recordings import (
    StoredRecordings,
    build_recorded_streams,
    build_recording,
    set_samples,
)
from metrics.files.errors import NO_TIME, FileError
from metrics.models import Activity, ActivityRecording, OriginalFile, Streams
from metrics.recording import Interval, Recording
from metrics.storage.identity import UNKNOWN_SPORT
from metrics.storage.locks import lock_athlete
from metrics.storage.original_files import remove_unprintable, store_original


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The activities of a file, in file order, and what happened to each.

    `recording_ids`: the recording that a stored activity got; None for a new activity and for a known file.
    """

    activities: tuple[Activity, ...]
    outcomes: tuple[IngestOutcome, ...]
    recording_ids: tuple[UUID | None, ...] = ()

    @property
    def stored_count(self) -> int:
        return self.outcomes.count(IngestOutcome.STORED)

    @property
    def second_count(self) -> int:
        return self.outcomes.count(IngestOutcome.SECOND_RECORDING)


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: bytes, name, the sender's options, and the latest start time to accept.

    `activity_type_if_unknown`: the sport of a recording that names none. `described`: columns that people can
    edit, as an export says them. A new activity gets them; a stored one gets what nobody has said of it.
    `cropped_to`: all that the export has of it. Only that part is stored, if its owner has cropped it there.
    """

    data: bytes
    filename: str = ""
    activity_type: str | None = None
    accept_partial: bool = False
    not_after: datetime | None = None
    added_by: str = ActivityRecording.AddedBy.COMMAND
    activity_type_if_unknown: str = ""
    described: Mapping[str, Any] = field(default_factory=dict)
    cropped_to: Interval | None = None

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.data).digest()

    @property
    def reader_arguments(self) -> tuple[bytes, str, bool, Interval | None]:
        """For `read_and_encode`, here or in another process."""
        return self.data, self.filename, self.accept_partial, self.cropped_to

    def sport_of(self, recording: Recording) -> str:
        if not self.activity_type and recording.sport == UNKNOWN_SPORT:
            return self.activity_type_if_unknown or recording.sport
        return self.activity_type or recording.sport


Reader = Callable[[], Sequence[EncodedRecording]]


def ingest_file(athlete: Athlete, upload: Upload, read: Reader | None = None) -> IngestResult:
    """Store every activity of a file that is not stored yet.

    `read` gives its recordings if another process reads it; it is called only if the file is new.
    Raises FileError or QuotaReached, and then stores nothing.
    """
    known = _find_activities_of_file(athlete, upload.sha256)
    if known:
        return _build_known_result(known)
    encoded = read() if read else read_and_encode(*upload.reader_arguments)
    _check_start_times([one.recording for one in encoded], upload.not_after)
    return _store_recordings(
        athlete, upload, [PreparedRecording(one, upload.sport_of(one.recording)) for one in encoded]
    )


def is_file_stored(athlete: Athlete, sha256: bytes) -> bool:
    """Whether the athlete has these bytes already."""
    return OriginalFile.objects.filter(athlete=athlete, sha256=sha256).exists()


def _check_start_times(recordings: Iterable[Recording], not_after: datetime | None) -> None:
    for recording in recordings:
        if not_after is not None and recording.started_at > not_after:
            day = recording.started_at.date()
            raise FileError(
                NO_TIME, f"The recording starts in the future, on {day}. The clock of the device was wrong."
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
def _store_recordings(athlete: Athlete, upload: Upload, prepared: list[PreparedRecording]) -> IngestResult:
    lock_athlete(athlete.pk)
    candidates = _find_candidates(athlete, upload, prepared)
    same_bytes = tuple(activity for activity in candidates if _has_same_file(activity, upload))
    if same_bytes:  # another request stored this file while we read it
        return _build_known_result(same_bytes)
    places = find_places(prepared, candidates)
    if all(place.outcome is IngestOutcome.ALREADY_THERE for place in places):
        known = (place.stored.activity for place in places if place.stored is not None)
        return _build_known_result(tuple(known))
    writer = ActivityWriter(
        athlete,
        upload,
        store_original(
            athlete.pk, upload.filename, upload.data, sum(place.stored is None for place in places)
        ),
        ThresholdsOverTime(athlete, athlete.thresholds.all()),
    )
    activities = tuple(writer.add(place) for place in places)
    writer.write()
    return IngestResult(
        activities, tuple(place.outcome for place in places), tuple(writer.find_recording_ids(activities))
    )


class ActivityWriter:
    """Collects the activities of one file and writes them to the database."""

    def __init__(
        self, athlete: Athlete, upload: Upload, original: OriginalFile, thresholds: ThresholdsOverTime
    ) -> None:
        self.athlete, self.upload, self.original, self.thresholds = athlete, upload, original, thresholds
        self.created: list[Activity] = []
        self.streams: list[Streams] = []
        self.changed: list[StoredRecordings] = []
        self.added: dict[UUID, UUID] = {}  # by activity: the recording that it got

    def add(self, place: Place) -> Activity:
        """Return the activity of this recording: a stored one, or a new one."""
        if place.outcome is IngestOutcome.ALREADY_THERE and place.stored is not None:
            return place.stored.activity
        prepared = place.prepared
        activity = _build_activity(self.athlete, prepared, self.original)
        for name, value in self.upload.described.items():
            setattr(activity, name, value)
        if place.stored is not None:
            row = _build_row(activity, prepared, self.upload.added_by)
            place.stored.add_rows([row])
            self.changed.append(place.stored)
            self.added[place.stored.activity.pk] = row.pk
            return place.stored.activity
        self.created.append(activity)
        recording = prepared.recording
        pauses, altitude_source = serialize_pauses(recording), recording.altitude_source
        measure_activity(activity, self.thresholds, recording.samples, pauses, altitude_source)
        if prepared.encoded.content:
            self.streams.append(build_recorded_streams(activity, recording, prepared.encoded.content))
        return activity

    def find_recording_ids(self, activities: Iterable[Activity]) -> Iterator[UUID | None]:
        return (self.added.get(activity.pk) for activity in activities)

    def write(self) -> None:
        Activity.objects.bulk_create(self.created)
        Streams.objects.bulk_create(self.streams)
        created = [(activity.athlete_id, activity.pk) for activity in self.created]
        record_events(EventKind.ACTIVITY_CREATED, created)
        for stored in self.changed:
            stored.write(self.thresholds)


def _find_candidates(athlete: Athlete, upload: Upload, prepared: list[PreparedRecording]) -> list[Activity]:
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


def _build_activity(athlete: Athlete, prepared: PreparedRecording, original: OriginalFile) -> Activity:
    """Build an unsaved activity from a recording, not measured yet."""
    recording = prepared.recording
    return Activity(
        athlete=athlete,
        name=remove_unprintable(recording.name)[:200],
        activity_type=prepared.sport,
        sub_type=remove_unprintable(recording.sub_sport)[:40],
        started_at=recording.started_at,
        utc_offset_min=recording.utc_offset_min,
        local_date=local_date_at(athlete, recording.started_at, recording.utc_offset_min),
        duration_s=recording.totals.duration_s,
        elapsed_s=recording.totals.elapsed_s,
        avg_cadence_spm=recording.totals.avg_cadence_spm,
        recorded=prepared.recorded,
        source=Activity.Source.FILE,
        device=remove_unprintable(recording.device)[:80],
        original=original,
    )


def _build_row(activity: Activity, prepared: PreparedRecording, added_by: str) -> ActivityRecording:
    """Build the unsaved row of a further recording. `activity`: what it would be alone."""
    row = build_recording(activity)
    row.added_by = added_by
    recording = prepared.recording
    row.pauses, row.laps = serialize_pauses(recording), serialize_laps(recording)
    row.altitude_source = recording.altitude_source
    set_samples(row, prepared.encoded.content)
    return row
