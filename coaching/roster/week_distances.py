"""Running distance this week and the usual weekly distance, for athletes of a roster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from coaching.profile.summary import AthleteSummary
from metrics.buckets import find_day_start


@dataclass(frozen=True, slots=True)
class WeekDistance:
    """Metres run since Monday, and metres per week over the 28 days up to yesterday.

    Same window as `four_week_avg_load`: a shorter history is averaged over its days; None below 7 days.
    """

    this_week_m: float
    four_week_avg_m: float | None


# Reads one range of the index `activity_statistics` for each athlete.
WEEK_DISTANCES_SQL = """
SELECT athlete.id,
       coalesce(sum(run.distance_m) FILTER (WHERE run.started_at >= athlete.monday), 0),
       CASE WHEN snapshot.history_d > 7 THEN
         coalesce(sum(run.distance_m) FILTER (WHERE run.started_at < athlete.today), 0)
         * 7 / least(snapshot.history_d - 1, 28) END
  FROM unnest(%(ids)s::uuid[], %(firsts)s::timestamptz[], %(mondays)s::timestamptz[],
              %(todays)s::timestamptz[], %(ends)s::timestamptz[]) AS athlete(id, first, monday, today, until)
  JOIN metrics_snapshot AS snapshot ON snapshot.athlete_id = athlete.id
  LEFT JOIN metrics_activity AS run ON run.athlete_id = athlete.id AND run.activity_type = 'run'
   AND run.started_at >= athlete.first AND run.started_at < athlete.until
 GROUP BY athlete.id, snapshot.history_d
"""


def load_week_distances(athletes: Iterable[AthleteSummary]) -> dict[UUID, WeekDistance]:
    """Distances of athletes who share activities: one statement. Their snapshots must be current."""
    shown = [summary for summary in athletes if summary.visibility.activities]
    starts = [_period_starts(summary) for summary in shown]
    parameters: dict[str, Any] = {"ids": [summary.person.user_id for summary in shown]}
    for place, name in enumerate(("firsts", "mondays", "todays", "ends")):
        parameters[name] = [days[place] for days in starts]
    with connection.cursor() as cursor:
        cursor.execute(WEEK_DISTANCES_SQL, parameters)
        return {
            pk: WeekDistance(this_week_m, four_week_avg_m)
            for pk, this_week_m, four_week_avg_m in cursor.fetchall()
        }


def _period_starts(summary: AthleteSummary) -> Sequence[datetime]:
    """Start of the 28 days before today, of the week, of today and of tomorrow."""
    today, zone = summary.today, ZoneInfo(summary.person.timezone)
    back = (28, today.weekday(), 0, -1)
    return [find_day_start(today - timedelta(days=days), zone) for days in back]
