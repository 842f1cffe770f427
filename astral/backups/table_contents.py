"""What is in each table: the number of rows, and a checksum of them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import Cursor

# Tables and partitions. Those of extensions are no data of Astral.
_TABLES_SQL = """
    SELECT namespace.nspname || '.' || class.relname, class.oid::regclass::text
      FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
     WHERE class.relkind = 'r' AND namespace.nspname !~ '^(pg_|information_schema$)'
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = class.oid AND deptype = 'e')
     ORDER BY 1
"""
# The order of rows does not count. 60 bits of each row's MD5 are enough to notice a changed row.
_CONTENT_SQL = """
    SELECT count(*), coalesce(sum(('x' || left(md5(line::text), 15))::bit(60)::bigint), 0)::text
      FROM {table} AS line
"""
# The text of a value depends on these.
_TEXT_SETTINGS_SQL = """
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'iso_8601';
    SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1
"""


AnyCursor = CursorWrapper | Cursor[Any]


@dataclass(frozen=True, slots=True)
class TableContent:
    rows: int
    checksum: str


def list_tables(cursor: AnyCursor) -> dict[str, str]:
    """The tables with their schema, and each as SQL names it."""
    cursor.execute(_TABLES_SQL)
    return dict(cursor.fetchall())


def read_table_contents(cursor: AnyCursor) -> dict[str, TableContent]:
    """Read every table. It needs a transaction, and is right if that is REPEATABLE READ."""
    cursor.execute(_TEXT_SETTINGS_SQL)
    contents = {}
    for name, sql_name in list_tables(cursor).items():
        cursor.execute(_CONTENT_SQL.format(table=sql_name))
        [(rows, checksum)] = cursor.fetchall()
        contents[name] = TableContent(rows, checksum)
    return contents
