"""Find in SQL the athletes whose stored row is not current. No other rows are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Model

from astral.dates.local_days import LocalDays
from astral.http.fields import list_zone_names

ATHLETES_PER_BATCH = 200
FIRST_ID = UUID(int=0)
# PostgreSQL sees no rule of a time zone: Python says where the day of UTC is over, or has not begun.
_BEHIND_SQL = """
    SELECT athlete.user_id
      FROM athletes_athlete AS athlete
      LEFT JOIN {table} AS stored ON stored.athlete_id = athlete.user_id
     WHERE athlete.user_id > %(after)s
       AND (stored.data_version, stored.local_date, stored.formula) IS DISTINCT FROM (
             athlete.data_version,
             %(day)s::date + CASE WHEN athlete.timezone = ANY(%(ahead)s) THEN 1
                                  WHEN athlete.timezone = ANY(%(behind)s) THEN -1 ELSE 0 END,
             %(formula)s::int)
       AND (%(parts)s = 1 OR mod(uuid_hash(athlete.user_id)::bigint + 2147483648, %(parts)s) = %(part)s)
     ORDER BY athlete.user_id
     LIMIT %(limit)s
"""


class AthleteShare(NamedTuple):
    """One of `parts` equal parts of all athletes, from those after an id on."""

    part: int = 0
    parts: int = 1
    after: UUID = FIRST_ID


EVERYBODY = AthleteShare()


def find_behind(
    model: type[Model], formula: int, now: datetime, share: AthleteShare = EVERYBODY
) -> Iterator[list[UUID]]:
    """The athletes whose row of this model is missing, or of other data, another day or formula. In batches.

    One statement for each batch, and one more if the last is full. An athlete who is renewed meanwhile comes
    once all the same.
    """
    values = _sort_zones(now) | share._asdict() | {"formula": formula, "limit": ATHLETES_PER_BATCH}
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_BEHIND_SQL.format(table=model._meta.db_table), values)
            batch = [pk for (pk,) in cursor.fetchall()]
        if batch:
            yield batch
        if len(batch) < ATHLETES_PER_BATCH:
            return
        values["after"] = batch[-1]


def _sort_zones(now: datetime) -> dict[str, Any]:
    """The day of UTC, and the zones where it is already tomorrow or still yesterday."""
    days, day = LocalDays(now), now.astimezone(UTC).date()
    zones = sorted(list_zone_names())
    return {
        "day": day,
        "ahead": [zone for zone in zones if days[zone] > day],
        "behind": [zone for zone in zones if days[zone] < day],
    }
