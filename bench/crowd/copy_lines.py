"""Copy lines of text into PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model

from coaching.demo.copy_rows import _build_copy_statement


def copy_lines(model: type[Model], columns: Sequence[str], lines: Iterable[str]) -> None:
    """Insert lines in the text format of COPY: columns separated by tabs, NULL as \\N."""
    fields = [model._meta.get_field(name) for name in columns]
    with connection.cursor() as cursor, cursor.copy(_build_copy_statement(model, fields)) as copy:
        copy.write("".join(lines))
