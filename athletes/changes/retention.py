"""Deletes old entries of the change history."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection

from athletes.models import ChangeEntry, User

DELETE_OLD_SQL = """
DELETE FROM athletes_changeentry WHERE changed_at < %s::timestamptz - make_interval(months => %s)
"""
PEOPLE = (ChangeEntry.AuthorKind.PERSON, ChangeEntry.AuthorKind.STAFF)


def delete_old_changes(now: datetime) -> None:
    """Delete entries after `CHANGE_HISTORY_MONTHS`.

    Also forget authors whose account was deleted while one of their requests was still running.
    """
    with connection.cursor() as cursor:
        cursor.execute(DELETE_OLD_SQL, [now, settings.CHANGE_HISTORY_MONTHS])
    entries = ChangeEntry.objects.filter(author_kind__in=PEOPLE).exclude(author=None)
    entries.exclude(author__in=User.objects.values("pk")).update(author=None)
