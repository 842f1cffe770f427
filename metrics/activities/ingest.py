"""Store recorded files: read, measure, write. Uploads and commands both use `ingest_file`.

Idempotent: the same recording gives one activity, even if it arrives several times, from several devices or
at the same moment. The lock is the athlete's row: raising its data version locks the row until the
transaction ends. So two uploads for one athlete run one after the other, and the second finds what the first
stored.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

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
from metrics.files.errors import NO_TIME, FileError
from metrics.files.read import read_recordings
from metrics.models import Activity, OriginalFile, Streams
from metrics.models.querysets import SAME_START_TOLERANCE, build_start_filter, is_similar_distance
from metrics.recording import Recording, Samples
from metrics.storage.locks import lock_athlete
from metrics.storage.quotas import ROOM_SQL, build_quota_error, build_room_parameters


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The activities of a file, in file order, and how many of them are new."""

    activities: tuple[Activity, ...]
    stored_count: int


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: bytes, name, the sender's options, and the latest start time to accept."""

    data: bytes
    filename: str = ""
    activity_type: str | None = None
    accept_partial: bool = False
    not_after: datetime | None = None

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
        return IngestResult(known, 0)
    recordings = read_recordings(upload.data, upload.filename, accept_partial=upload.accept_partial)
    _check_start_times(recordings, upload.not_after)
    return _store_recordings(athlete, upload, [_prepare_recording(recording) for recording in recordings])


def _check_start_times(recordings: Iterable[Recording], not_after: datetime | None) -> None:
    for recording in recordings:
        if not_after is not None and recording.started_at > not_after:
            day = recording.started_at.date()
            raise FileError(
                NO_TIME, f"The recording starts in the future, on {day}. The clock of the device was wrong."
            )


@dataclass(frozen=True, slots=True)
class _PreparedRecording:
    """A recording, its samples rounded as in storage, and the encoded samples."""

    recording: Recording
    samples: Samples
    encoded_samples: bytes


def _prepare_recording(recording: Recording) -> _PreparedRecording:
    samples = recording.samples
    return _PreparedRecording(
        recording, streams.round_samples(samples), streams.encode(samples) if len(samples) else b""
    )


def _find_activities_of_file(athlete: Athlete, sha256: bytes) -> tuple[Activity, ...]:
    rows = Activity.objects.filter(athlete=athlete, original__athlete=athlete, original__sha256=sha256)
    return tuple(rows.order_by("started_at", "id"))


@transaction.atomic
def _store_recordings(athlete: Athlete, upload: Upload, prepared: list[_PreparedRecording]) -> IngestResult:
    lock_athlete(athlete.pk)
    candidates = _find_candidates(
        athlete, upload, [prepared_recording.recording for prepared_recording in prepared]
    )
    same_bytes = tuple(activity for activity in candidates if _has_same_file(activity, upload))
    if same_bytes:  # another request stored this file while we read it
        return IngestResult(same_bytes, 0)
    matches = [
        _find_same_recording(prepared_recording.recording, upload, candidates)
        for prepared_recording in prepared
    ]
    if all(match is not None and match.source == Activity.Source.FILE for match in matches):
        return IngestResult(tuple(filter(None, matches)), 0)
    writer = ActivityWriter(
        athlete,
        upload,
        _store_original(athlete, upload, matches.count(None)),
        ThresholdsOverTime(athlete, athlete.thresholds.all()),
    )
    activities = [
        writer.add(prepared_recording, match)
        for prepared_recording, match in zip(prepared, matches, strict=True)
    ]
    writer.write()
    return IngestResult(tuple(dict.fromkeys(activities)), writer.stored_count)


