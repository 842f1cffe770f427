"""Deletes old times in which staff acted as somebody, and permissions that have ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from athletes.models import ChangeEntry

DELETE_SESSIONS_SQL = """
DELETE FROM athletes_actingsession WHERE until < %s::timestamptz - make_interval(months => %s)
RETURNING id, person_id
"""
DELETE_PERMISSIONS_SQL = "DELETE FROM athletes_supportconsent WHERE until <= %s RETURNING id, athlete_id"


@transaction.atomic
def delete_old_acting(now: datetime) -> None:
    """Delete sessions after `ACCESS_LOG_MONTHS`, as the looks of that time, and ended permissions.

    Nobody decided that, so the entries that the triggers make of it go at once. What the history knows of
    their begin stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(DELETE_SESSIONS_SQL, [now, settings.ACCESS_LOG_MONTHS])
        _forget_deletion("acting", cursor.fetchall())
        cursor.execute(DELETE_PERMISSIONS_SQL, [now])
        _forget_deletion("support_consent", cursor.fetchall())


def _forget_deletion(kind: str, deleted: Collection[tuple[UUID, UUID]]) -> None:
    """`deleted`: rows and whose they were. No row is deleted twice, so there is no entry but the new one."""
    if deleted:
        subjects, people = zip(*deleted, strict=True)
        entries = ChangeEntry.objects.filter(kind=kind, action=ChangeEntry.Action.DELETED)
        entries.filter(athlete__in=people, subject__in=subjects).delete()
