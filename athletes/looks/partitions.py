"""The months of the access log: each is a partition. The default partition has the rows of other months."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

MONTHS_AHEAD = 3


def update_partitions(now: datetime) -> None:
    """Make the partitions of this month and the next ones, and drop those that are too old.

    A function of the database does it: the worker may not create and drop tables.
    """
    today = now.astimezone(UTC).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT update_access_log_months(%s, %s, %s)", [today, MONTHS_AHEAD, settings.ACCESS_LOG_MONTHS]
        )
