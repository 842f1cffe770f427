"""The months of the access log: each is a partition. The default partition has the rows of other months."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from athletes.models import AccessLogEntry

TABLE = AccessLogEntry._meta.db_table
MONTHS_AHEAD = 3
_MONTH_NAME = re.compile(rf"{TABLE}_(\d{{4}})_(\d{{2}})")
MOVE_SQL = """
WITH moved AS (DELETE FROM {default} WHERE viewed_at >= {start} AND viewed_at < {end} RETURNING *)
INSERT INTO {name} SELECT * FROM moved
"""
LIST_SQL = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass"


def update_partitions(now: datetime) -> None:
    """Make the partitions of this month and the next ones, and drop those that are too old."""
    names = _list_partitions()
    for ahead in range(MONTHS_AHEAD + 1):
        first = _add_months(now, ahead)
        if f"{TABLE}_{first:%Y_%m}" not in names:
            _create_partition(first)
    oldest = _add_months(now, -settings.ACCESS_LOG_MONTHS)
    for name in names:
        month = _MONTH_NAME.fullmatch(name)
        if month and date(int(month[1]), int(month[2]), 1) < oldest:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
    start = datetime(oldest.year, oldest.month, 1, tzinfo=UTC)
    AccessLogEntry.objects.filter(viewed_at__lt=start).delete()  # of the default partition


def _list_partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(LIST_SQL, [TABLE])
        return {name for (name,) in cursor.fetchall()}


@transaction.atomic
def _create_partition(first: date) -> None:
    """Move the rows of the month out of the default partition: PostgreSQL refuses to attach it otherwise."""
    parts = {
        "name": sql.Identifier(f"{TABLE}_{first:%Y_%m}"),
        "table": sql.Identifier(TABLE),
        "default": sql.Identifier(f"{TABLE}_default"),
        "start": sql.Literal(f"{first:%Y-%m-%d} 00:00:00+00"),
        "end": sql.Literal(f"{_add_months(first, 1):%Y-%m-%d} 00:00:00+00"),
    }
    with connection.cursor() as cursor:
        for statement in (
            "CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
            "LOCK TABLE {default} IN SHARE ROW EXCLUSIVE MODE",
            MOVE_SQL,
            "ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})",
        ):
            cursor.execute(sql.SQL(statement).format(**parts))


def _add_months(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
