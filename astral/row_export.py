"""Rows as they are stored, for whoever they are about: every column that is not named as left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import BinaryField, Field, Model, QuerySet

from astral.http.renderers import dumps
from astral.ids import encode

ROWS_PER_CHUNK = 500


def encode_json_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A JSON list, a row a line."""
    before = b"[\n"
    for row in rows:
        yield before + dumps(row)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def export_rows(rows: QuerySet[Any], without: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    """Each row's columns but bytes and those `without`; ids are written as the API writes them."""
    left_out = set(without)
    fields: list[Field[Any, Any]] = [
        field
        for field in rows.model._meta.concrete_fields
        if field.name not in left_out and not isinstance(field, BinaryField)
    ]
    prefixes = [_id_prefix(field) for field in fields]
    found = rows.order_by("pk").values_list(*(field.attname for field in fields))
    for values in found.iterator(chunk_size=ROWS_PER_CHUNK):
        yield {
            field.name: encode(prefix, value) if prefix and value is not None else value
            for field, prefix, value in zip(fields, prefixes, values, strict=True)
        }


def _id_prefix(field: Field[Any, Any]) -> str | None:
    """How ids in this column begin, where they name something."""
    named: type[Model] | None = field.related_model or (field.model if field.primary_key else None)
    while named and named._meta.pk.related_model:
        named = named._meta.pk.related_model
    return getattr(named, "prefix", None)
