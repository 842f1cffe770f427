"""What happened to one file of an import, and how it is written."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from metrics.files.errors import MAX_FILE_BYTES
from metrics.models import ImportedActivity, ImportedDay, ImportFile
from metrics.storage.original_files import remove_unprintable
from metrics.storage.quotas import has_storage_room

MAX_REASON = 500
Status = ImportFile.Status


@dataclass(slots=True)
class FileOutcome:
    """`content`: the bytes of a refused file, to be tried again.

    `created_rows`: digests of restored rows by id, for an undo.
    """

    status: str
    code: str = ""
    reason: str = ""
    days_stored: int = 0
    activities: list[ImportedActivity] = field(default_factory=list)
    days: list[ImportedDay] = field(default_factory=list)
    content: bytes | None = None
    created_rows: dict[str, str] = field(default_factory=dict)


def write_outcome(file: ImportFile, outcome: FileOutcome, now: datetime) -> bool:
    """Write the outcome of a waiting file. False: another process has done it meanwhile."""
    kept = _keep_content(file.athlete_id, outcome.content)
    if outcome.created_rows:
        kept["details"] = file.details | {"created_rows": outcome.created_rows}
    waiting = ImportFile.objects.waiting().filter(pk=file.pk)
    is_written = waiting.update(
        status=outcome.status,
        code=outcome.code[:40],
        reason=shorten_reason(outcome.reason),
        days_stored=outcome.days_stored,
        done_at=now,
        **kept,
    )
    if is_written:
        for rows in (outcome.activities, outcome.days):
            for row in rows:
                row.athlete_id, row.file_id = file.athlete_id, file.pk
        ImportedActivity.objects.bulk_create(outcome.activities)
        ImportedDay.objects.bulk_create(outcome.days, batch_size=1_000)
    return bool(is_written)


def shorten_reason(text: str) -> str:
    plain = remove_unprintable(" ".join(text.split()))
    return plain if len(plain) <= MAX_REASON else plain[: MAX_REASON - 1] + "…"


def _keep_content(athlete_id: UUID, content: bytes | None) -> dict[str, Any]:
    """The columns for the bytes of a refused file. Without room, only the reason is kept."""
    is_kept = bool(content) and len(content or b"") <= MAX_FILE_BYTES
    if not is_kept or content is None or not has_storage_room(athlete_id, len(content)):
        return {"content": None, "kept_bytes": 0}
    return {"content": zlib.compress(content, 1), "kept_bytes": len(content)}
