"""Take rows back that an import has created. A row that was changed since stays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from django.db.models import DateTimeField, Model

from astral.exports.row_export import export_rows
from astral.http.renderers import dumps
from athletes.personal_data.archive import load_row_restorers
from metrics.models import ImportFile

CHANGED_ROWS = "Some of its rows were changed since."


def describe_created_rows(rows: Sequence[Model]) -> dict[str, str]:
    """A digest of each new row, by its id."""
    if not rows:
        return {}
    model = type(rows[0])
    return dict(_compute_digests(model, [row.pk for row in rows]))


def undo_rows(file: ImportFile) -> str:
    """Remove the unchanged rows of a file. Returns why some stay, or nothing."""
    created: dict[str, str] = file.details.get("created_rows", {})
    restorer = load_row_restorers().get(str(file.details.get("table")))
    if not created or restorer is None or restorer.model is None:
        return ""
    digests = dict(_compute_digests(restorer.model, created))
    unchanged = [key for key, digest in digests.items() if digest == created[key]]
    for row in restorer.model._default_manager.filter(pk__in=unchanged, athlete=file.athlete_id):
        restorer.remove(row)
    return "" if len(unchanged) == len(digests) else CHANGED_ROWS


def _compute_digests(model: type[Model], keys: Iterable[object]) -> Iterable[tuple[str, str]]:
    """Of all columns but instants."""
    instants = [column.name for column in model._meta.concrete_fields if isinstance(column, DateTimeField)]
    for key in keys:
        for row in export_rows(model._default_manager.filter(pk=key), instants):
            yield str(key), hashlib.sha256(dumps(row)).hexdigest()[:16]
