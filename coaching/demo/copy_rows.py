"""Store model rows in PostgreSQL by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Field, JSONField, Model
from psycopg.types.json import Jsonb


def copy_rows(rows: Sequence[Model]) -> None:
    """Insert rows of one model. Every column must be set: no default is filled in."""
    if not rows:
        return
    fields = rows[0]._meta.concrete_fields
    adapters = [(field.attname, _choose_adapter(field)) for field in fields]
    with connection.cursor() as cursor, cursor.copy(_build_copy_statement(type(rows[0]), fields)) as copy:
        for row in rows:
            copy.write_row([adapt(getattr(row, name)) for name, adapt in adapters])


def _build_copy_statement(model: type[Model], fields: Iterable[Any]) -> str:
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"


def _choose_adapter(field: Field[Any, Any]) -> Any:
    if isinstance(field, JSONField):
        return _adapt_json if field.null else Jsonb
    return list if isinstance(field, ArrayField) and not field.null else _return_unchanged


def _adapt_json(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value)


def _return_unchanged(value: Any) -> Any:
    return value
