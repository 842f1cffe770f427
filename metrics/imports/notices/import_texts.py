"""Notices of imports in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from athletes.models import Notice, User
from athletes.notices.texts import NoticeText
from metrics.formatting import format_number
from metrics.models import Import


def read_import_notices(
    person: User, notices: Sequence[Notice], now: datetime, is_mail: bool
) -> dict[UUID, NoticeText]:
    """One statement."""
    rows = Import.objects.filter(pk__in=[notice.subject_id for notice in notices])
    imports = {row.pk: row for row in rows.select_related("athlete__user")}
    return {
        notice.pk: _describe(imports[notice.subject_id], person)
        for notice in notices
        if notice.subject_id in imports
    }


def _describe(parent: Import, reader: User) -> NoticeText:
    name = f"“{parent.filename}”" if parent.filename else "Your files"
    of_whom = "" if parent.athlete_id == reader.pk else f" for {parent.athlete.user}"
    path = reverse("import-page", args=[parent.public_id])
    if parent.status == Import.Status.FAILED:
        lines = (parent.message,) if parent.message else ()
        return NoticeText(f"The import of {name}{of_whom} stopped", lines, path)
    if parent.is_dry_run:
        return NoticeText(f"{name}{of_whom} was looked at. Nothing is stored yet", (), path)
    done, total = (format_number(number) for number in (parent.done_count, parent.file_count))
    return NoticeText(f"The import of {name}{of_whom} has ended", (f"{done} of {total} files.",), path)
