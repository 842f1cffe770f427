"""Store one recording or one entry of an import. The caller's transaction also writes its outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from rest_framework.exceptions import ValidationError

from athletes.models import Athlete
from metrics.activities.changes import create_manual_activity
from metrics.activities.encoded_recordings import EncodedRecording
from metrics.activities.ingest import IngestResult, Upload, ingest_file
from metrics.activities.recording_places import IngestOutcome
from metrics.activities.serializers import MAX_START_AHEAD, ActivityCreate
from metrics.archives.items import ActivityEntry, parse_description, parse_entry
from metrics.files.errors import FileError
from metrics.imports.files.crop_reasons import CROP_REASONS, find_crop_code
from metrics.imports.files.described import build_described, choose_sport, copy_described, lend_description
from metrics.imports.files.outcomes import FileOutcome, Status
from metrics.models import Activity, Import, ImportedActivity, ImportFile
from metrics.storage.identity import UNKNOWN_SPORT, RecordedSpan, find_known_sports
from metrics.storage.locks import lock_athlete
from metrics.storage.original_files import remove_unprintable
from metrics.storage.same_activity import find_same_activities

IMPOSSIBLE_ENTRY = "IMPOSSIBLE_ENTRY"
OUTCOMES = ImportedActivity.Outcome
# The columns of an entry, and the fields of the API that know their limits.
FIELD_BY_COLUMN = {
    str(field.source or name): name
    for name, field in ActivityCreate._declared_fields.items()
    if name != "user_id"
}
ONLY_TOTALS = "The file could not be read. Only the totals that the export has are stored."
TOTALS_ARE_THERE = "The file could not be read. An activity of that time is stored already."
REQUIRED = ("started_at", "duration")


@dataclass(frozen=True, slots=True)
class FileData:
    """A file that is about to be stored. `error`: its bytes cannot be read."""

    file: ImportFile
    data: bytes = b""
    error: FileError | None = None


def build_upload(parent: Import, file: FileData, now: datetime) -> Upload:
    """A recording with what the export says of it."""
    description = parse_description(file.file.details)
    return Upload(
        file.data,
        file.file.name,
        accept_partial=parent.accept_partial,
        not_after=now + MAX_START_AHEAD,
        added_by=parent.added_by,
        activity_type_if_unknown=choose_sport(description, parent.activity_type_if_unknown),
        described=build_described(description),
        cropped_to=description.cropped_to if description else None,
    )


def store_recording(
    athlete: Athlete, upload: Upload, read: Callable[[], tuple[EncodedRecording, ...]]
) -> FileOutcome:
    """Store a recording. Raises FileError and QuotaReached; then nothing is stored."""
    ingested = ingest_file(athlete, upload, read)
    activities = [
        _build_imported(activity, outcome, ingested, place, upload)
        for place, (activity, outcome) in enumerate(zip(ingested.activities, ingested.outcomes, strict=True))
    ]
    code = find_crop_code(ingested, upload)
    return FileOutcome(_summarize(ingested), code, CROP_REASONS[code], activities=activities)


def store_entry(athlete: Athlete, parent: Import, file: ImportFile, now: datetime) -> FileOutcome:
    """Store an activity that has only totals. One that overlaps a stored activity describes that one."""
    entry, description = parse_entry(file.details), parse_description(file.details)
    assert entry is not None
    sport = choose_sport(description, parent.activity_type_if_unknown)
    described = build_described(description)
    try:
        values = _validate_entry(entry, sport or UNKNOWN_SPORT, now)
    except ValidationError as error:
        return FileOutcome(Status.REFUSED, IMPOSSIBLE_ENTRY, _format_errors(error))
    lock_athlete(athlete.pk)
    same = _find_same(athlete, values, sport)
    if same is not None:
        lent = lend_description(same, described, sport)
        imported = ImportedActivity(
            activity_id=same.pk,
            outcome=OUTCOMES.ALREADY_THERE,
            described=copy_described(same) | {name: after for name, (_, after) in lent.items()},
            lent=lent,
        )
        return FileOutcome(Status.ALREADY_THERE, file.code, file.reason, activities=[imported])
    activity = create_manual_activity(athlete, values | described | _read_further_columns(entry))
    imported = ImportedActivity(
        activity_id=activity.pk,
        outcome=OUTCOMES.STORED,
        is_sport_unknown=not sport and not activity.sub_type,
        described=copy_described(activity),
    )
    return FileOutcome(Status.STORED, file.code, file.reason, activities=[imported])


def store_totals_of_refused(
    athlete: Athlete, parent: Import, refused: FileOutcome, file: ImportFile, now: datetime
) -> FileOutcome:
    """Store what the export says of a recording that is refused, if it says anything.

    The bytes stay, so that they can be tried again: the recording then joins the entry.
    """
    if file.kind != ImportFile.Kind.RECORDING or parse_entry(file.details) is None:
        return refused
    tried_before = file.activities.order_by("pk").first()
    stored = FileOutcome(tried_before.outcome) if tried_before else store_entry(athlete, parent, file, now)
    if stored.status == Status.REFUSED:
        return refused
    reason = ONLY_TOTALS if stored.status == Status.STORED else TOTALS_ARE_THERE
    return replace(stored, code=refused.code, reason=f"{reason} {refused.reason}", content=refused.content)


def _summarize(ingested: IngestResult) -> str:
    if ingested.stored_count:
        return Status.STORED
    return Status.SECOND_RECORDING if ingested.second_count else Status.ALREADY_THERE


def _build_imported(
    activity: Activity, outcome: IngestOutcome, ingested: IngestResult, place: int, upload: Upload
) -> ImportedActivity:
    """What the file did to one activity. A known one is told what nobody has said of it."""
    recording_id = ingested.recording_ids[place] if ingested.recording_ids else None
    lent: dict[str, list[Any]] = {}
    if outcome is IngestOutcome.ALREADY_THERE:
        lent = lend_description(activity, upload.described, upload.activity_type_if_unknown)
    is_new = outcome is IngestOutcome.STORED and recording_id is None
    return ImportedActivity(
        activity_id=activity.pk,
        recording_id=recording_id,
        outcome=OUTCOMES(outcome.value),
        is_sport_unknown=is_new and activity.activity_type == UNKNOWN_SPORT and not activity.sub_type,
        described=copy_described(activity) | {name: after for name, (_, after) in lent.items()},
        lent=lent,
    )


def _validate_entry(entry: ActivityEntry, sport: str, now: datetime) -> dict[str, Any]:
    """The columns of an entry. Totals that are impossible are left out; without a start or a duration it is
    refused. Raises ValidationError.
    """
    given = {
        FIELD_BY_COLUMN[field.name]: getattr(entry, field.name)
        for field in fields(entry)
        if field.name in FIELD_BY_COLUMN
    }
    body = {name: value for name, value in given.items() if value is not None}
    body |= {"started_at": entry.started_at.isoformat(), "activity_type": sport}
    try:
        return ActivityCreate.parse(body, now=now)
    except ValidationError as error:
        wrong = set(error.detail) if isinstance(error.detail, dict) else set()
        if not wrong or wrong & set(REQUIRED):
            raise
        return ActivityCreate.parse({name: body[name] for name in body.keys() - wrong}, now=now)


def _read_further_columns(entry: ActivityEntry) -> dict[str, Any]:
    further: dict[str, Any] = {"device": remove_unprintable(entry.device)[:80]}
    if entry.avg_cadence_spm is not None and 0 < entry.avg_cadence_spm < 300:
        further["avg_cadence_spm"] = entry.avg_cadence_spm
    return further


def _find_same(athlete: Athlete, values: dict[str, Any], sport: str) -> Activity | None:
    """The stored activity of the same time and sport."""
    span = RecordedSpan(values["started_at"], values["duration_s"], find_known_sports(sport or UNKNOWN_SPORT))
    near = Activity.objects.filter(athlete=athlete, started_at__range=span.find_possible_starts())
    return next(iter(find_same_activities(span, near)), None)


def _format_errors(error: ValidationError) -> str:
    """One sentence for people: an export has no field names."""
    wrong = set(error.detail) if isinstance(error.detail, dict) else set()
    if "duration" in wrong:
        return "It has no duration, or one of more than ten days."
    return "It starts in the future." if "started_at" in wrong else "Its values are impossible."
