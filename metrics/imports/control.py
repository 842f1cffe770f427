"""Cancel an import, start a dry run, try refused files again, name the sport, ask for an undo."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from astral.http.errors import ApiError
from metrics.imports.create import lock_imports, queue_again
from metrics.imports.files.progress import ITEM_WORK_BYTES
from metrics.imports.queue import queue_import
from metrics.imports.work_folder import find_upload
from metrics.models import Import, ImportedActivity, ImportFile


class StillBusy(ApiError):
    def __init__(self) -> None:
        super().__init__("STILL_BUSY", "This import is not done yet. Wait for it, or cancel it.", 409)


@transaction.atomic
def cancel_import(parent: Import, now: datetime) -> Import:
    """Stop between two files. What is stored stays. Raises 409 if it is done already."""
    current = _lock_import(parent)
    if current.status == Import.Status.CANCELLED:
        return current
    if current.status not in (Import.Status.QUEUED, Import.Status.RUNNING):
        raise ApiError("ALREADY_DONE", "This import is done already. You can undo it.", 409)
    current.status, current.finished_at = Import.Status.CANCELLED, now
    current.save(update_fields=["status", "finished_at"])
    return current


@transaction.atomic
def start_import(parent: Import) -> Import:
    """Make a dry run real, or let an import go on that was cancelled or has failed.

    Raises 409: STILL_BUSY, ALREADY_DONE, ARCHIVE_GONE.
    """
    current = _lock_idle_import(parent)
    if current.status == Import.Status.DONE and not current.is_dry_run:
        raise ApiError("ALREADY_DONE", "This import is done already.", 409)
    if find_upload(current.pk) is None:
        raise ApiError("ARCHIVE_GONE", "What was sent is not there any more. Send it again.", 409)
    current.is_dry_run = False
    return _queue_unless_undone(current)


@transaction.atomic
def retry_refused_files(parent: Import, accept_partial: bool | None) -> Import:
    """Try the refused files again whose bytes are kept. Raises 409: STILL_BUSY, NOTHING_TO_RETRY."""
    current = _lock_idle_import(parent)
    refused = find_retriable_files(current)
    totals = refused.aggregate(size=Sum("size_bytes"))
    count = refused.update(status="", code="", reason="", done_at=None)
    if not count:
        raise ApiError("NOTHING_TO_RETRY", "No refused file of this import is kept. Send it again.", 409)
    current.done_count -= count
    current.work_done = max(0, current.work_done - (totals["size"] or 0) - count * ITEM_WORK_BYTES)
    if accept_partial is not None:
        current.accept_partial = accept_partial
    return _queue_unless_undone(current)


def find_retriable_files(parent: Import) -> QuerySet[ImportFile]:
    """Files that could not be read, whose bytes are there, or are still in what was sent."""
    files = ImportFile.objects.filter(parent=parent)
    is_in_upload = ~Q(locator="") if find_upload(parent.pk) else Q(pk=None)
    return files.filter(
        (Q(kept_bytes__gt=0) & ~Q(status="")) | Q(is_in_upload, status=ImportFile.Status.REFUSED)
    )


@transaction.atomic
def name_unknown_sport(parent: Import, activity_type: str) -> Import:
    """Set the sport of all recordings that name none: of those that are stored, and of those that wait."""
    current = _lock_import(parent)
    current.activity_type_if_unknown = activity_type
    current.save(update_fields=["activity_type_if_unknown"])
    if find_unknown_sports(current.pk).exists() and not current.is_active:
        queue_import(current)
    return current


def find_unknown_sports(import_id: UUID) -> QuerySet[ImportedActivity]:
    """Activities that the import stored without a sport."""
    return ImportedActivity.objects.filter(
        file__parent=import_id, file__undo_outcome="", is_sport_unknown=True
    )


@transaction.atomic
def request_undo(parent: Import) -> Import:
    """Let the worker take the import back. Raises 409: STILL_BUSY, ALREADY_UNDONE."""
    current = _lock_idle_import(parent)
    if current.undo_state:
        raise ApiError("ALREADY_UNDONE", "This import is undone already.", 409)
    current.undo_state = Import.UndoState.QUEUED
    current.save(update_fields=["undo_state"])
    queue_import(current)
    return current


def _queue_unless_undone(current: Import) -> Import:
    if current.undo_state:
        raise ApiError("ALREADY_UNDONE", "This import is undone. Send the files again.", 409)
    return queue_again(current)


def _lock_import(parent: Import) -> Import:
    lock_imports(parent.athlete_id)
    return Import.objects.select_for_update().get(pk=parent.pk, athlete=parent.athlete_id)


def _lock_idle_import(parent: Import) -> Import:
    current = _lock_import(parent)
    if current.is_active:
        raise StillBusy
    return current
