"""Store looks in the access log, and forget a deleted account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Func, Value
from django.db.models import UUIDField as UuidColumn

from astral.http.renderers import dumps
from athletes.looks.collector import Look, format_athlete_ids
from athletes.models import AccessLogEntry

LOCK_ID = 7_260_117  # of PostgreSQL's advisory locks: a deletion waits for looks that are being stored
RowKey = tuple[Any, UUID]

# Accounts that were deleted since the look are left out, and so is the viewer: a roster may contain them.
INSERT_SQL = """
INSERT INTO athletes_accesslogentry (
       id, viewed_at, viewer_kind, viewer, organization, athlete_ids, categories, door, is_refused, looks)
SELECT gen_random_uuid(), look.viewed_at, look.viewer_kind,
       CASE WHEN look.viewer_kind = 'key' THEN look.viewer
            ELSE (SELECT id FROM athletes_user WHERE id = look.viewer) END,
       look.organization, known.ids, look.categories, look.door, look.is_refused, look.looks
  FROM jsonb_to_recordset(%(looks)s::jsonb) AS look(
       viewed_at timestamptz, viewer_kind text, viewer uuid, organization uuid, athletes text,
       categories text[], door text, is_refused boolean, looks integer)
 CROSS JOIN LATERAL (
       SELECT array_agg(user_id) AS ids FROM athletes_athlete
        WHERE user_id = ANY (look.athletes::uuid[]) AND user_id IS DISTINCT FROM look.viewer) AS known
 WHERE known.ids IS NOT NULL
"""


def store_looks(looks: Sequence[tuple[Look, datetime, int]]) -> None:
    """Store looks with their times and numbers. Two statements, and one for each model of refused rows."""
    owners = _find_owners(look.row for look, _, _ in looks if look.row)
    rows = [
        {
            "viewed_at": viewed_at,
            "viewer_kind": look.viewer_kind,
            "viewer": look.viewer,
            "organization": look.organization,
            "athletes": look.athletes or owners.get(look.row, "{}"),
            "categories": look.categories,
            "door": look.door,
            "is_refused": look.is_refused,
            "looks": count,
        }
        for look, viewed_at, count in looks
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK_ID])
        cursor.execute(INSERT_SQL, {"looks": dumps(rows).decode()})


def _find_owners(rows: Iterable[RowKey]) -> dict[RowKey | None, str]:
    """The athletes of refused rows, if the rows exist."""
    ids: defaultdict[Any, set[UUID]] = defaultdict(set)
    for model, identifier in rows:
        ids[model].add(identifier)
    return {
        (model, identifier): format_athlete_ids([athlete_id])
        for model, wanted in ids.items()
        for identifier, athlete_id in model._default_manager.filter(pk__in=wanted).values_list(
            "pk", "athlete_id"
        )
    }


def forget_looks(person_id: UUID) -> None:
    """In the transaction that deletes the account.

    Looks at this person are deleted. Their looks at others stay, of "a deleted account".
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_ID])
    about = AccessLogEntry.objects.about(person_id)
    about.filter(athlete_ids__len=1).delete()
    removed = Func("athlete_ids", Value(person_id, UuidColumn()), function="array_remove")
    about.update(athlete_ids=removed)
    by_person = AccessLogEntry.objects.exclude(viewer_kind=AccessLogEntry.ViewerKind.KEY)
    by_person.filter(viewer=person_id).update(viewer=None)
