"""Keep what arrived for an athlete, and queue the work. The same archive again goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from astral.http.errors import ApiError
from athletes.models import Athlete
from metrics.imports.queue import queue_import
from metrics.imports.work_folder import StoredUpload, delete_folder, move_upload, store_upload
from metrics.models import Import

MAX_WAITING_IMPORTS = 5  # of one athlete: their archives lie on disk


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the maker wants, and who that is."""

    added_by: str
    made_by_id: UUID | None = None
    organization_id: UUID | None = None
    may_write_health: bool = False
    is_dry_run: bool = False
    accept_partial: bool = False
    activity_type_if_unknown: str = ""


def create_import(
    athlete: Athlete, files: Iterable[UploadedFile[Any] | Path], options: ImportOptions
) -> Import:
    """Store the files of an import and queue it. An archive that was not done goes on.

    Raises 409 TOO_MANY_IMPORTS.
    """
    parent = Import(athlete=athlete)
    try:
        upload = store_upload(parent.pk, files)
        return _store_import(parent, upload, options)
    except BaseException:
        delete_folder(parent.pk)
        raise


@transaction.atomic
def _store_import(parent: Import, upload: StoredUpload, options: ImportOptions) -> Import:
    lock_imports(parent.athlete_id)
    earlier = find_unfinished_import(parent.athlete_id, upload.sha256)
    if earlier is not None and earlier.is_active:
        delete_folder(parent.pk)
        return earlier
    if earlier is not None:
        move_upload(parent.pk, earlier.pk)
        return go_on(earlier, options)
    _check_waiting_imports(parent.athlete_id)
    parent.filename, parent.size_bytes, parent.sha256 = upload.filename, upload.size_bytes, upload.sha256
    _apply_options(parent, options)
    parent.save(force_insert=True)
    queue_import(parent)
    return parent


def go_on(parent: Import, options: ImportOptions) -> Import:
    """Queue an import that was cancelled, has failed or was a dry run. What is done stays done."""
    _apply_options(parent, options)
    parent.status, parent.code, parent.message, parent.finished_at = Import.Status.QUEUED, "", "", None
    parent.save()
    queue_import(parent)
    return parent


def find_unfinished_import(athlete_id: UUID, sha256: bytes) -> Import | None:
    """The last import of these bytes, if something of it waits."""
    of_bytes = Import.objects.filter(athlete=athlete_id, sha256=sha256, undo_state="")
    is_unfinished = ~Q(status=Import.Status.DONE) | Q(is_dry_run=True)
    return of_bytes.filter(is_unfinished).order_by("-created_at").first()


def lock_imports(athlete_id: UUID) -> None:
    """One after the other. No number changes, so the data version does not rise."""
    Athlete.objects.select_for_update(no_key=True).only("pk").get(pk=athlete_id)


def _apply_options(parent: Import, options: ImportOptions) -> None:
    for name, value in asdict(options).items():
        setattr(parent, name, value)


def _check_waiting_imports(athlete_id: UUID) -> None:
    if Import.objects.active().filter(athlete=athlete_id).count() >= MAX_WAITING_IMPORTS:
        raise ApiError(
            "TOO_MANY_IMPORTS",
            f"{MAX_WAITING_IMPORTS} imports of this athlete are not done yet. Wait for one of them.",
            409,
        )
