"""Store the bytes of an upload, within the athlete's quota."""

from __future__ import annotations

import hashlib
import zlib
from uuid import UUID

from django.db import connection

from astral.ids import new_id
from metrics.models import OriginalFile
from metrics.storage.quotas import ROOM_SQL, build_quota_error, build_room_parameters

# One statement: an upload has to be fast. An existing row with the same bytes is updated.
STORE_ORIGINAL_SQL = f"""
INSERT INTO metrics_originalfile (id, athlete_id, sha256, filename, size_bytes, content, received_at)
SELECT %(id)s, %(athlete)s, %(sha256)s, %(filename)s, %(added_bytes)s, %(content)s, now() WHERE {ROOM_SQL}
ON CONFLICT (athlete_id, sha256) DO UPDATE
   SET filename = excluded.filename, size_bytes = excluded.size_bytes, content = excluded.content
RETURNING id
"""


def store_original(athlete_id: UUID, filename: str, data: bytes, added: int) -> OriginalFile:
    """Store the bytes of `added` new activities, if there is room. Raises QuotaReached."""
    parameters = build_room_parameters(athlete_id, added, len(data), hashlib.sha256(data).digest()) | {
        "id": new_id(),
        "filename": remove_unprintable(filename)[-200:],
        "content": zlib.compress(data, 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE_ORIGINAL_SQL, parameters)
        stored = cursor.fetchone()
    if stored is None:
        raise build_quota_error(athlete_id, added)
    return OriginalFile(pk=stored[0])


def remove_unprintable(text: str) -> str:
    """Remove characters that a text column cannot store."""
    return "".join(letter for letter in text if letter.isprintable())
