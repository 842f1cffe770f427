"""Short activity lists: the newest of one athlete, and the last one of each of many athletes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from astral.nested_rows import ColumnGroup, NestedRow
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


class ActivityEffort(NamedTuple):
    """Whether it was a race, and the seconds in each pace zone; None without zones."""

    is_race: bool
    zone1_s: float | None
    zone2_s: float | None
    zone3_s: float | None
    zone4_s: float | None
    zone5_s: float | None

    @property
    def hard_share(self) -> float | None:
        """The part of the zoned time in zones 4 and 5; None without zones."""
        zones_s = [seconds or 0.0 for seconds in self[1:]]
        return sum(zones_s[3:]) / sum(zones_s) if any(zones_s) else None


class ReceivedActivity(NamedTuple):
    activity: ActivitySummary
    receipt: ActivityReceipt
    effort: ActivityEffort


_RECEIVED_ACTIVITY = NestedRow(
    ReceivedActivity,
    activity=ColumnGroup(ActivitySummary, renamed={"activity_id": "pk"}),
    receipt=ColumnGroup(ActivityReceipt, renamed={"received_at": "created_at"}),
    effort=ColumnGroup(ActivityEffort),
)

# One look-up in the index `activity_statistics` for each athlete: the snapshot knows the start time.
LAST_ACTIVITY_SQL = f"""
SELECT snapshot.athlete_id, {", ".join(ActivitySummary._fields)}
  FROM metrics_snapshot AS snapshot
 CROSS JOIN LATERAL (
       SELECT *, id AS activity_id
         FROM metrics_activity
        WHERE athlete_id = snapshot.athlete_id AND started_at = snapshot.last_activity_at
        ORDER BY id DESC LIMIT 1
       ) AS last
 WHERE snapshot.athlete_id = ANY(%s)
"""


def load_recent_activities(athlete: Athlete, today: date) -> list[ReceivedActivity]:
    """The newest activities, newest first, without those after today: one statement."""
    midnight = find_day_start(today + timedelta(days=1), athlete.zone)
    past = Activity.objects.filter(athlete=athlete, started_at__lt=midnight).order_by("-started_at", "-pk")
    rows = past.values_list(*_RECEIVED_ACTIVITY.columns)[:MAX_RECENT_ACTIVITIES]
    return [_RECEIVED_ACTIVITY.read(values) for values in rows]


def load_last_activities(athletes: Iterable[AthleteSummary]) -> dict[UUID, ActivitySummary]:
    """The last activity of each athlete whose snapshot has one: one statement."""
    ids = [summary.person.user_id for summary in athletes if summary.figures.last_activity_at]
    with connection.cursor() as cursor:
        cursor.execute(LAST_ACTIVITY_SQL, [ids])
        return {athlete_id: ActivitySummary._make(columns) for athlete_id, *columns in cursor.fetchall()}
