"""A single upload that is refused is kept as an import: athlete and staff see why, and can try again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from athletes.models import Athlete
from metrics.activities.ingest import Upload
from metrics.files.errors import FileError
from metrics.imports.create import ImportOptions, lock_imports
from metrics.imports.files.outcomes import FileOutcome, write_outcome
from metrics.imports.files.plan import MAX_NAME
from metrics.models import Import, ImportFile
from metrics.storage.original_files import remove_unprintable


@transaction.atomic
def keep_refused_upload(
    athlete: Athlete, upload: Upload, error: FileError, options: ImportOptions, now: datetime
) -> Import:
    """Keep the bytes and the reason for 30 days. The same bytes again replace the older report."""
    lock_imports(athlete.pk)
    digest, data = upload.sha256, upload.data
    name = remove_unprintable(upload.filename)
    Import.objects.filter(
        athlete=athlete, sha256=digest, file_count=1, files__status=ImportFile.Status.REFUSED
    ).delete()
    parent = Import.objects.create(
        athlete=athlete,
        made_by_id=options.made_by_id,
        organization_id=options.organization_id,
        added_by=options.added_by,
        may_write_health=options.may_write_health,
        accept_partial=options.accept_partial,
        filename=name[-200:],
        size_bytes=len(data),
        sha256=digest,
        kind=Import.Kind.FOLDER,
        status=Import.Status.DONE,
        file_count=1,
        done_count=1,
        planned_share=1.0,
        planned_at=now,
        started_at=now,
        finished_at=now,
    )
    file = ImportFile.objects.create(
        athlete=athlete,
        parent=parent,
        position=0,
        name=name[-MAX_NAME:] or "unnamed",
        kind=ImportFile.Kind.RECORDING,
        size_bytes=len(data),
    )
    outcome = FileOutcome(ImportFile.Status.REFUSED, error.code, error.message, content=data)
    write_outcome(file, outcome, now)
    return parent
