"""Export stored rows for the person that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import BinaryField, Field, Model, QuerySet

from astral.database.key_pages import read_rows
from astral.http.renderers import dumps
from astral.ids import encode

ROWS_PER_CHUNK = 500


def encode_json_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A JSON list with one row per line."""
    before = b"[\n"
    for row in rows:
        yield before + dumps(row)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def export_rows(rows: QuerySet[Any], without: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    """All columns of each row, except binary ones and those in `without`. Ids are public, as in the API."""
    excluded = set(without)
    fields: list[Field[Any, Any]] = [
        field
        for field in rows.model._meta.concrete_fields
        if field.name not in excluded and not isinstance(field, BinaryField)
    ]
    prefixes = [_id_prefix(field) for field in fields]
    value_rows = rows.values_list("pk", *(field.attname for field in fields))
    for _, *values in read_rows(value_rows, ("pk",), _get_first, ROWS_PER_CHUNK):
        yield {
            field.name: encode(prefix, value) if prefix and value is not None else value
            for field, prefix, value in zip(fields, prefixes, values, strict=True)
        }


def _get_first(values: tuple[Any, ...]) -> tuple[Any]:
    return values[:1]


def _id_prefix(field: Field[Any, Any]) -> str | None:
    """The prefix of the ids in this column. None if they have no public id."""
    model: type[Model] | None = field.related_model or (field.model if field.primary_key else None)
    while model and model._meta.pk.related_model:
        model = model._meta.pk.related_model
    return getattr(model, "prefix", None)
