"""How much may be stored for one athlete. Counted under the lock of every write to the athlete's data.

What is in the bin counts, too, so that it can always be restored.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from astral.http.errors import ApiError
from metrics.models import HealthDay

MEGABYTE = 1_000_000
# An index answers the counts. The rows of original files are short: their bytes are in another table.
ACTIVITIES_SQL = """
((SELECT count(*) FROM metrics_activity WHERE athlete_id = %(athlete)s)
 + (SELECT count(*) FROM metrics_binactivity WHERE athlete_id = %(athlete)s))
"""
# Without the file that is stored: a file from the bin can come again, and its bytes are stored once. Refused
# files of imports are kept for a time; an index has their sizes.
BYTES_SQL = """
((SELECT coalesce(sum(size_bytes), 0) FROM metrics_originalfile
   WHERE athlete_id = %(athlete)s AND sha256 <> %(sha256)s)
 + (SELECT coalesce(sum(kept_bytes), 0) FROM metrics_importfile
     WHERE athlete_id = %(athlete)s AND kept_bytes > 0))
"""
# Whether there is room for `added` activities and `added_bytes` of a file, as part of another statement.
ROOM_SQL = f"""
{ACTIVITIES_SQL} + %(added)s <= %(most_activities)s AND {BYTES_SQL} + %(added_bytes)s <= %(most_bytes)s
"""


class QuotaReached(ApiError):
    """409: nothing is stored, and nothing is lost."""

    def __init__(self, sentence: str) -> None:
        super().__init__("QUOTA_REACHED", sentence, 409)


def build_room_parameters(
    athlete_id: UUID, added: int, added_bytes: int, sha256: bytes = b""
) -> dict[str, Any]:
    """The parameters of ROOM_SQL. `sha256`: of the file; empty without one."""
    return {
        "athlete": athlete_id,
        "added": added,
        "added_bytes": added_bytes,
        "sha256": sha256,
        "most_activities": settings.ACTIVITIES_PER_ATHLETE,
        "most_bytes": settings.STORAGE_MB_PER_ATHLETE * MEGABYTE,
    }


def has_storage_room(athlete_id: UUID, added_bytes: int) -> bool:
    """Whether so many more bytes of files fit."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ROOM_SQL}", build_room_parameters(athlete_id, 0, added_bytes))
        return bool(cursor.fetchone()[0])


def check_activity_quota(athlete_id: UUID) -> None:
    """Raises QuotaReached if one more activity without a file is too many."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ROOM_SQL}", build_room_parameters(athlete_id, 1, 0))
        has_room = cursor.fetchone()[0]
    if not has_room:
        raise build_quota_error(athlete_id, 1)


def build_quota_error(athlete_id: UUID, added: int) -> QuotaReached:
    """The error after ROOM_SQL was false: it names the limit that is reached."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ACTIVITIES_SQL}", {"athlete": athlete_id})
        activities = cursor.fetchone()[0]
    most, most_mb = settings.ACTIVITIES_PER_ATHLETE, settings.STORAGE_MB_PER_ATHLETE
    if activities + added > most:
        return QuotaReached(
            f"At most {most:,} activities of one athlete are stored, with those in the bin."
            " Delete some and empty the bin."
        )
    return QuotaReached(
        f"At most {most_mb:,} MB of files of one athlete are stored, with those in the bin."
        " Delete some recordings and empty the bin."
    )


def check_health_day_quota(athlete_id: UUID, added: int) -> None:
    """Raises QuotaReached if so many more health days are too many."""
    most = settings.HEALTH_DAYS_PER_ATHLETE
    if HealthDay.objects.filter(athlete_id=athlete_id).count() + added > most:
        raise QuotaReached(
            f"At most {most:,} health days of one athlete are stored; each source of a date is one."
            " Ask the operator of this server for more."
        )
