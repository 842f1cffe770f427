"""The one door for training data: read → store → touch. Uploads, commands and manual entries all enter here.

Idempotent: the same recording is one activity, however often, from however many devices and at whatever moment it
arrives. What makes it so is the athlete's row: raising its data version locks it until the transaction ends, so two
uploads for one athlete follow each other, and the second finds what the first has stored.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from athletes.models import Athlete
from metrics import columns
from metrics.files.reading import read
from metrics.models import Activity, OriginalFile, Streams
from metrics.querysets import SAME_DISTANCE, SAME_START, starting_near
from metrics.recording import Recording


@dataclass(frozen=True, slots=True)
class Ingested:
    """The activities that a file stands for, in its order, and how many of them are new."""

    activities: tuple[Activity, ...]
    stored: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its bytes and name, and what the sender says about it."""

    data: bytes
    filename: str = ""
    activity_type: str | None = None
    accept_partial: bool = False

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.data).digest()


def ingest_file(athlete: Athlete, upload: Upload) -> Ingested:
    """Store every activity of a file that is not there yet. Raises FileRefused and then stores nothing."""
    known = _activities_of_file(athlete, upload.sha256)
    if known:
        return Ingested(known, 0)
    recordings = read(upload.data, upload.filename, accept_partial=upload.accept_partial)
    packed = [columns.pack(recording.samples) if len(recording.samples) else b"" for recording in recordings]
    return _store(athlete, upload, recordings, packed)


def _activities_of_file(athlete: Athlete, sha256: bytes) -> tuple[Activity, ...]:
    rows = Activity.objects.filter(athlete=athlete, original__athlete=athlete, original__sha256=sha256)
    return tuple(rows.order_by("started_at", "id"))


@transaction.atomic
def _store(
    athlete: Athlete, upload: Upload, recordings: tuple[Recording, ...], packed: list[bytes]
) -> Ingested:
    Athlete.objects.filter(pk=athlete.pk).touch()
    stored_before = _already_there(athlete, upload, recordings)
    found = tuple(activity for activity in stored_before if _is_from(activity, upload))
    if found:  # the same bytes came in while these were being read
        return Ingested(found, 0)
    matches = [_same_recording(recording, upload, stored_before) for recording in recordings]
    if all(matches):
        return Ingested(tuple(match for match in matches if match), 0)
    original = _keep_original(athlete, upload)
    activities = [
        match or _activity(athlete, recording, upload, original)
        for match, recording in zip(matches, recordings, strict=True)
    ]
    fresh = [(a, p) for a, p, match in zip(activities, packed, matches, strict=True) if match is None]
    Activity.objects.bulk_create([activity for activity, _ in fresh])
    Streams.objects.bulk_create(
        [
            Streams(activity=activity, athlete=athlete, content=content)
            for activity, content in fresh
            if content
        ]
    )
    return Ingested(tuple(activities), len(fresh))


def _already_there(athlete: Athlete, upload: Upload, recordings: tuple[Recording, ...]) -> list[Activity]:
    """Stored activities of the same bytes, or starting as one of these recordings does."""
    alike = Q(original__sha256=upload.sha256)
    for recording in recordings:
        alike |= starting_near(recording.started_at)
    return list(
        Activity.objects.filter(alike, athlete=athlete).select_related("original").defer("original__content")
    )


def _is_from(activity: Activity, upload: Upload) -> bool:
    return activity.original is not None and bytes(activity.original.sha256) == upload.sha256


def _same_recording(recording: Recording, upload: Upload, stored: list[Activity]) -> Activity | None:
    """The stored activity that this is a second recording of: same sport, start and distance alike."""
    sport = upload.activity_type or recording.sport
    return next(
        (
            activity
            for activity in stored
            if activity.activity_type == sport
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
        filename=upload.filename[-200:],
        size_bytes=len(upload.data),
        content=zlib.compress(upload.data, 1),
    )
    unique, fresh = ["athlete", "sha256"], ["filename", "size_bytes", "content"]
    rows = OriginalFile.objects.bulk_create(
        [original], update_conflicts=True, unique_fields=unique, update_fields=fresh
    )
    return rows[0]


def _activity(athlete: Athlete, recording: Recording, upload: Upload, original: OriginalFile) -> Activity:
    totals = recording.totals
    return Activity(
        athlete=athlete,
        name=recording.name[:200],
        activity_type=upload.activity_type or recording.sport,
        sub_type=recording.sub_sport[:40],
        started_at=recording.started_at,
        utc_offset_min=recording.utc_offset_min,
        local_date=place_date(athlete, recording.started_at, recording.utc_offset_min),
        distance_m=totals.distance_m,
        duration_s=totals.duration_s,
        moving_time_s=totals.moving_s,
        elapsed_s=totals.elapsed_s,
        elevation_gain_m=totals.elevation_gain_m,
        elevation_loss_m=totals.elevation_loss_m,
        avg_hr_bpm=totals.avg_hr_bpm,
        max_hr_bpm=totals.max_hr_bpm,
        avg_cadence_spm=totals.avg_cadence_spm,
        calories_kcal=totals.calories_kcal,
        warnings=list(recording.warnings),
        source=Activity.Source.FILE,
        device=recording.device[:80],
        original=original,
    )


def place_date(athlete: Athlete, started_at: datetime, utc_offset_min: int | None) -> date:
    """The day at the place where it started; where the file does not tell, in the athlete's own zone."""
    if utc_offset_min is None:
        return athlete.local_date(started_at)
    return (started_at + timedelta(minutes=utc_offset_min)).date()


@transaction.atomic
def enter_by_hand(athlete: Athlete, entry: dict[str, Any]) -> Activity:
    """Store a validated manual entry."""
    Athlete.objects.filter(pk=athlete.pk).touch()
    activity = Activity(athlete=athlete, source=Activity.Source.MANUAL, **entry)
    activity.local_date = place_date(athlete, activity.started_at, activity.utc_offset_min)
    activity.save(force_insert=True)
    return activity


@transaction.atomic
def change_activity(activity: Activity, changes: dict[str, Any]) -> Activity:
    """Store validated changes to one activity."""
    Athlete.objects.filter(pk=activity.athlete_id).touch()
    for name, value in changes.items():
        setattr(activity, name, value)
    activity.local_date = place_date(activity.athlete, activity.started_at, activity.utc_offset_min)
    activity.save(update_fields=[*changes, "local_date", "updated_at"])
    return activity


@transaction.atomic
def delete_activity(activity: Activity) -> None:
    """Remove an activity with its streams, and its file once no other activity is made from it."""
    Athlete.objects.filter(pk=activity.athlete_id).touch()
    original_id = activity.original_id
    activity.delete()
    if original_id and not Activity.objects.filter(original_id=original_id).exists():
        OriginalFile.objects.filter(pk=original_id).delete()
