"""Short activity lists: the newest of one athlete, and the last one of each of many athletes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from astral.nested_rows import ColumnGroup, NestedRow
from astral.precompiled_queries import PrecompiledRowsQuery
from athletes.models import Athlete
from coaching.profile.summary import AthleteSummary
from metrics.buckets import find_day_start
from metrics.models import Activity

MAX_RECENT_ACTIVITIES = 200  # enough for the 30 days of the trends


class ActivitySummary(NamedTuple):
    """Metres, seconds, bpm, Astral load; None if not recorded."""

    activity_id: UUID
    name: str
    activity_type: str
    started_at: datetime
    distance_m: float | None
    duration_s: float
    avg_hr_bpm: float | None
    training_load: float | None


class ActivityReceipt(NamedTuple):
    """The VO2max estimate (mL/kg/min) of an activity, its source and the time of receipt."""

    vo2max_ml_kg_min: float | None
    source: str
    received_at: datetime


class ReceivedActivity(NamedTuple):
    activity: ActivitySummary
    receipt: ActivityReceipt


_RECEIVED_ACTIVITY = NestedRow(
    ReceivedActivity,
    activity=ColumnGroup(ActivitySummary, activity_id="pk"),
    receipt=ColumnGroup(ActivityReceipt, received_at="created_at"),
)

# The columns after the first are those of `ActivitySummary`. One look-up in the index `activity_statistics` for each athlete: the snapshot knows the start time.
LAST_ACTIVITY_SQL = """
SELECT known.athlete_id, last.*
  FROM metrics_snapshot AS known
 CROSS JOIN LATERAL (
       SELECT id, name, activity_type, started_at, distance_m, duration_s, avg_hr_bpm, training_load
         FROM metrics_activity
        WHERE athlete_id = known.athlete_id AND started_at = known.last_activity_at
        ORDER BY id DESC LIMIT 1
       ) AS last
 WHERE known.athlete_id = ANY(%s)
"""


def load_recent_activities(athlete: Athlete, today: date) -> list[ReceivedActivity]:
    """The newest activities, newest first, without those after today: one statement."""
    midnight = find_day_start(today + timedelta(days=1), athlete.zone)
    return list(map(_RECEIVED_ACTIVITY.read, _NEWEST_QUERY.all(athlete=athlete.pk, midnight=midnight)))


def _select_newest(athlete: UUID, midnight: datetime) -> QuerySet[Any, Any]:
    past = Activity.objects.filter(athlete=athlete, started_at__lt=midnight).order_by("-started_at", "-pk")
    return past.values_list(*_RECEIVED_ACTIVITY.columns)[:MAX_RECENT_ACTIVITIES]


_NEWEST_QUERY = PrecompiledRowsQuery(
    _select_newest, athlete=UUID(int=2), midnight=datetime.max.replace(tzinfo=UTC)
)


def load_last_activities(athletes: Iterable[AthleteSummary]) -> dict[UUID, ActivitySummary]:
    """The last activity of each athlete whose snapshot has one: one statement."""
    ids = [athlete.person.user_id for athlete in athletes if athlete.figures.last_activity_at]
    with connection.cursor() as cursor:
        cursor.execute(LAST_ACTIVITY_SQL, [ids])
        return {athlete_id: ActivitySummary._make(columns) for athlete_id, *columns in cursor.fetchall()}
