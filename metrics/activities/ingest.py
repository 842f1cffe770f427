"""The one door for recorded files: read → measure → store → touch. Uploads and commands enter here.

Idempotent: the same recording is one activity, however often, from however many devices and at whatever moment it
arrives. What makes it so is the athlete's row: raising its data version locks it until the transaction ends, so two
uploads for one athlete follow each other, and the second finds what the first has stored.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from athletes.models import Athlete
from metrics.activities import streams
from metrics.activities.manual_entry import lock, place_date
from metrics.activities.measure import Yardsticks, kept_laps, kept_pauses, measure_activity, recorded_totals
from metrics.files.errors import NO_TIME, FileRefused
from metrics.files.read import read
from metrics.models import Activity, OriginalFile, Streams
from metrics.models.querysets import SAME_DISTANCE, SAME_START, starting_near
from metrics.recording import Recording, Samples


@dataclass(frozen=True, slots=True)
class Ingested:
    """The activities that a file stands for, in its order, and how many of them are new."""

    activities: tuple[Activity, ...]
    stored: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its bytes and name, what the sender says about it, and the latest start that can be true."""

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


def ingest_file(athlete: Athlete, upload: Upload) -> Ingested:
    """Store every activity of a file that is not there yet. Raises FileRefused and then stores nothing."""
    known = _activities_of_file(athlete, upload.sha256)
    if known:
        return Ingested(known, 0)
    recordings = read(upload.data, upload.filename, accept_partial=upload.accept_partial)
    _refuse_the_future(recordings, upload.not_after)
    return _store(athlete, upload, [_prepared(recording) for recording in recordings])


