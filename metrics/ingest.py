"""The one door for training data: read → measure → store → touch. Uploads, commands and manual entries all enter here.

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
from metrics.measuring import Yardsticks, kept_laps, kept_pauses, measure_activity, recorded_totals
from metrics.models import Activity, OriginalFile, Streams
from metrics.querysets import SAME_DISTANCE, SAME_START, starting_near
from metrics.recording import Recording, Samples


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
    return _store(athlete, upload, [_prepared(recording) for recording in recordings])


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A recording with its samples as they will come back from storage, and the bytes they will come back from."""

    recording: Recording
    samples: Samples
    packed: bytes


def _prepared(recording: Recording) -> _Prepared:
    samples = recording.samples
    return _Prepared(recording, columns.rounded(samples), columns.pack(samples) if len(samples) else b"")


def _activities_of_file(athlete: Athlete, sha256: bytes) -> tuple[Activity, ...]:
    rows = Activity.objects.filter(athlete=athlete, original__athlete=athlete, original__sha256=sha256)
    return tuple(rows.order_by("started_at", "id"))


@transaction.atomic
def _store(athlete: Athlete, upload: Upload, prepared: list[_Prepared]) -> Ingested:
    Athlete.objects.filter(pk=athlete.pk).touch()
    stored = _already_there(athlete, upload, [one.recording for one in prepared])
    same_bytes = tuple(activity for activity in stored if _is_from(activity, upload))
    if same_bytes:  # they came in while these were being read
        return Ingested(same_bytes, 0)
    matches = [_same_recording(one.recording, upload, stored) for one in prepared]
    if all(matches):
        return Ingested(tuple(match for match in matches if match), 0)
    original = _keep_original(athlete, upload)
    yardsticks = Yardsticks(athlete, athlete.thresholds.all())
    fresh: list[tuple[Activity, _Prepared]] = []
    for place, (match, one) in enumerate(zip(matches, prepared, strict=True)):
        if match is None:
            matches[place] = activity = _activity(athlete, one, upload, original, yardsticks)
            fresh.append((activity, one))
    Activity.objects.bulk_create([activity for activity, _ in fresh])
    Streams.objects.bulk_create([_streams(activity, one) for activity, one in fresh if one.packed])
    return Ingested(tuple(match for match in matches if match), len(fresh))


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


def _activity(
    athlete: Athlete, one: _Prepared, upload: Upload, original: OriginalFile, yardsticks: Yardsticks
) -> Activity:
    recording = one.recording
    activity = Activity(
        athlete=athlete,
        name=recording.name[:200],
        activity_type=upload.activity_type or recording.sport,
        sub_type=recording.sub_sport[:40],
        started_at=recording.started_at,
        utc_offset_min=recording.utc_offset_min,
        local_date=place_date(athlete, recording.started_at, recording.utc_offset_min),
        duration_s=recording.totals.duration_s,
        elapsed_s=recording.totals.elapsed_s,
        avg_cadence_spm=recording.totals.avg_cadence_spm,
        recorded=recorded_totals(recording.totals) | {"warnings": list(recording.warnings)},
        source=Activity.Source.FILE,
        device=recording.device[:80],
        original=original,
    )
    measure_activity(activity, yardsticks, one.samples, kept_pauses(recording), recording.altitude_source)
    return activity


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


def place_date(athlete: Athlete, started_at: datetime, utc_offset_min: int | None) -> date:
    """The day at the place where it started; where the file does not tell, in the athlete's own zone."""
    if utc_offset_min is None:
        return athlete.local_date(started_at)
    return (started_at + timedelta(minutes=utc_offset_min)).date()


# A manual entry's fields that are totals, and what Recording calls them.
ENTERED = {
    "duration_s": "duration_s",
    "distance_m": "distance_m",
    "moving_time_s": "moving_s",
    "elevation_gain_m": "elevation_gain_m",
    "elevation_loss_m": "elevation_loss_m",
    "avg_hr_bpm": "avg_hr_bpm",
    "max_hr_bpm": "max_hr_bpm",
    "calories_kcal": "calories_kcal",
}


@transaction.atomic
def enter_by_hand(athlete: Athlete, entry: dict[str, Any]) -> Activity:
    """Store a validated manual entry."""
    Athlete.objects.filter(pk=athlete.pk).touch()
    activity = Activity(athlete=athlete, source=Activity.Source.MANUAL)
    _apply(activity, entry)
    measure_activity(activity, Yardsticks(athlete, athlete.thresholds.all()))
    activity.save(force_insert=True)
    return activity


@transaction.atomic
def change_activity(activity: Activity, changes: dict[str, Any]) -> Activity:
    """Store validated changes to one activity, and measure it again: sport, effort and totals change its load."""
    Athlete.objects.filter(pk=activity.athlete_id).touch()
    athlete = activity.athlete
    _apply(activity, changes)
    streams = Streams.objects.filter(pk=activity.pk).first()
    measure_stored(activity, Yardsticks(athlete, athlete.thresholds.all()), streams)
    activity.save()
    return activity


def _apply(activity: Activity, entry: dict[str, Any]) -> None:
    """Set an entry's fields; its totals also as what was recorded, because everything is measured from that."""
    for name, value in entry.items():
        setattr(activity, name, value)
    totals = {ENTERED[name]: value for name, value in entry.items() if name in ENTERED}
    kept = activity.recorded | totals
    activity.recorded = {name: value for name, value in kept.items() if value is not None}
    activity.recorded.setdefault("elapsed_s", activity.recorded.get("duration_s"))
    activity.local_date = place_date(activity.athlete, activity.started_at, activity.utc_offset_min)


def measure_stored(activity: Activity, yardsticks: Yardsticks, streams: Streams | None) -> None:
    """Measure a stored activity again, unsaved."""
    if streams is None:
        measure_activity(activity, yardsticks)
    else:
        samples = columns.unpack(bytes(streams.content))
        measure_activity(activity, yardsticks, samples, streams.pauses, streams.altitude_source)


@transaction.atomic
def delete_activity(activity: Activity) -> None:
    """Remove an activity with its streams, and its file once no other activity is made from it."""
    Athlete.objects.filter(pk=activity.athlete_id).touch()
    original_id = activity.original_id
    activity.delete()
    if original_id and not Activity.objects.filter(original_id=original_id).exists():
        OriginalFile.objects.filter(pk=original_id).delete()
