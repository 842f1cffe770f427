"""The report of an import as CSV: a line for each file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse

from astral.http.tables.csv_text import encode_csv
from astral.ids import encode
from metrics.imports.counts import WAITING
from metrics.imports.serializers import load_stored_activities
from metrics.models import Activity, Import, ImportFile

HEADER = (
    "File",
    "Kind",
    "Outcome",
    "Code",
    "Reason",
    "Bytes",
    "Health days",
    "Activities",
    "Undo",
    "Why it stays",
)
FILES_PER_BATCH = 500


def build_report_response(parent: Import, now: datetime) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        encode_csv(_build_rows(parent)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="import-{now:%Y-%m-%d}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def _build_rows(parent: Import) -> Iterator[Sequence[Any]]:
    yield HEADER
    rows = ImportFile.objects.filter(parent=parent).without_content().order_by("position")
    position = -1
    while files := list(rows.filter(position__gt=position)[:FILES_PER_BATCH]):
        activities = load_stored_activities(files)
        for file in files:
            ids = [encode(Activity.prefix, imported.activity_id) for imported in activities.get(file.pk, ())]
            yield (
                file.name, file.kind, file.status or WAITING, file.code, file.reason, file.size_bytes,
                file.days_stored, " ".join(ids), file.undo_outcome, file.undo_reason,
            )  # fmt: skip
        position = files[-1].position
