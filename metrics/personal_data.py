"""Export and removal of a person's training and health data: rows, streams and original files."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from astral.exports.zip_stream import ArchiveFile
from astral.http.renderers import dumps
from astral.ids import encode
from athletes.models import User
from athletes.personal_data.archive import PersonalDataSource, PersonalDataTable
from athletes.personal_data.restorer import RowRestorer
from metrics.activities import streams as columns
from metrics.activities.measure import MEASUREMENT_FORMULA
from metrics.activities.streams import DamagedStreams
from metrics.archives.astral_export.tables import FORMULA_KEY, STREAMS_TABLE
from metrics.files.file_extension import detect_file_extension
from metrics.imports.astral_export.activities import restore_activities
from metrics.imports.astral_export.recordings import restore_recordings
from metrics.imports.astral_export.streams import restore_streams
from metrics.imports.work_folder import delete_folder
from metrics.models import (
    Activity,
    ActivityRecording,
    BinActivity,
    BinRecording,
    BinStreams,
    HealthDay,
    Import,
    ImportedActivity,
    ImportedDay,
    ImportFile,
    MeasurementState,
    OriginalFile,
    Remeasuring,
    Snapshot,
    Streams,
)
from metrics.models.activities import StreamsBase
from metrics.models.recordings import RecordingBase

NOBODY_ID = UUID(int=0)

# Rows of jobs are changed, not deleted, because a running worker must still store the result. If such a job
# runs again, it finds no athlete.
ANONYMIZE_JOBS_SQL = """
UPDATE procrastinate_jobs
   SET args = replace(args::text, %(person)s, %(nobody)s)::jsonb, lock = NULL, queueing_lock = NULL
 WHERE strpos(concat(args, lock, queueing_lock), %(person)s) > 0
"""


def forget_training_traces(person: User) -> None:
    parameters = {"person": str(person.pk), "nobody": str(NOBODY_ID)}
    with connection.cursor() as cursor:
        cursor.execute(ANONYMIZE_JOBS_SQL, parameters)
    Remeasuring.objects.filter(scope__contains=str(person.pk)).delete()
    for import_id in Import.objects.filter(athlete=person.pk).values_list("pk", flat=True):
        transaction.on_commit(partial(delete_folder, import_id))
    # Move the position of a long run to just below this id.
    Remeasuring.objects.filter(reached=person.pk).update(reached=UUID(int=person.pk.int - 1))


def _state_formula(person: User) -> dict[str, int]:
    """The version of the formulas behind the numbers of all activities."""
    state = MeasurementState.objects.filter(athlete=person.pk).first()
    return {FORMULA_KEY: MEASUREMENT_FORMULA if state is None else state.formula}


def _export_files(person: User) -> Iterator[ArchiveFile]:
    yield from _export_streams(person)
    yield from _export_recording_streams(person)
    yield from _export_originals(person)
    yield from _export_refused_files(person)


def _export_streams(person: User) -> Iterator[ArchiveFile]:
    for model in (Streams, BinStreams):
        rows = model._default_manager.filter(athlete=person.pk)
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
            streams = rows.filter(pk=pk).first()  # load one at a time: there may be thousands
            if streams:
                yield ArchiveFile(
                    f"streams/{encode(Activity.prefix, pk)}.json", [dumps(_serialize_streams(streams))]
                )


def _serialize_streams(streams: StreamsBase | RecordingBase) -> dict[str, Any]:
    try:
        samples = columns.decode(bytes(streams.content or b""))
    except DamagedStreams:
        return {"damaged": True}
    recorded = {name: getattr(samples, name) for name in columns.COLUMN_STEPS if samples.has(name)}
    return {
        "columns": {name: np.round(column, 7) for name, column in recorded.items()},
        "pauses": streams.pauses,
        "laps": streams.laps,
        "altitude_source": streams.altitude_source,
    }


def _export_recording_streams(person: User) -> Iterator[ArchiveFile]:
    """Export the samples of recordings that do not count; those of the others are the activity's."""
    for model in (ActivityRecording, BinRecording):
        rows = model._default_manager.filter(athlete=person.pk, counts=False)
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
            row = rows.filter(pk=pk).first()
            if row and row.content:
                yield ArchiveFile(f"streams/{row.public_id}.json", [dumps(_serialize_streams(row))])


