"""List what an upload contains: one row for each item, in the order in which they are stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from athletes.models import Athlete
from metrics.archives.items import ImportItem, ItemKind, UploadKind, serialize_details
from metrics.archives.members import Members
from metrics.archives.planning import PlanningContext, UploadPlan, plan_upload
from metrics.files.errors import UNREADABLE_FILE, FileError
from metrics.imports.files.outcomes import shorten_reason
from metrics.imports.files.progress import ITEM_WORK_BYTES
from metrics.imports.work_folder import find_work_folder
from metrics.models import Import, ImportFile
from metrics.storage.original_files import remove_unprintable

MAX_NAME = 300
UNREADABLE_NAME = "UNREADABLE_NAME"
ROWS_PER_STATEMENT = 1_000
FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""A reader raises these for content that nobody has thought of. Trying again does not help."""

log = structlog.get_logger("astral.imports")


def plan_import(
    parent: Import,
    athlete: Athlete,
    members: Members,
    advance: Callable[[float], None],
    now: Callable[[], datetime],
) -> None:
    """Write the rows of an import, and count its work. Planning again gives the same rows.

    `advance` may raise to stop. Raises FileError if the upload as a whole is refused.
    """
    write_plan(parent, build_plan(parent, athlete, members, advance), now())


def build_plan(
    parent: Import, athlete: Athlete, members: Members, advance: Callable[[float], None]
) -> UploadPlan:
    """The plan of an upload. What the planner writes is in the work folder then."""
    try:
        return plan_upload(PlanningContext(members, find_work_folder(parent.pk), athlete.zone, advance))
    except FAULTS as error:
        log.error("import_unplannable", parent=str(parent.pk), exc_info=True)
        raise FileError(UNREADABLE_FILE, "Astral could not list its files. The log says why.") from error


def write_plan(parent: Import, plan: UploadPlan, now: datetime) -> None:
    """Write a row for each item. An earlier planning, which was killed, is replaced.

    A batch of rows at a time: a hundred thousand would take more memory than the worker may have.
    """
    items = plan.items
    parent.kind, parent.file_count = plan.kind.value, len(items)
    # The other account has accepted all of its files.
    parent.accept_partial |= plan.kind is UploadKind.ASTRAL_EXPORT
    parent.done_count = parent.work_total = parent.work_done = 0
    parent.planned_at, parent.planned_share = now, 1.0
    with transaction.atomic():
        ImportFile.objects.filter(parent=parent).delete()
        for start in range(0, len(items), ROWS_PER_STATEMENT):
            batch = enumerate(items[start : start + ROWS_PER_STATEMENT], start)
            rows = [_build_row(parent, place, item, now) for place, item in batch]
            ImportFile.objects.bulk_create(rows)
            waiting = [row for row in rows if not row.status]
            parent.done_count += len(rows) - len(waiting)
            parent.work_total += sum(map(count_work, waiting))
        parent.save(
            update_fields=(
                "kind", "accept_partial", "file_count", "done_count", "work_total", "work_done", "planned_at",
                "planned_share",
            )
        )  # fmt: skip


def count_work(file: ImportFile) -> int:
    """The work that a file takes, in bytes."""
    return file.size_bytes + ITEM_WORK_BYTES


def _build_row(parent: Import, place: int, item: ImportItem, now: datetime) -> ImportFile:
    row = ImportFile(
        athlete_id=parent.athlete_id,
        parent=parent,
        position=place,
        name=remove_unprintable(item.name)[-MAX_NAME:],
        kind=item.kind.value,
        size_bytes=item.size_bytes,
    )
    if item.kind is ItemKind.UNREAD:
        row.status, row.code = ImportFile.Status.SKIPPED, item.code[:40]
        row.reason, row.done_at = shorten_reason(item.reason), now
    elif not _is_storable(item.locator):
        row.status, row.code = ImportFile.Status.REFUSED, UNREADABLE_NAME
        row.reason, row.done_at = "Its name has characters that cannot be read. Rename it.", now
    else:
        row.locator, row.details = item.locator, _clean_text(serialize_details(item))
        row.code, row.reason = item.code[:40], shorten_reason(item.reason)  # what was corrected
    return row


def _is_storable(text: str) -> bool:
    """Whether PostgreSQL takes it: names of old archives may have broken characters."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


def _clean_text(value: Any) -> Any:
    """Without characters that PostgreSQL does not take."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="ignore").decode()
    if isinstance(value, dict):
        return {name: _clean_text(inner) for name, inner in value.items()}
    return [_clean_text(inner) for inner in value] if isinstance(value, list) else value
