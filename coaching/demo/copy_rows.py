"""Rows into PostgreSQL by COPY: of models, or as ready lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Field, JSONField, Model
from psycopg.types.json import Jsonb


def copy_rows(rows: Sequence[Model]) -> None:
    """Insert rows of one model with COPY. All columns must be set; no defaults are filled in."""
    if not rows:
        return
    fields = rows[0]._meta.concrete_fields
    read = [(field.attname, _adapted(field)) for field in fields]
    with connection.cursor() as cursor, cursor.copy(_statement(type(rows[0]), fields)) as copy:
        for row in rows:
            copy.write_row([adapt(getattr(row, name)) for name, adapt in read])


def _statement(model: type[Model], fields: Iterable[Any]) -> str:
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"


def _adapted(field: Field[Any, Any]) -> Any:
    if isinstance(field, JSONField):
        return Jsonb
    return list if isinstance(field, ArrayField) and not field.null else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