def _export_refused_files(person: User) -> Iterator[ArchiveFile]:
    """Export the files of imports that were refused and are still kept."""
    kept = ImportFile.objects.filter(athlete=person.pk, kept_bytes__gt=0)
    for pk in list(kept.order_by("pk").values_list("pk", flat=True)):
        content = kept.filter(pk=pk).values_list("content", flat=True).first()
        if content is not None:
            data = zlib.decompress(content)
            name = f"{encode(ImportFile.prefix, pk)}{detect_file_extension(data)}"
            yield ArchiveFile(f"refused/{name}", [data])


def _export_originals(person: User) -> Iterator[ArchiveFile]:
    """Export each file once, named after its first activity, else after its recording."""
    first: dict[UUID, UUID] = {}
    for model in (BinActivity, Activity):
        with_file = model._default_manager.filter(athlete=person.pk, original__isnull=False)
        first.update(with_file.order_by("-started_at", "-id").values_list("original_id", "pk"))
    recorded: dict[UUID, UUID] = {}
    for rows in (BinRecording, ActivityRecording):
        of_file = rows._default_manager.filter(athlete=person.pk, original__isnull=False)
        recorded.update(of_file.order_by("-pk").values_list("original_id", "pk"))
    files = OriginalFile.objects.filter(athlete=person.pk)
    for pk in list(files.order_by("pk").values_list("pk", flat=True)):
        content = files.filter(pk=pk).values_list("content", flat=True).first()
        if content is not None:
            data = zlib.decompress(content)
            name = str(pk)
            if pk in first:
                name = encode(Activity.prefix, first[pk])
            elif pk in recorded:
                name = encode(ActivityRecording.prefix, recorded[pk])
            yield ArchiveFile(f"originals/{name}{detect_file_extension(data)}", [data])


OWN_DATA = PersonalDataSource(
    tables=(
        PersonalDataTable(
            "activities.json",
            "Your activities with all their numbers.",
            lambda person: Activity.objects.filter(athlete=person.pk),
            restorer=RowRestorer(
                "activity with its numbers", "activities with their numbers", restore_activities
            ),
        ),
        PersonalDataTable(
            "bin_activities.json",
            "Activities in your bin, with all their numbers.",
            lambda person: BinActivity.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "recordings.json",
            "All recordings of activities that were recorded more than once.",
            lambda person: ActivityRecording.objects.filter(athlete=person.pk),
            ("content",),
            restorer=RowRestorer("choice of a recording", "choices of recordings", restore_recordings),
        ),
        PersonalDataTable(
            "bin_recordings.json",
            "The same of activities in your bin.",
            lambda person: BinRecording.objects.filter(athlete=person.pk),
            ("content",),
        ),
        PersonalDataTable(
            "original_files.json",
            "Names, sizes and upload days of the files under originals/.",
            lambda person: OriginalFile.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "health_days.json",
            "Your readings and how you felt: HRV, resting heart rate, VO2max, sleep, weight, mood, …",
            lambda person: HealthDay.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "imports.json",
            "What you or others have imported for you.",
            lambda person: Import.objects.filter(athlete=person.pk),
            ("made_by", "organization"),
        ),
        PersonalDataTable(
            "made_imports.json",
            "Imports that you made for others, without what was in them.",
            lambda person: Import.objects.filter(made_by=person.pk).exclude(athlete=person.pk),
            ("athlete", "made_by", "organization", "filename", "message"),
        ),
        PersonalDataTable(
            "import_files.json",
            "The files of these imports, and what happened to each.",
            lambda person: ImportFile.objects.filter(athlete=person.pk),
            ("content",),
        ),
        PersonalDataTable(
            "imported_activities.json",
            "The activities that these files gave or described.",
            lambda person: ImportedActivity.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "imported_days.json",
            "The health days that these files changed, before and after.",
            lambda person: ImportedDay.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "snapshot.json",
            "Your current numbers, as last computed.",
            lambda person: Snapshot.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "measurement_state.json",
            "The version of the formulas behind your activities, and what it changed.",
            lambda person: MeasurementState.objects.filter(athlete=person.pk),
        ),
    ),
    files=_export_files,
    file_descriptions=(
        (
            "streams/<activity_id>.json",
            "The samples of an activity by column, its pauses and laps; also of those in the bin.",
        ),
        ("streams/<recording_id>.json", "The same of a recording that does not count."),
        ("refused/<file_id>.<kind>", "A file of an import that was refused; kept for 30 days."),
        ("originals/<activity_id>.<kind>", "The file it came from (.fit, .gpx, .tcx, .gz), byte for byte."),
    ),
    forget=forget_training_traces,
    facts=_state_formula,
    file_restorers={STREAMS_TABLE: RowRestorer("set of samples", "sets of samples", restore_streams)},
)
