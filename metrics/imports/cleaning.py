"""Delete what imports leave behind: archives on disk, refused files, and reports of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from metrics.imports.notices.import_end import tell_import_end
from metrics.imports.queue import RUN_TASK
from metrics.imports.work_folder import delete_folder, delete_old_arrivals, list_folders
from metrics.models import ActivityRecording, Import, ImportedActivity, ImportedDay, ImportFile

ARCHIVE_KEPT = timedelta(hours=24)  # after an import was cancelled or has failed
REFUSED_KEPT = timedelta(days=30)
FRESH_FOLDER = timedelta(hours=1)  # its import may not be committed yet
GAVE_UP = "GAVE_UP"
COMMAND = ActivityRecording.AddedBy.COMMAND


def find_abandoned_imports() -> Iterator[tuple[Import, bool]]:
    """Active imports without a job, and whether their last job has failed."""
    for parent in Import.objects.active():
        jobs = find_jobs(parent)
        if _is_run_by_command(parent) or jobs.filter(status__in=("todo", "doing")).exists():
            continue
        last = jobs.order_by("-id").values_list("status", flat=True).first()
        yield parent, last == "failed"


def find_jobs(parent: Import) -> QuerySet[ProcrastinateJob]:
    """Its jobs of the last three days."""
    return ProcrastinateJob.objects.filter(task_name=RUN_TASK, args__import_id=str(parent.pk))


def _is_run_by_command(parent: Import) -> bool:
    """A command has no job. An undo, and another try of refused files, have one all the same."""
    return parent.added_by == COMMAND and not parent.undo_state and not find_jobs(parent).exists()


@transaction.atomic
def give_up_import(parent: Import, now: datetime) -> None:
    """Mark an import whose job has failed again and again."""
    changes = {"code": GAVE_UP, "message": "Astral could not finish this import. Send the files again."}
    busy = (Import.Status.QUEUED, Import.Status.RUNNING)
    rows = Import.objects.filter(pk=parent.pk)
    if rows.filter(status__in=busy).update(status=Import.Status.FAILED, finished_at=now, **changes):
        tell_import_end(parent, now)
    rows.filter(undo_state__in=busy).update(undo_state="", **changes)


def delete_leftovers(now: datetime) -> None:
    end_killed_commands(now)
    delete_old_folders(now)
    delete_old_arrivals((now - ARCHIVE_KEPT).timestamp())
    refused = ImportFile.objects.filter(kept_bytes__gt=0, done_at__lt=now - REFUSED_KEPT)
    refused.update(content=None, kept_bytes=0)
    find_empty_imports(now - REFUSED_KEPT).delete()


def end_killed_commands(now: datetime) -> None:
    """A command that was killed cannot say so."""
    old = Import.objects.active().filter(added_by=COMMAND, created_at__lt=now - ARCHIVE_KEPT)
    killed = [parent.pk for parent in old if _is_run_by_command(parent)]
    Import.objects.filter(pk__in=killed).update(status=Import.Status.CANCELLED, finished_at=now)


def delete_old_folders(now: datetime) -> None:
    needed = find_needed_folders(now)
    for import_id, changed_at_s in list_folders():
        if import_id not in needed and changed_at_s < (now - FRESH_FOLDER).timestamp():
            delete_folder(import_id)


def find_needed_folders(now: datetime) -> set[UUID]:
    """Imports that are active, or ended a short time ago and may go on."""
    active = Import.objects.active().values_list("pk", flat=True)
    recent = Import.objects.filter(finished_at__gte=now - ARCHIVE_KEPT)
    may_go_on = recent.exclude(status=Import.Status.DONE, is_dry_run=False).values_list("pk", flat=True)
    return {*active, *may_go_on}


def find_empty_imports(before: datetime) -> QuerySet[Import]:
    """Old imports that brought nothing: their reports say only what was refused."""
    brought = (
        Exists(model._default_manager.filter(file__parent=OuterRef("pk")))
        for model in (ImportedActivity, ImportedDay)
    )
    old = Import.objects.filter(finished_at__lt=before).exclude(pk__in=Import.objects.active().values("pk"))
    for has_brought in brought:
        old = old.filter(~has_brought)
    return old