class ActivityWriter:
    """Collects the activities of one file and writes them to the database."""

    def __init__(
        self, athlete: Athlete, upload: Upload, original: OriginalFile, thresholds: ThresholdsOverTime
    ) -> None:
        self.athlete, self.upload, self.original, self.thresholds = athlete, upload, original, thresholds
        self.created: list[Activity] = []
        self.merged: list[Activity] = []
        self.streams: list[Streams] = []

    @property
    def stored_count(self) -> int:
        return len(self.created) + len(self.merged)

    def add(self, prepared_recording: _PreparedRecording, match: Activity | None) -> Activity:
        """Return the activity of this recording: a stored one, one from the same file, or a new one."""
        match = match or _find_same_recording(prepared_recording.recording, self.upload, self.created)
        if match is not None and (match.source == Activity.Source.FILE or match in self.merged):
            return match
        recording = prepared_recording.recording
        activity = _build_activity(self.athlete, recording, self.upload, self.original)
        if match is not None:  # a manual entry keeps its id and name and takes the recorded values
            activity = merge_into_manual(match, activity)
            self.merged.append(activity)
        else:
            self.created.append(activity)
        # Measure after the merge: is_race and perceived_effort change the result.
        pauses, altitude_source = serialize_pauses(recording), recording.altitude_source
        measure_activity(activity, self.thresholds, prepared_recording.samples, pauses, altitude_source)
        if prepared_recording.encoded_samples:
            self.streams.append(_build_streams(activity, prepared_recording))
        return activity

    def write(self) -> None:
        Activity.objects.bulk_create(self.created)
        for activity in self.merged:
            activity.save(force_update=True)
        Streams.objects.bulk_create(self.streams)


KEPT_MANUAL_FIELDS = ("id", "created_at", "is_race", "perceived_effort")


def merge_into_manual(entry: Activity, recorded: Activity) -> Activity:
    for field in Activity._meta.concrete_fields:
        if field.name not in KEPT_MANUAL_FIELDS and not (field.name == "name" and entry.name):
            setattr(entry, field.attname, getattr(recorded, field.attname))
    return entry


def _find_candidates(athlete: Athlete, upload: Upload, recordings: list[Recording]) -> list[Activity]:
    """Stored activities with the same file, or with the start time of one of these recordings."""
    similar = Q(original__sha256=upload.sha256)
    for recording in recordings:
        similar |= build_start_filter(recording.started_at)
    rows = Activity.objects.filter(similar, athlete=athlete)
    return list(rows.select_related("original").defer("original__content"))


def _has_same_file(activity: Activity, upload: Upload) -> bool:
    return activity.original is not None and bytes(activity.original.sha256) == upload.sha256


def _find_same_recording(recording: Recording, upload: Upload, stored: list[Activity]) -> Activity | None:
    """Find the stored activity with the same sport and a similar start and distance."""
    sport = upload.sport_of(recording)
    return next(
        (
            activity
            for activity in stored
            # A user may have corrected the sport: compare also with the recorded one.
            if sport in (activity.activity_type, activity.recorded.get("sport"))
            and abs(activity.started_at - recording.started_at) <= SAME_START_TOLERANCE
            and is_similar_distance(activity.distance_m or 0.0, recording.totals.distance_m or 0.0)
        ),
        None,
    )


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


def _build_activity(
    athlete: Athlete, recording: Recording, upload: Upload, original: OriginalFile
) -> Activity:
    """Build an unsaved activity from a recording, not measured yet."""
    return Activity(
        athlete=athlete,
        name=_remove_unprintable(recording.name)[:200],
        activity_type=upload.sport_of(recording),
        sub_type=_remove_unprintable(recording.sub_sport)[:40],
        started_at=recording.started_at,
        utc_offset_min=recording.utc_offset_min,
        local_date=local_date_at(athlete, recording.started_at, recording.utc_offset_min),
        duration_s=recording.totals.duration_s,
        elapsed_s=recording.totals.elapsed_s,
        avg_cadence_spm=recording.totals.avg_cadence_spm,
        recorded=serialize_totals(recording.totals)
        | {"warnings": list(recording.warnings), "sport": upload.sport_of(recording)},
        source=Activity.Source.FILE,
        device=_remove_unprintable(recording.device)[:80],
        original=original,
    )


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
