"""Imports in the API. Read serializers only document the schema; the answers are plain dicts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from rest_framework import serializers

from astral.http.fields import ChoiceField, FormBooleanField, StrictBooleanField, StrictSerializer
from astral.http.list_field import ListField
from astral.ids import encode
from athletes.models import User
from athletes.request_fields import AthleteIdField
from metrics.activities.serializers import round_value
from metrics.imports.counts import WAITING, ImportCounts, estimate_import_time
from metrics.models import Activity, Import, ImportedActivity, ImportFile

MAX_FILES = 200
FILE_STATUSES = (WAITING, *ImportFile.Status.values)
SPORT_HELP = "The sport of recordings that do not name theirs."


class ImportRequest(StrictSerializer):
    """The multipart body of an import. Fields before the files are read before the files."""

    user_id = AthleteIdField(required=False)
    dry_run = FormBooleanField(default=False, help_text="1: only say what would come.")
    accept_partial = FormBooleanField(
        default=False, help_text="1: store incomplete recordings as far as possible."
    )
    activity_type_if_unknown = ChoiceField(Activity.Type.choices, required=False, help_text=SPORT_HELP)
    file = ListField(
        child=serializers.FileField(allow_empty_file=True),
        max_length=MAX_FILES,
        allow_empty=False,
        help_text="An archive, a recording or a table of health data; or several files of one folder. "
        "Send user_id before the files.",
    )


class ImportUpdate(StrictSerializer):
    """PATCH: name the sport of all recordings of this import that do not say it."""

    activity_type_if_unknown = ChoiceField(Activity.Type.choices, help_text=SPORT_HELP)


class RetryRequest(StrictSerializer):
    accept_partial = StrictBooleanField(
        required=False, help_text="true: store incomplete recordings as far as possible."
    )


class ImportFilesQuery(StrictSerializer):
    status = ChoiceField(FILE_STATUSES, required=False, help_text="Only files with this outcome.")
    kind = ChoiceField(ImportFile.Kind.choices, required=False, help_text="Only files of this kind.")


class ImportProgressSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField(help_text="Files that are done.")
    total = serializers.IntegerField(help_text="All files; 0 until the import is planned.")
    share = serializers.FloatField(help_text="The share of the time that has passed, from 0 to 1.")
    seconds_left = serializers.FloatField(allow_null=True, help_text="Null while that is unknown.")


class ImportFoundSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        Import.Kind.choices, allow_null=True, help_text="What it is, by its content; null until it is known."
    )
    recordings = serializers.IntegerField(help_text="FIT, GPX and TCX files.")
    entries = serializers.IntegerField(help_text="Activities without a recording.")
    health = serializers.IntegerField(help_text="Files with health data.")
    rows = serializers.IntegerField(
        help_text="Parts with settings, races, plans and other rows of Astral's own archive."
    )
    unread = serializers.IntegerField(help_text="Files, or kinds of files, that are not read.")


class ImportOutcomesSerializer(serializers.Serializer[Any]):
    waiting = serializers.IntegerField(help_text="Files that are still to be done.")
    stored = serializers.IntegerField(help_text="Files that gave something new.")
    already_there = serializers.IntegerField(help_text="Files whose content was stored before.")
    second_recording = serializers.IntegerField(
        help_text="Other recordings of stored activities, kept with them."
    )
    skipped = serializers.IntegerField(help_text="Files that are not read.")
    refused = serializers.IntegerField(help_text="Files that could not be read.")


class ImportUndoSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        Import.UndoState.choices, allow_null=True, help_text="Null: nobody has asked for it."
    )
    removed = serializers.IntegerField(help_text="Files of which nothing is left.")
    kept = serializers.IntegerField(help_text="Files of which something stays; each says why.")


class ImportSerializer(serializers.Serializer[Any]):
    import_id = serializers.CharField(help_text="imp_….")
    user_id = serializers.CharField(help_text="The athlete, usr_….")
    filename = serializers.CharField(help_text="What was sent.")
    size = serializers.IntegerField(help_text="Bytes.")
    status = serializers.ChoiceField(Import.Status.choices, help_text="How far it is.")
    dry_run = serializers.BooleanField(help_text="Whether it only says what would come.")
    accept_partial = serializers.BooleanField(help_text="Whether incomplete recordings are stored.")
    activity_type_if_unknown = serializers.ChoiceField(
        Activity.Type.choices, allow_null=True, help_text=SPORT_HELP
    )
    progress = ImportProgressSerializer(help_text="In files and in time.")
    found = ImportFoundSerializer(help_text="What it contains, in files.")
    outcomes = ImportOutcomesSerializer(help_text="What happened, in files.")
    days_stored = serializers.IntegerField(help_text="Health days that are new or changed.")
    unknown_sports = serializers.IntegerField(
        help_text="Stored activities whose file names no sport. PATCH activity_type_if_unknown sets it."
    )
    retriable = serializers.IntegerField(help_text="Files that could not be read and can be tried again.")
    undo = ImportUndoSerializer(help_text="What was taken back.")
    code = serializers.CharField(allow_null=True, help_text="Why it failed, for programs.")
    message = serializers.CharField(allow_null=True, help_text="Why it failed, a sentence for people.")
    created_at = serializers.DateTimeField(help_text="ISO 8601 with Z.")
    started_at = serializers.DateTimeField(allow_null=True, help_text="When the work began.")
    finished_at = serializers.DateTimeField(allow_null=True, help_text="When it ended.")


class ImportedActivitySerializer(serializers.Serializer[Any]):
    activity_id = serializers.CharField(help_text="act_….")
    status = serializers.ChoiceField(ImportedActivity.Outcome.choices, help_text="What the file gave it.")


class ImportFileSerializer(serializers.Serializer[Any]):
    file_id = serializers.CharField(help_text="imf_….")
    name = serializers.CharField(help_text="Its path in the archive, or the line of a table.")
    kind = serializers.ChoiceField(ImportFile.Kind.choices, help_text="What it is.")
    status = serializers.ChoiceField(FILE_STATUSES, help_text="What happened to it.")
    code = serializers.CharField(allow_null=True, help_text="Why, for programs.")
    reason = serializers.CharField(allow_null=True, help_text="Why, a sentence for people.")
    size = serializers.IntegerField(help_text="Bytes.")
    days_stored = serializers.IntegerField(help_text="Health days that are new or changed.")
    activities = ImportedActivitySerializer(many=True, help_text="Its activities that are still stored.")
    undo = serializers.ChoiceField(
        ImportFile.UndoOutcome.choices, allow_null=True, help_text="Null: not undone."
    )
    undo_reason = serializers.CharField(allow_null=True, help_text="Why something stays.")


def serialize_import(parent: Import, counts: ImportCounts) -> dict[str, Any]:
    estimate = estimate_import_time(parent)
    kinds, undone = counts.kinds, counts.undone
    return {
        "import_id": parent.public_id,
        "user_id": User(id=parent.athlete_id).public_id,
        "filename": parent.filename,
        "size": parent.size_bytes,
        "status": parent.status,
        "dry_run": parent.is_dry_run,
        "accept_partial": parent.accept_partial,
        "activity_type_if_unknown": parent.activity_type_if_unknown or None,
        "progress": {
            "done": parent.done_count,
            "total": parent.file_count,
            "share": round_value(estimate.share, 3),
            "seconds_left": round_value(estimate.seconds_left, 0),
        },
        "found": {
            "kind": parent.kind or None,
            "recordings": kinds["recording"],
            "entries": kinds["entry"],
            "health": kinds["health"],
            "rows": kinds["settings"] + kinds["rows"],
            "unread": kinds["unread"],
        },
        "outcomes": {status: counts.outcomes[status] for status in FILE_STATUSES},
        "days_stored": counts.days_stored,
        "unknown_sports": counts.unknown_sports,
        "retriable": counts.retriable,
        "undo": {
            "state": parent.undo_state or None,
            "removed": undone["removed"],
            "kept": undone["kept"],
        },
        "code": parent.code or None,
        "message": parent.message or None,
        "created_at": parent.created_at,
        "started_at": parent.started_at,
        "finished_at": parent.finished_at,
    }


def serialize_import_file(file: ImportFile, activities: Iterable[ImportedActivity]) -> dict[str, Any]:
    return {
        "file_id": file.public_id,
        "name": file.name,
        "kind": file.kind,
        "status": file.status or WAITING,
        "code": file.code or None,
        "reason": file.reason or None,
        "size": file.size_bytes,
        "days_stored": file.days_stored,
        "activities": [
            {"activity_id": encode(Activity.prefix, imported.activity_id), "status": imported.outcome}
            for imported in activities
        ],
        "undo": file.undo_outcome or None,
        "undo_reason": file.undo_reason or None,
    }


def load_stored_activities(files: Iterable[ImportFile]) -> dict[UUID, list[ImportedActivity]]:
    """By file: its activities that are still stored. Two statements."""
    found = list(ImportedActivity.objects.filter(file__in=[file.pk for file in files]).order_by("pk"))
    ids = {imported.activity_id for imported in found}
    stored = set(Activity.objects.filter(pk__in=ids).order_by().values_list("pk", flat=True))
    by_file: dict[UUID, dict[UUID, ImportedActivity]] = {}  # a recording may have joined an entry
    for imported in found:
        if imported.activity_id in stored:
            by_file.setdefault(imported.file_id, {})[imported.activity_id] = imported
    return {file_id: list(by_activity.values()) for file_id, by_activity in by_file.items()}
