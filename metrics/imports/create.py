"""Keep what arrived for an athlete, and queue the work. The same archive again goes on where it stopped."""

from __future__ import annotations

import hashlib
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
from metrics.imports.notices.import_end import withdraw_import_end
from metrics.imports.queue import queue_import
from metrics.imports.work_folder import StoredUpload, delete_folder, move_upload, store_upload
from metrics.models import Import
from metrics.storage.original_files import remove_unprintable

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
    earlier = find_unfinished_import(parent.athlete_id, upload.sha256, options)
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


@transaction.atomic
def create_command_import(athlete: Athlete, source: Path, filename: str, options: ImportOptions) -> Import:
    """An import that a command runs itself, from where the files lie. One that was stopped goes on."""
    lock_imports(athlete.pk)
    sha256 = identify_source(source)
    earlier = find_unfinished_import(athlete.pk, sha256, options)
    parent = earlier or Import(athlete=athlete)
    parent.filename, parent.sha256 = remove_unprintable(filename)[-200:], sha256
    parent.size_bytes = source.stat().st_size if source.is_file() else 0
    _apply_options(parent, options)
    parent.status, parent.code, parent.message, parent.finished_at = Import.Status.QUEUED, "", "", None
    parent.save()
    if earlier:
        withdraw_import_end(parent)
    return parent


def identify_source(source: Path) -> bytes:
    """The digest of a file, or of the names, sizes and times of a folder's files."""
    if source.is_file():
        with source.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").digest()
    digest = hashlib.sha256()
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        state, name = file.stat(), file.relative_to(source)
        digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\0".encode(errors="replace"))
    return digest.digest()


def go_on(parent: Import, options: ImportOptions) -> Import:
    """Queue an import that was cancelled, has failed or was a dry run. What is done stays done."""
    _apply_options(parent, options)
    return queue_again(parent)


def queue_again(parent: Import) -> Import:
    """Let an import go on that has ended. The caller has locked it."""
    parent.status, parent.code, parent.message, parent.finished_at = Import.Status.QUEUED, "", "", None
    parent.save()
    withdraw_import_end(parent)
    queue_import(parent)
    return parent


def find_unfinished_import(athlete_id: UUID, sha256: bytes, options: ImportOptions) -> Import | None:
    """The last import of these bytes by the same maker, if something of it waits.

    Makers differ in what they may bring, and a report is shown to its maker.
    """
    of_bytes = Import.objects.filter(
        athlete=athlete_id,
        sha256=sha256,
        undo_state="",
        added_by=options.added_by,
        made_by=options.made_by_id,
        organization=options.organization_id,
    )
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
