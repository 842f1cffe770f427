"""Load what race forecasts rest on: recorded races, and the best efforts in training."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from coaching.science.forecast_efforts import (
    EFFORTS_D,
    SHORTEST_RACE_M,
    SHORTEST_TRAINING_EFFORT_M,
    RaceEffort,
)

# Of training the fastest effort over each distance; of each recorded race all efforts and the whole. Local
# days decide. `started_at` is there for the index `activity_statistics`, with two more days for time zones.
# Best efforts that 0.2.0 or older has measured have a clock time, `elapsed_s`, beside the moving time.
EFFORTS_SQL = """
WITH runs AS (
  SELECT activity.*
    FROM unnest(%(ids)s::uuid[], %(todays)s::date[]) AS person (id, today)
    JOIN metrics_activity AS activity ON activity.athlete_id = person.id
         AND activity.started_at >= %(since)s
         AND activity.local_date > person.today - %(days)s AND activity.local_date <= person.today
   WHERE activity_type = 'run'
), efforts AS (
  SELECT athlete_id, id, local_date, is_race, effort.distance_m,
         coalesce(effort.elapsed_s, effort.duration_s) AS elapsed_s
    FROM runs, jsonb_to_recordset(best_efforts)
         AS effort(distance_m float8, duration_s float8, elapsed_s float8)
   WHERE coalesce(effort.elapsed_s, effort.duration_s) > 0
     AND effort.distance_m >= CASE WHEN is_race THEN %(race_m)s ELSE %(training_m)s END
  UNION ALL
  SELECT athlete_id, id, local_date, is_race, distance_m, coalesce(elapsed_s, duration_s)
    FROM runs
   WHERE is_race AND distance_m >= %(race_m)s
)
SELECT DISTINCT ON (athlete_id, distance_m, race) athlete_id, distance_m, elapsed_s, local_date, id, is_race
  FROM (SELECT *, CASE WHEN is_race THEN id END AS race FROM efforts) AS marked
 ORDER BY athlete_id, distance_m, race, elapsed_s, local_date DESC, id
"""


def load_race_efforts(todays: Mapping[UUID, date]) -> dict[UUID, list[RaceEffort]]:
    """The efforts of the last EFFORTS_D days, by the clock. `todays`: the local day of each athlete.

    At most one statement.
    """
    if not todays:
        return {}
    parameters: dict[str, Any] = {
        "ids": list(todays),
        "todays": list(todays.values()),
        "since": min(todays.values()) - timedelta(days=EFFORTS_D + 2),
        "days": EFFORTS_D,
        "race_m": SHORTEST_RACE_M,
        "training_m": SHORTEST_TRAINING_EFFORT_M,
    }
    with connection.cursor() as cursor:
        cursor.execute(EFFORTS_SQL, parameters)
        rows = cursor.fetchall()
    found: dict[UUID, list[RaceEffort]] = {}
    for pk, distance_m, elapsed_s, day, activity_id, is_race in rows:
        found.setdefault(pk, []).append(RaceEffort(distance_m, elapsed_s, day, activity_id, is_race))
    return found