def _refuse_the_future(recordings: Iterable[Recording], not_after: datetime | None) -> None:
    for recording in recordings:
        if not_after is not None and recording.started_at > not_after:
            day = recording.started_at.date()
            raise FileRefused(NO_TIME, f"The recording says that it starts on {day}: its clock was wrong.")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A recording with its samples as they will come back from storage, and the bytes they will come back from."""

    recording: Recording
    samples: Samples
    packed: bytes


def _prepared(recording: Recording) -> _Prepared:
    samples = recording.samples
    return _Prepared(recording, streams.rounded(samples), streams.pack(samples) if len(samples) else b"")


def _activities_of_file(athlete: Athlete, sha256: bytes) -> tuple[Activity, ...]:
    rows = Activity.objects.filter(athlete=athlete, original__athlete=athlete, original__sha256=sha256)
    return tuple(rows.order_by("started_at", "id"))


@transaction.atomic
def _store(athlete: Athlete, upload: Upload, prepared: list[_Prepared]) -> Ingested:
    lock(athlete.pk)
    there = _already_there(athlete, upload, [one.recording for one in prepared])
    same_bytes = tuple(activity for activity in there if _is_from(activity, upload))
    if same_bytes:  # they came in while these were being read
        return Ingested(same_bytes, 0)
    matches = [_same_recording(one.recording, upload, there) for one in prepared]
    if all(match is not None and match.source == Activity.Source.FILE for match in matches):
        return Ingested(tuple(filter(None, matches)), 0)
    writer = _Writer(
        athlete, upload, _keep_original(athlete, upload), Yardsticks(athlete, athlete.thresholds.all())
    )
    activities = [writer.placed(one, match) for one, match in zip(prepared, matches, strict=True)]
    writer.write()
    return Ingested(tuple(dict.fromkeys(activities)), writer.stored)


class _Writer:
    """The activities of one file on their way into the database."""

    def __init__(
        self, athlete: Athlete, upload: Upload, original: OriginalFile, yardsticks: Yardsticks
    ) -> None:
        self.athlete, self.upload, self.original, self.yardsticks = athlete, upload, original, yardsticks
        self.fresh: list[Activity] = []
        self.taken_over: list[Activity] = []
        self.streams: list[Streams] = []

    @property
    def stored(self) -> int:
        return len(self.fresh) + len(self.taken_over)

    def placed(self, one: _Prepared, match: Activity | None) -> Activity:
        """The activity this recording becomes: a stored one, its twin earlier in the same file, or a new one."""
        match = match or _same_recording(one.recording, self.upload, self.fresh)
        if match is not None and (match.source == Activity.Source.FILE or match in self.taken_over):
            return match
        recording, activity = (
            one.recording,
            _activity(self.athlete, one.recording, self.upload, self.original),
        )
        if (
            match is not None
        ):  # what was entered by hand keeps its id and words, and gets the recording's numbers
            activity = _taken_over(match, activity)
            self.taken_over.append(activity)
        else:
            self.fresh.append(activity)
        # Only now: whether it was a race and how hard it felt are a part of the numbers.
        pauses, altitude_source = kept_pauses(recording), recording.altitude_source
        measure_activity(activity, self.yardsticks, one.samples, pauses, altitude_source)
        if one.packed:
            self.streams.append(_streams(activity, one))
        return activity

    def write(self) -> None:
        Activity.objects.bulk_create(self.fresh)
        for activity in self.taken_over:
            activity.save(force_update=True)
        Streams.objects.bulk_create(self.streams)


KEPT_BY_HAND = ("id", "created_at", "is_race", "perceived_effort")


def _taken_over(entry: Activity, recorded: Activity) -> Activity:
    for field in Activity._meta.concrete_fields:
        if field.name not in KEPT_BY_HAND and not (field.name == "name" and entry.name):
            setattr(entry, field.attname, getattr(recorded, field.attname))
    return entry


def _already_there(athlete: Athlete, upload: Upload, recordings: list[Recording]) -> list[Activity]:
    """Stored activities of the same bytes, or starting as one of these recordings does."""
    alike = Q(original__sha256=upload.sha256)
    for recording in recordings:
        alike |= starting_near(recording.started_at)
    rows = Activity.objects.filter(alike, athlete=athlete)
    return list(rows.select_related("original").defer("original__content"))


def _is_from(activity: Activity, upload: Upload) -> bool:
    return activity.original is not None and bytes(activity.original.sha256) == upload.sha256


def _same_recording(recording: Recording, upload: Upload, stored: list[Activity]) -> Activity | None:
    """The stored activity that this is a second recording of: same sport, start and distance alike."""
    sport = upload.sport_of(recording)
    return next(
        (
            activity
            for activity in stored
            # Somebody may have corrected the sport since: what the device had said is kept beside it.
            if sport in (activity.activity_type, activity.recorded.get("sport"))
            and abs(activity.started_at - recording.started_at) <= SAME_START
            and _alike(activity.distance_m or 0.0, recording.totals.distance_m or 0.0)
        ),
        None,
    )


def _alike(one_m: float, other_m: float) -> bool:
    return abs(one_m - other_m) <= SAME_DISTANCE * max(one_m, other_m)


def _keep_original(athlete: Athlete, upload: Upload) -> OriginalFile:
    """The bytes, kept for the athlete in one statement, also where a row of the same bytes was left behind."""
    original = OriginalFile(
        athlete=athlete,
        sha256=upload.sha256,
        filename=_plain(upload.filename)[-200:],
        size_bytes=len(upload.data),
        content=zlib.compress(upload.data, 1),
    )
    unique, fresh = ["athlete", "sha256"], ["filename", "size_bytes", "content"]
    rows = OriginalFile.objects.bulk_create(
        [original], update_conflicts=True, unique_fields=unique, update_fields=fresh
    )
    return rows[0]


def _activity(athlete: Athlete, recording: Recording, upload: Upload, original: OriginalFile) -> Activity:
    """What a recording says of itself, not measured yet."""
    return Activity(
        athlete=athlete,
        name=_plain(recording.name)[:200],
        activity_type=upload.sport_of(recording),
        sub_type=_plain(recording.sub_sport)[:40],
        started_at=recording.started_at,
        utc_offset_min=recording.utc_offset_min,
        local_date=place_date(athlete, recording.started_at, recording.utc_offset_min),
        duration_s=recording.totals.duration_s,
        elapsed_s=recording.totals.elapsed_s,
        avg_cadence_spm=recording.totals.avg_cadence_spm,
        recorded=recorded_totals(recording.totals)
        | {"warnings": list(recording.warnings), "sport": upload.sport_of(recording)},
        source=Activity.Source.FILE,
        device=_plain(recording.device)[:80],
        original=original,
    )


def _plain(text: str) -> str:
    """What a device or a file system calls something, without what no text column takes."""
    return "".join(letter for letter in text if letter.isprintable())


def _streams(activity: Activity, one: _Prepared) -> Streams:
    recording = one.recording
    return Streams(
        activity=activity,
        athlete_id=activity.athlete_id,
        content=one.packed,
        pauses=kept_pauses(recording),
        laps=kept_laps(recording),
        altitude_source=recording.altitude_source,
    )
