"""Undo an import as a whole: what it alone brought goes, what was edited since stays and is named.

Activities go to the bin, so they can be restored. Each file is undone in a transaction of its own.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from metrics.activities.changes import lock_activity, update_activity
from metrics.activities.recordings.merge import split_recording
from metrics.imports.astral_export.undo_rows import undo_rows
from metrics.imports.files.described import copy_described
from metrics.imports.files.run import WorkSlice
from metrics.imports.files.undo_days import undo_days
from metrics.models import Activity, ActivityRecording, BinActivity, Import, ImportedActivity, ImportFile
from metrics.storage.activity_bin import move_to_bin
from metrics.storage.locks import lock_athlete
from metrics.storage.quotas import QuotaReached

CAME_AGAIN = "It came with another import, too."
EDITED = "It was edited since."
CHOSEN = "Somebody has chosen or split off this recording since."
NO_ROOM = "There is no room in the bin."
ROWS_PER_QUERY = 100
BROUGHT = (ImportFile.Status.STORED, ImportFile.Status.ALREADY_THERE, ImportFile.Status.SECOND_RECORDING)


def undo_import(import_id: UUID, work: WorkSlice) -> bool:
    """Undo as much as this turn allows. False: there is more to do."""
    waiting = (Import.UndoState.QUEUED, Import.UndoState.RUNNING)
    if not Import.objects.filter(pk=import_id, undo_state__in=waiting).update(
        undo_state=Import.UndoState.RUNNING
    ):
        return True
    parent = Import.objects.get(pk=import_id)
    while files := list(_find_files(parent)[:ROWS_PER_QUERY]):
        for file in files:
            if work.is_over() or work.must_stop():
                return False
            _undo_file(parent, file, work.now())
    Import.objects.filter(pk=import_id).update(undo_state=Import.UndoState.DONE)
    return True


def _find_files(parent: Import) -> QuerySet[ImportFile]:
    """The last one first: a second recording goes before the first one."""
    done = ImportFile.objects.filter(parent=parent, status__in=BROUGHT, undo_outcome="")
    return done.without_content().order_by("-position")


@transaction.atomic
def _undo_file(parent: Import, file: ImportFile, now: datetime) -> None:
    lock_athlete(parent.athlete_id)
    by = find_actor(parent)
    # The last one first: a recording may have joined the entry that was stored instead of it.
    reasons = [_undo_activity(imported, by, now) for imported in file.activities.order_by("-pk")]
    reasons += [undo_days(file), undo_rows(file)]
    reason = next((reason for reason in reasons if reason), "")
    outcome = ImportFile.UndoOutcome.KEPT if reason else ImportFile.UndoOutcome.REMOVED
    ImportFile.objects.filter(pk=file.pk).update(undo_outcome=outcome, undo_reason=reason)


def find_actor(parent: Import) -> BinActivity.DeletedBy:
    """Who is named in the bin."""
    kinds = BinActivity.DeletedBy
    return kinds(parent.added_by) if parent.added_by in kinds.values else kinds.STAFF


def _undo_activity(imported: ImportedActivity, by: BinActivity.DeletedBy, now: datetime) -> str:
    """Take one activity or recording back. Returns why something stays, or nothing."""
    if imported.outcome == ImportedActivity.Outcome.ALREADY_THERE:
        return _take_back_description(imported)
    if _came_again(imported):
        return CAME_AGAIN
    recording_id = imported.recording_id or imported.activity_id
    recordings = ActivityRecording.objects.filter(athlete=imported.athlete_id)
    recording = recordings.filter(pk=recording_id).select_related("activity").first()
    if recording is not None and recordings.filter(activity=recording.activity_id).count() > 1:
        return _remove_recording(recording, by, now)
    activity = Activity.objects.filter(athlete=imported.athlete_id, pk=recording_id).first()
    if activity is None:
        return ""  # somebody has deleted it
    if imported.recording_id is not None:
        return CHOSEN
    current = copy_described(activity)
    if any(current[name] != value for name, value in imported.described.items() if name in current):
        return EDITED
    move_to_bin(lock_activity(activity), by, now)
    return ""


def _remove_recording(recording: ActivityRecording, by: BinActivity.DeletedBy, now: datetime) -> str:
    """Split a recording off, and move its own activity to the bin."""
    if recording.is_chosen:
        return CHOSEN
    try:
        own = split_recording(recording.activity, recording.pk)
    except QuotaReached:
        return NO_ROOM
    move_to_bin(lock_activity(own), by, now)
    return ""


def _take_back_description(imported: ImportedActivity) -> str:
    """What the import said of an activity goes, if nobody has edited it since."""
    activity = Activity.objects.filter(athlete=imported.athlete_id, pk=imported.activity_id).first()
    if activity is None:
        return ""
    unchanged = {
        name: before for name, (before, after) in imported.lent.items() if getattr(activity, name) == after
    }
    update_activity(activity, unchanged)
    return "" if len(unchanged) == len(imported.lent) else EDITED


def _came_again(imported: ImportedActivity) -> bool:
    """Whether another import found it there, and is not undone. Another recording of it is not the same."""
    others = ImportedActivity.objects.filter(
        athlete=imported.athlete_id,
        activity_id=imported.activity_id,
        outcome=ImportedActivity.Outcome.ALREADY_THERE,
    )
    return others.exclude(file__parent=imported.file.parent_id).filter(file__undo_outcome="").exists()
