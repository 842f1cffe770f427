"""The access log has a partition for each month: made ahead, dropped after 13 months."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

from athletes.looks.partitions import update_partitions
from athletes.models import AccessLogEntry
from tests.support.cast import Cast

IN_2031 = datetime(2031, 1, 31, 23, 59, tzinfo=UTC)


def list_partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT right(inhrelid::regclass::text, 7) FROM pg_inherits"
            " WHERE inhparent = 'athletes_accesslogentry'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


def create_entry(cast: Cast, viewed_at: datetime) -> AccessLogEntry:
    return AccessLogEntry.objects.create(
        viewed_at=viewed_at, viewer_kind="person", viewer=cast.carl.pk, athlete_ids=[cast.ada.pk],
        categories=["health"], door="api", is_refused=False, looks=1,
    )  # fmt: skip


def find_partition(entry: AccessLogEntry) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT right(tableoid::regclass::text, 7) FROM athletes_accesslogentry WHERE id = %s", [entry.pk]
        )
        return str(cursor.fetchone()[0])


def test_months_are_made_ahead_and_take_over_their_rows(cast: Cast):
    entry = create_entry(cast, IN_2031)
    assert find_partition(entry) == "default"
    update_partitions(IN_2031)
    assert {"2031_01", "2031_02", "2031_03", "2031_04", "default"} == list_partitions()
    assert find_partition(entry) == "2031_01"
    update_partitions(IN_2031)
    assert AccessLogEntry.objects.get() == entry


def test_months_older_than_13_are_dropped(cast: Cast):
    update_partitions(IN_2031)
    create_entry(cast, IN_2031)
    create_entry(cast, datetime(2029, 5, 1, tzinfo=UTC))  # in the default partition
    update_partitions(datetime(2032, 2, 1, tzinfo=UTC))
    assert "2031_01" in list_partitions()
    assert AccessLogEntry.objects.count() == 1
    update_partitions(datetime(2032, 3, 1, tzinfo=UTC))
    assert "2031_01" not in list_partitions()
    assert not AccessLogEntry.objects.exists()
